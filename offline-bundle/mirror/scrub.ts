/**
 * Reads the blobs that are served again and again, slowly: a bit that a disk lost is found before a client asks for it.
 * What was read lately and has not changed since waits; what is doubted comes first.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type Digest, fromHex, newHash } from '../../core/digest';
import { isMissing } from '../store/disk';
import { fileChunks } from '../store/file-chunks';
import type { Store } from '../store/store';
import { type BlobHealth, blobsOf, type FileState, type NamedBlob, stateOf, unreadable } from './blob-health';
import type { Catalog } from './catalog';

export interface ScrubOptions {
  /** A small part of what a disk gives and a core hashes. Bytes per second. @default 64 MiB */
  readonly rate?: number;
  /** A blob that was right is read again after this time. Milliseconds. @default - a week */
  readonly ageMs?: number;
  /** Between two looks at what there is. Milliseconds. @default - ten seconds */
  readonly pauseMs?: number;
}

const RATE = 64 * 1024 * 1024;
/** Field studies see latent errors of disks over months; a week bounds how long one can stay. */
const AGE_MS = 7 * 86_400_000;
const PAUSE_MS = 10_000;

export class Scrubber {
  private readonly stopping = new AbortController();
  private readonly read = new Map<Digest, { readonly state: FileState; readonly at: number }>();
  private running: Promise<void> | undefined;

  public constructor(
    private readonly store: Store,
    private readonly health: BlobHealth,
    private readonly catalog: () => Promise<Catalog>,
    private readonly isReady: () => boolean,
    private readonly options: ScrubOptions = {},
  ) {}

  public start(): void {
    this.running ??= this.run();
  }

  public async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { pauseMs = PAUSE_MS } = this.options;
    while (!this.stopping.signal.aborted) {
      // A store that cannot be read now may be read later; requests say what is wrong with it.
      if (this.isReady()) await this.pass().catch(() => undefined);
      await this.rest(pauseMs);
    }
  }

  private async pass(): Promise<void> {
    const { ageMs = AGE_MS } = this.options;
    const catalog = await this.catalog();
    for (const blob of blobsOf(catalog)) {
      if (this.stopping.signal.aborted) return;
      const found = await this.health.stat(blob.digest);
      // It may have left the store with its bundle: the next pass goes by what is there then.
      if (found === undefined && (await this.catalog()) !== catalog) return;
      const known = this.read.get(blob.digest);
      const isKnown = found !== undefined && known?.state === stateOf(found) && Date.now() - known.at < ageMs;
      const damage = this.health.judge(blob, found);
      if (isKnown && damage === undefined) continue;
      if (found?.isFile() === true && found.size === BigInt(blob.size)) await this.verify(blob);
    }
  }

  private async verify(blob: NamedBlob): Promise<void> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(this.store.blobPath(blob.digest), constants.O_RDONLY | constants.O_NOFOLLOW);
      const state = stateOf(await handle.stat({ bigint: true }));
      const got = await this.hash(handle, blob.size);
      if (got === undefined) return;
      if (got === blob.digest) {
        this.health.acquit(blob.digest);
        this.read.set(blob.digest, { state, at: Date.now() });
      } else {
        this.health.condemn(blob, `it hashes to ${got}`, state);
      }
    } catch (error) {
      if (isMissing(error)) return; // the next look finds that
      const found = await this.health.stat(blob.digest);
      const what = unreadable(error);
      if (what !== undefined && found !== undefined) this.health.condemn(blob, what, stateOf(found));
    } finally {
      await handle?.close();
    }
  }

  /** @returns undefined when it was told to stop */
  private async hash(handle: FileHandle, size: number): Promise<Digest | undefined> {
    const { rate = RATE } = this.options;
    const hash = newHash();
    const began = performance.now();
    let done = 0;
    for await (const chunk of fileChunks(handle, 0, size)) {
      hash.update(chunk);
      done += chunk.length;
      const ahead = (done / rate) * 1000 - (performance.now() - began);
      if (ahead > 1) await this.rest(ahead);
      if (this.stopping.signal.aborted) return undefined;
    }
    return fromHex(hash.digest('hex'));
  }

  private async rest(milliseconds: number): Promise<void> {
    await delay(milliseconds, undefined, { ref: false, signal: this.stopping.signal }).catch(() => undefined);
  }
}
