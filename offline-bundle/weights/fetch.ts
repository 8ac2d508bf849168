/** Brings a model or files from the mirror into a folder, and vouches for every file in it. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Digest } from '../../core/digest';
import { type Progress, SILENT } from '../../core/progress';
import { HttpClient } from '../fetch/http';
import { inParallel } from '../../core/in-parallel';
import { show } from '../../core/visible';
import { makeFolders } from '../../core/make-folders';
import { pullBlob } from '../fetch/pull-blob';
import type { RetryPolicy } from '../fetch/retry';
import { syncDirectory, writeFailed } from '../store/disk';
import { writeStaged } from '../store/staged-blob';
import { stagedLength } from '../store/staged-parts';
import { inspectDirectory } from './inspect-directory';
import { distinct, foldersOf, type ModelFile, modelFiles, PARTIAL_FOLDER } from './model-files';
import { type ContentReference, ContentSource, repositoryOf } from './content-source';
import { isUnchanged, readRecord, type VerifiedRecord, writeRecord } from './verified-record';
import { checkContent, differences, sizeOf, type VerifiedWeights } from './verify';

/** How a mirror is reached. */
export interface MirrorAccess {
  /** Base address of the mirror. */
  readonly mirror: URL;
  /** PEM texts trusted beside Node's own roots. */
  readonly authorities?: readonly string[];
  readonly progress?: Progress;
  /** Version of the kit, for `User-Agent`. */
  readonly version: string;
  /** @default - patient enough for a mirror that restarts */
  readonly retry?: Partial<RetryPolicy>;
}

export interface FetchOptions extends MirrorAccess {
  /** What to fetch: one model, or files that lie beside each other. */
  readonly contents: readonly ContentReference[];
  /** Folder that will hold it and nothing else. */
  readonly into: string;
  /**
   * File of the record that this content was verified here, for one content; outside of the folder.
   *
   * @default - nothing is recorded, and everything that is there is hashed
   */
  readonly record?: string;
  /** Hashes also what a record vouches for. @default false */
  readonly rehash?: boolean;
  /** Files at once. @default 4 */
  readonly concurrency?: number;
}

export interface FetchedWeights extends VerifiedWeights {
  /** Files that came over the network, hashed on the way. */
  readonly fetched: number;
  /** Files that were there and have been hashed; the rest is as it was when it was hashed last. */
  readonly hashed: number;
}

const DEFAULT_CONCURRENCY = 4;
/** About two minutes without a byte; then the pod fails visibly, and its restart goes on where this ended. */
const PATIENCE: Partial<RetryPolicy> = { attempts: 12, unreachableAttempts: 12, maxDelayMs: 15_000 };

/** A file, and where it comes from. */
interface SourcedFile extends ModelFile {
  readonly source: ContentSource;
}

class Fetcher {
  private readonly partial: string;

  public constructor(
    private readonly http: HttpClient,
    private readonly options: FetchOptions,
    private readonly progress: Progress,
  ) {
    this.partial = path.join(options.into, PARTIAL_FOLDER);
  }

  public async fetch(files: readonly SourcedFile[], missing: ReadonlySet<string>): Promise<void> {
    const { into, concurrency = DEFAULT_CONCURRENCY } = this.options;
    const folders = [into, ...[...foldersOf(files)].map((folder) => path.join(into, folder))];
    try {
      for (const folder of [...folders, this.partial]) await makeFolders(folder);
    } catch (error) {
      throw writeFailed(into, error);
    }
    // Largest first, so that the last one to end is not alone on the line for long.
    const order = files.filter((file) => missing.has(file.path)).sort((a, b) => b.size - a.size);
    await inParallel(concurrency, order, (file) => this.file(file, files.indexOf(file)));
    for (const folder of folders) await syncDirectory(folder);
  }

  private async file({ path: name, digest, size, source }: SourcedFile, at: number): Promise<void> {
    const final = path.join(this.options.into, name);
    // The place in the list tells two files of the same content apart.
    const staged = path.join(this.partial, `${digest.slice('sha256:'.length)}-${at}`);
    await pullBlob(
      this.http,
      this.options.mirror,
      (offset) => source.open(digest, offset),
      {
        size,
        stagedBytes: () => stagedLength(staged),
        write: (body, progress) => writeStaged(staged, final, { digest, size, name }, body, progress),
      },
      this.progress,
    );
  }
}

