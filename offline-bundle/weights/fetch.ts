/** Brings a model or files from the mirror into a folder, and vouches for every file in it. */
import { mkdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Progress, SILENT } from '../../core/progress';
import { HttpClient } from '../fetch/http';
import { inParallel } from '../../core/in-parallel';
import { pullBlob } from '../fetch/pull-blob';
import type { RetryPolicy } from '../fetch/retry';
import { syncDirectory, writeFailed } from '../store/disk';
import { writeStaged } from '../store/staged-blob';
import { inspectDirectory } from './inspect-directory';
import { distinct, foldersOf, type ModelFile, modelFiles, PARTIAL_FOLDER } from './model-files';
import { type ContentReference, ContentSource, repositoryOf } from './content-source';
import { checkContent, differences, sizeOf, type VerifiedWeights } from './verify';

export interface FetchOptions {
  /** Base address of the mirror. */
  readonly mirror: URL;
  /** What to fetch: one model, or files that lie beside each other. */
  readonly contents: readonly ContentReference[];
  /** Folder that will hold it and nothing else. */
  readonly into: string;
  /** PEM texts trusted beside Node's own roots. */
  readonly authorities?: readonly string[];
  /** Files at once. @default 4 */
  readonly concurrency?: number;
  readonly progress?: Progress;
  /** Version of the kit, for `User-Agent`. */
  readonly version: string;
  /** @default - patient enough for a mirror that restarts */
  readonly retry?: Partial<RetryPolicy>;
}

export interface FetchedWeights extends VerifiedWeights {
  /** Files that came over the network; the others were there and have been hashed. */
  readonly fetched: number;
}

const DEFAULT_CONCURRENCY = 4;
/** About two minutes without a byte; then the pod fails visibly, and its restart goes on where this ended. */
const PATIENCE: Partial<RetryPolicy> = { attempts: 12, unreachableAttempts: 12, maxDelayMs: 15_000 };

/** A file, and where it comes from. */
interface SourcedFile extends ModelFile {
  readonly source: ContentSource;
}

const sizeIfPresent = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  );

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
      for (const folder of [...folders, this.partial]) await mkdir(folder, { recursive: true });
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
        stagedBytes: () => sizeIfPresent(staged),
        write: (body, progress) => writeStaged(staged, final, { digest, size, name }, body, progress),
      },
      this.progress,
    );
  }
}

/** Every file of every content, each manifest checked against its digest. */
async function filesOf(http: HttpClient, { mirror, contents }: FetchOptions): Promise<SourcedFile[]> {
  const files: SourcedFile[] = [];
  for (const content of contents) {
    const source = new ContentSource(http, mirror, repositoryOf(content));
    const bytes = await source.manifest(content.manifest);
    files.push(...modelFiles(bytes, content.manifest).map((file) => ({ ...file, source })));
  }
  return distinct(files);
}

async function fetchWith(http: HttpClient, options: FetchOptions, progress: Progress): Promise<FetchedWeights> {
  const { contents, into } = options;
  const files = await filesOf(http, options);
  progress.start(`weights of ${contents.map(({ name }) => name).join(', ')}`, sizeOf(files));
  try {
    const before = await checkContent(into, await inspectDirectory(into, files, PARTIAL_FOLDER), progress);
    // What is changed or unlisted is evidence: it is shown before anything is fetched, and never mended in silence.
    const tampered = differences(into, { ...before, missing: [] });
    if (tampered !== undefined) throw tampered;
    const missing = new Set(before.missing.map((file) => file.path));
    if (missing.size > 0) await new Fetcher(http, options, progress).fetch(files, missing);
    await rm(path.join(into, PARTIAL_FOLDER), { recursive: true, force: true });
    const after = differences(into, await inspectDirectory(into, files));
    if (after !== undefined) throw after;
    return { files: files.length, bytes: sizeOf(files), fetched: missing.size };
  } finally {
    progress.stop();
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
export async function fetchWeights(options: FetchOptions): Promise<FetchedWeights> {
  const { authorities = [], progress = SILENT, version, retry } = options;
  const http = new HttpClient({ version, authorities, progress, retry: { ...PATIENCE, ...retry } });
  try {
    return await fetchWith(http, options, progress);
  } finally {
    await http.close();
  }
}
