/** Fills a store from a registry or another mirror: manifests that a plan pins by digest, and what they reach. */
import { readFile, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Descriptor } from '../../core/descriptor';
import { type Digest, digestOf, isDigest } from '../../core/digest';
import { AirlockError, badInput } from '../../core/errors';
import type { OciReference } from '../../core/oci-reference';
import { type Progress, SILENT } from '../../core/progress';
import { HttpClient } from '../fetch/http';
import { inParallel } from '../../core/in-parallel';
import { show } from '../../core/visible';
import { pullBlob } from '../fetch/pull-blob';
import { type ReachedBlob, walk } from '../layout/walk';
import type { CredentialSource } from '../oci/docker-credentials';
import { RegistryClient } from '../oci/registry-client';
import { REPOSITORY, type RootRecord } from '../store/root-record';
import type { Store } from '../store/store';
import { lockStore } from '../store/writer-lock';
import type { NamedBlob } from './blob-health';
import { evict, isOwnedByFills } from './evict';

/** A manifest that a plan names. */
export interface Pin {
  /** Repository at the source, and here. */
  readonly repository: string;
  readonly digest: Digest;
}

export interface FillOptions {
  /** Base address of the registry or mirror. */
  readonly from: URL;
  /** Everything that the store is to hold: what else earlier fills brought is removed. */
  readonly pins: readonly Pin[];
  readonly store: Store;
  /** Blobs to read again first, and to fetch anew where they are wrong. @default - none */
  readonly doubted?: readonly NamedBlob[];
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

/**
 * Parses `<repository>@sha256:…`.
 *
 * @throws AirlockError (input) for anything else
 */
export function parsePin(text: string): Pin {
  const at = text.indexOf('@');
  const [repository, digest] = [text.slice(0, Math.max(0, at)), text.slice(at + 1)];
  if (!REPOSITORY.test(repository) || !isDigest(digest))
    throw badInput(
      'USAGE_INVALID_VALUE',
      `"${text}" is not a pin`,
      'write <repository>@sha256:<64 hexadecimal digits>',
    );
  return { repository, digest };
}

interface Reached {
  readonly pin: Pin;
  readonly record: RootRecord | undefined;
  readonly root: Descriptor;
  readonly blobs: readonly ReachedBlob[];
}

class Filler {
  /** Manifests that came from the source and are not on the disk yet. */
  private readonly manifests = new Map<Digest, Buffer>();
  private readonly client: RegistryClient;

  public constructor(
    private readonly http: HttpClient,
    private readonly options: FillOptions,
    private readonly progress: Progress,
  ) {
    const { from, credentials = () => Promise.resolve(undefined) } = options;
    this.client = new RegistryClient(http, new Map([[from.host.toLowerCase(), from]]), credentials);
  }

  /** What a pinned manifest reaches, itself included; nothing is written. */
  public async reach(pin: Pin): Promise<Reached> {
    const record = (await this.options.store.roots()).find((root) => root.digest === pin.digest);
    const root = await this.root(pin, record);
    const manifest = (blob: ReachedBlob): Promise<Buffer> => this.manifest(pin.repository, blob.descriptor);
    const blobs: ReachedBlob[] = [];
    for await (const blob of walk(root, manifest, pin.repository)) blobs.push(blob);
    return { pin, record, root, blobs };
  }

  /** Pulls all that a pinned manifest reaches, then makes it servable. */
  public async bring({ pin, record, root, blobs }: Reached): Promise<void> {
    const { store, concurrency = DEFAULT_CONCURRENCY } = this.options;
    const missing: ReachedBlob[] = [];
    for (const blob of blobs) {
      const { digest, size } = blob.descriptor;
      const fetched = this.manifests.get(digest);
      if (fetched !== undefined) await this.keep(digest, fetched);
      else if (!(await store.has(digest, size))) missing.push(blob);
    }
    const total = missing.reduce((sum, { descriptor }) => sum + descriptor.size, 0);
    this.progress.start(show`fill ${pin.repository}`, total);
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
      if (await this.options.store.isRight(digest, size)) return { mediaType: record.mediaType, digest, size };
    }
    const { mediaType, bytes } = await this.client.getManifest(this.reference(repository, digest), this.options.signal);
    this.manifests.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  }

  private async manifest(repository: string, { digest, size }: Descriptor): Promise<Buffer> {
    const { store } = this.options;
    const fetched = this.manifests.get(digest);
    if (fetched !== undefined) return fetched;
    if (await store.has(digest, size)) {
      const kept = await readFile(store.blobPath(digest));
      if (digestOf(kept) === digest) return kept;
    }
    const { bytes } = await this.client.getManifest(this.reference(repository, digest), this.options.signal);
    this.manifests.set(digest, bytes);
    return bytes;
  }

  private async keep(digest: Digest, bytes: Buffer): Promise<void> {
    const { store } = this.options;
    // A damaged one may have the right size, which counts as present.
    if (!(await store.isRight(digest, bytes.length))) await store.discard(digest);
    await store.writeBlob({ digest, size: bytes.length }, { start: 0, body: once(bytes) });
  }

  private async blob(repository: string, { descriptor, artifact, file }: ReachedBlob): Promise<void> {
    const { digest, size } = descriptor;
    const { store, from, signal } = this.options;
    const content = { digest, size, name: `${artifact}: ${file}` };
    await pullBlob(
      this.http,
      from,
      (offset) => this.client.openBlob(this.reference(repository, digest), digest, offset, { signal, size }),
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

const digestsOf = (reached: readonly Reached[]): Set<Digest> =>
  new Set(reached.flatMap(({ blobs }) => blobs.map(({ descriptor }) => descriptor.digest)));

/** One chunk as a stream. */
async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes);
}

/**
 * Fills a store once. What no pin reaches is removed first, so that a volume for one set of pins is enough for the
 * next; of a store that an import wrote nothing is removed.
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
    for (const { digest, size } of options.doubted ?? [])
      if (!(await store.isRight(digest, size))) await store.discard(digest);
    // What is to stay is known before anything goes.
    const reached = await Promise.all(pins.map((pin) => filler.reach(pin)));
    const kept = new Set(pins.map(({ digest }) => digest));
    if (await isOwnedByFills(store, kept)) await evict(store, kept, digestsOf(reached));
    for (const one of reached) await filler.bring(one);
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
      options.progress?.note(show`${error.message}; trying again in ${pause / 1000} s`);
    }
    await delay(pause, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
}
