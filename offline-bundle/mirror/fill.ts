/** Fills a store from a registry or another mirror: manifests that a plan pins by digest, and what they reach. */
import { readFile, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Descriptor } from '../../core/descriptor';
import { type Digest, digestOf, isDigest } from '../../core/digest';
import { AirlockError, badInput } from '../../core/errors';
import { INDEX_TYPES, MANIFEST_TYPES } from '../../core/media-types';
import type { OciReference } from '../../core/oci-reference';
import { type Progress, SILENT } from '../../core/progress';
import { HttpClient } from '../fetch/http';
import { inParallel } from '../../core/in-parallel';
import { pullBlob } from '../fetch/pull-blob';
import { type ReachedBlob, walk } from '../layout/walk';
import type { CredentialSource } from '../oci/docker-credentials';
import { RegistryClient } from '../oci/registry-client';
import type { RootRecord } from '../store/root-record';
import type { Store } from '../store/store';
import { lockStore } from '../store/writer-lock';

/** A manifest that a plan names. */
export interface Pin {
  /** Repository at the source, and here. */
  readonly repository: string;
  readonly digest: Digest;
}

export interface FillOptions {
  /** Base address of the registry or mirror. */
  readonly from: URL;
  readonly pins: readonly Pin[];
  readonly store: Store;
  /** PEM texts trusted beside Node's own roots. */
  readonly authorities?: readonly string[];
  /** @default - anonymous */
  readonly credentials?: CredentialSource;
  /** Blobs at once. @default 4 */
  readonly concurrency?: number;
  readonly progress?: Progress;
  /** Version of the kit, for `User-Agent`. */
  readonly version: string;
  /** Ends the work; what is on the disk stays for the next fill. */
  readonly signal?: AbortSignal;
  /** Client of this fill, for tests that must not wait. @default - a client of its own */
  readonly http?: HttpClient;
}

const DEFAULT_CONCURRENCY = 4;
/** Longest pause between two attempts at filling a store, milliseconds. */
const MAX_PAUSE_MS = 30_000;
/** distribution-spec 1.1, "Pulling manifests", `<name>`. */
const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;

/**
 * Parses `<repository>@sha256:…`.
 *
 * @throws AirlockError (input) for anything else
 */
export function parsePin(text: string): Pin {
  const at = text.indexOf('@');
  const [repository, digest] = [text.slice(0, Math.max(0, at)), text.slice(at + 1)];
  if (!REPOSITORY.test(repository) || !isDigest(digest))
    throw badInput(`"${text}" is not a pin`, 'write <repository>@sha256:<64 hexadecimal digits>');
  return { repository, digest };
}

const isManifest = (mediaType: string): boolean =>
  MANIFEST_TYPES.includes(mediaType) || INDEX_TYPES.includes(mediaType);

class Filler {
  private readonly client: RegistryClient;

  public constructor(
    private readonly http: HttpClient,
    private readonly options: FillOptions,
    private readonly progress: Progress,
  ) {
    const { from, credentials = () => Promise.resolve(undefined) } = options;
    this.client = new RegistryClient(http, new Map([[from.host.toLowerCase(), from]]), credentials);
  }

  /** Pulls one pinned manifest and all it reaches, then makes it servable. */
  public async pin(pin: Pin): Promise<void> {
    const { store, concurrency = DEFAULT_CONCURRENCY } = this.options;
    const record = (await store.roots()).find((root) => root.digest === pin.digest);
    const root = await this.root(pin, record);
    const missing: ReachedBlob[] = [];
    const manifest = (blob: ReachedBlob): Promise<Buffer> => this.manifest(pin.repository, blob.descriptor);
    for await (const blob of walk(root, manifest, pin.repository)) {
      const { digest, size, mediaType } = blob.descriptor;
      if (!isManifest(mediaType) && !(await store.has(digest, size))) missing.push(blob);
    }
    const total = missing.reduce((sum, { descriptor }) => sum + descriptor.size, 0);
    this.progress.start(`fill ${pin.repository}`, total);
    try {
      await inParallel(concurrency, missing, (blob) => this.blob(pin.repository, blob));
    } finally {
      this.progress.stop();
    }
    if (record !== undefined) return;
    await store.addRoot({
      format: 1,
      kind: 'pin',
      digest: pin.digest,
      mediaType: root.mediaType,
      repository: pin.repository,
      site: '',
      trust: { unsigned: true, acceptedBy: `pinned by digest: ${pin.repository}@${pin.digest}` },
    });
  }

  /** The descriptor of a pinned manifest; what an earlier fill finished needs no network. */
  private async root({ repository, digest }: Pin, record: RootRecord | undefined): Promise<Descriptor> {
    if (record !== undefined) {
      const { size } = await stat(this.options.store.blobPath(digest)).catch(() => ({ size: -1 }));
      if (size >= 0) return { mediaType: record.mediaType, digest, size };
    }
    const { mediaType, bytes } = await this.client.getManifest(this.reference(repository, digest), this.options.signal);
    await this.keep(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  }

  private async manifest(repository: string, { digest, size }: Descriptor): Promise<Buffer> {
    const { store } = this.options;
    if (await store.has(digest, size)) {
      const kept = await readFile(store.blobPath(digest));
      if (digestOf(kept) === digest) return kept;
    }
    const { bytes } = await this.client.getManifest(this.reference(repository, digest), this.options.signal);
    await this.keep(digest, bytes);
    return bytes;
  }

  private async keep(digest: Digest, bytes: Buffer): Promise<void> {
    await this.options.store.writeBlob({ digest, size: bytes.length }, { start: 0, body: once(bytes) });
  }

  private async blob(repository: string, { descriptor, artifact, file }: ReachedBlob): Promise<void> {
    const { digest, size } = descriptor;
    const { store, from, signal } = this.options;
    const content = { digest, size, name: `${artifact}: ${file}` };
    await pullBlob(
      this.http,
      from,
      (offset) => this.client.openBlob(this.reference(repository, digest), digest, offset, signal),
      {
        size,
        stagedBytes: () => store.stagedBytes(digest),
        write: (source, progress) => store.writeBlob(content, source, progress),
      },
      this.progress,
      signal,
    );
  }

  private reference(path: string, digest: Digest): OciReference {
    return { host: this.options.from.host, path, digest };
  }
}

/** One chunk as a stream. */
async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes);
}

/**
 * Fills a store once.
 *
 * @throws AirlockError (environment) when the source cannot be reached or the disk fails; (input) when the source does
 *   not have a pin; (check) when it gives wrong bytes
 */
export async function fillStore(options: FillOptions): Promise<void> {
  const { store, pins, progress = SILENT, authorities = [], version } = options;
  const http = options.http ?? new HttpClient({ version, authorities, progress });
  const unlock = await lockStore(store.dir);
  try {
    const filler = new Filler(http, options, progress);
    for (const pin of pins) await filler.pin(pin);
  } finally {
    await unlock();
    if (options.http === undefined) await http.close();
  }
}

/**
 * Fills a store however long it takes: a source that is away, or that has not got its own content yet, is asked again.
 *
 * @throws AirlockError (check) when the source gives wrong bytes: waiting does not help; the signal's reason when aborted
 */
export async function fillUntilDone(options: FillOptions): Promise<void> {
  for (let pause = 1000; ; pause = Math.min(2 * pause, MAX_PAUSE_MS)) {
    try {
      await fillStore(options);
      return;
    } catch (error) {
      if (options.signal?.aborted === true || !(error instanceof AirlockError) || error.kind === 'check') throw error;
      options.progress?.note(`${error.message}; trying again in ${pause / 1000} s`);
    }
    await delay(pause, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
}