interface Wanted {
  readonly files: readonly SourcedFile[];
  /** Bytes of the last manifest. */
  readonly manifest: Buffer;
  /** What an earlier run recorded of it. */
  readonly record: VerifiedRecord | undefined;
}

/** The record of a content; a folder that somebody has removed begins anew. */
async function recordOf({ record, into }: FetchOptions, manifest: Digest): Promise<VerifiedRecord | undefined> {
  return record === undefined || !existsSync(into) ? undefined : readRecord(record, manifest);
}

/** Every file of every content, each manifest checked against its digest; a recorded one is not asked for again. */
async function wantedFiles(http: HttpClient, options: FetchOptions): Promise<Wanted> {
  const { mirror, contents } = options;
  const files: SourcedFile[] = [];
  let manifest: Buffer = Buffer.alloc(0);
  let record: VerifiedRecord | undefined;
  for (const content of contents) {
    const source = new ContentSource(http, mirror, repositoryOf(content));
    record = await recordOf(options, content.manifest);
    manifest = record === undefined ? await source.manifest(content.manifest) : Buffer.from(record.manifest);
    files.push(...modelFiles(manifest, content.manifest).map((one) => ({ ...one, source })));
  }
  return { files: distinct(files), manifest, record };
}

async function fetchWith(http: HttpClient, options: FetchOptions, progress: Progress): Promise<FetchedWeights> {
  const { contents, into, rehash = false } = options;
  const { files, manifest, record } = await wantedFiles(http, options);
  progress.start(show`fetching ${contents.map(({ name }) => name).join(', ')}`, sizeOf(files));
  try {
    const found = await inspectDirectory(into, files, PARTIAL_FOLDER);
    const isKnown = record !== undefined && !rehash && (await isUnchanged(record, into, found.present));
    const before = isKnown ? found : await checkContent(into, found, progress);
    // What is changed or unlisted is evidence: it is shown before anything is fetched, and never mended in silence. So is
    // what is missing where a record says that it was complete.
    const tampered = differences(into, record === undefined ? { ...before, missing: [] } : before);
    if (tampered !== undefined) throw tampered;
    const missing = new Set(before.missing.map((file) => file.path));
    if (missing.size > 0) await new Fetcher(http, options, progress).fetch(files, missing);
    await rm(path.join(into, PARTIAL_FOLDER), { recursive: true, force: true });
    const after = differences(into, await inspectDirectory(into, files));
    if (after !== undefined) throw after;
    if (options.record !== undefined && !isKnown) await writeRecord(options.record, manifest, into, files);
    const hashed = isKnown ? 0 : files.length - missing.size;
    return { files: files.length, bytes: sizeOf(files), fetched: missing.size, hashed };
  } finally {
    progress.stop();
  }
}

/** A client of its own for one piece of work. */
async function withClient<T>(options: MirrorAccess, work: (http: HttpClient) => Promise<T>): Promise<T> {
  const { authorities = [], progress = SILENT, version, retry } = options;
  const http = new HttpClient({ version, authorities, progress, retry: { ...PATIENCE, ...retry } });
  try {
    return await work(http);
  } finally {
    await http.close();
  }
}

/**
 * Fetches content by the digests of its manifests. Each file is hashed while it is written and appears under its name only
 * when it is right; files that are there already are hashed in place. In the end the folder holds exactly the
 * manifests' files.
 *
 * @throws AirlockError (check) that names every missing, changed and unlisted file, or the manifest that is another;
 *   (environment) when the mirror cannot be reached, does not serve the model, or the disk fails
 */
export const fetchWeights = (options: FetchOptions): Promise<FetchedWeights> =>
  withClient(options, (http) => fetchWith(http, options, options.progress ?? SILENT));

/**
 * Fetches the bytes of a manifest; whoever uses them checks them against the digest.
 *
 * @throws AirlockError (environment) when the mirror cannot be reached or does not serve it
 */
export const fetchManifest = (content: ContentReference, access: MirrorAccess): Promise<Buffer> =>
  withClient(access, (http) =>
    new ContentSource(http, access.mirror, repositoryOf(content)).manifest(content.manifest),
  );
