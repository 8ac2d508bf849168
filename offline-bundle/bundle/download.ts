/**
 * Fetches one blob: every byte is read from the network once, whatever breaks in between. An interrupted body is
 * continued by Range, in this run or in a later one; a blob takes its final name only with the right digest.
 */
import { rename } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { AirlockError, checkFailed, environmentFailed } from '../../core/errors';
import { rootSystemCode } from '../../core/system-errors';
import { type Progress, SILENT } from '../../core/progress';
import { show } from '../../core/visible';
import { isOutage } from '../fetch/network-errors';
import { DEFAULT_RETRY_POLICY, Persistence, type RetryPolicy } from '../fetch/retry';
import type { SourceReader } from '../fetch/source-reader';
import type { PlannedBlob } from '../layout/plan';
import { writeFailed } from '../store/disk';
import { PartialFile } from './partial-file';

export interface DownloadTarget {
  /** Where the unfinished bytes are kept. */
  readonly partial: string;
  /** Where the finished blob goes, on the same file system. */
  readonly final: string;
}

export interface DownloadOptions {
  readonly reader: SourceReader;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
  readonly retry?: RetryPolicy;
  /** Waits some milliseconds. @default - the clock */
  readonly sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

/** What a download cost. */
export interface DownloadResult {
  /** Bytes that an earlier run had left. */
  readonly kept: number;
  /** Bytes that came over the network. */
  readonly fetched: number;
}

const sleepByClock = async (milliseconds: number, signal?: AbortSignal): Promise<void> =>
  delay(milliseconds, undefined, signal === undefined ? {} : { signal });

const CHANGED_UPSTREAM = 'upstream no longer has what the lock names: run `airlock lock` and review the change';
const nameOf = ({ artifact, file }: PlannedBlob): string => `${artifact}: ${file}`;

class Download {
  public fetched = 0;
  private readonly progress: Progress;
  private readonly policy: RetryPolicy;

  public constructor(
    private readonly blob: PlannedBlob,
    private readonly partial: PartialFile,
    private readonly options: DownloadOptions,
  ) {
    this.progress = options.progress ?? SILENT;
    this.policy = options.retry ?? DEFAULT_RETRY_POLICY;
  }

  /**
   * Fills the file to the blob's size, reopening the source wherever it breaks off.
   *
   * @returns false when the source gives more bytes than the blob has
   */
  public async fill(): Promise<boolean> {
    const persistence = new Persistence(this.policy, Math.random);
    while (this.partial.length < this.blob.size) {
      const before = this.partial.length;
      const broken = await this.readOnce();
      if (broken === 'too long') return false;
      if (this.partial.length >= this.blob.size) break;
      if (this.partial.length > before) persistence.reset();
      const pause = persistence.next(this.policy.attempts, isOutage(broken));
      if (pause === undefined) throw this.givenUp(broken, persistence.failures);
      this.progress.note(
        show`${nameOf(this.blob)}: broken off at ${this.partial.length} of ${this.blob.size} bytes (${reasonOf(broken)}); going on in ${(pause / 1000).toFixed(1)} s`,
      );
      await (this.options.sleep ?? sleepByClock)(pause, this.options.signal);
    }
    return true;
  }

  /** @returns why the body ended; undefined when it said that it was complete */
  private async readOnce(): Promise<unknown> {
    const { reader, signal } = this.options;
    const { partial, blob } = this;
    const { body, start } = await reader.open(blob, partial.length, signal);
    if (start > partial.length) {
      throw environmentFailed(
        'UPSTREAM_ANSWER_INVALID',
        `${nameOf(blob)}: asked for byte ${partial.length}, the source begins at ${start}`,
      );
    }
    let position = start;
    try {
      for await (const chunk of body) {
        // A server without Range begins at 0 again; what is there already is passed over.
        const fresh = chunk.subarray(Math.min(chunk.length, Math.max(0, partial.length - position)));
        position += chunk.length;
        this.fetched += chunk.length;
        if (position > blob.size) return 'too long';
        await partial.append(fresh);
        this.progress.advance(fresh.length);
      }
      return undefined;
    } catch (error) {
      if (error instanceof AirlockError) throw error;
      signal?.throwIfAborted();
      return error;
    }
  }

  private givenUp(reason: unknown, attempts: number): AirlockError {
    const { length } = this.partial;
    const where = `${nameOf(this.blob)}: the source ends at ${length} of ${this.blob.size} bytes`;
    if (reason === undefined) {
      return checkFailed('UPSTREAM_CONTENT_MISMATCH', where, CHANGED_UPSTREAM);
    }
    return environmentFailed(
      'UPSTREAM_UNREACHABLE',
      `${where}, ${attempts} times in a row (${reasonOf(reason)})`,
      'check network and proxy, then run the command again: what is there is kept',
      reason,
    );
  }
}

const reasonOf = (error: unknown): string =>
  error === undefined ? 'the body was too short' : (rootSystemCode(error) ?? (error as Error).message);

/** Fills the file with the right bytes, in two attempts at most. */
async function fetchRight(
  blob: PlannedBlob,
  partial: PartialFile,
  download: Download,
  progress: Progress | undefined,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const got = (await download.fill()) ? await partial.finish() : `more than ${blob.size} bytes`;
    if (got === blob.digest) return;
    progress?.advance(-partial.length);
    await partial.restart();
    const what = `${nameOf(blob)}: expected ${blob.digest} (${blob.size} bytes), got ${got}`;
    if (attempt > 1) throw checkFailed('UPSTREAM_CONTENT_MISMATCH', what, CHANGED_UPSTREAM);
    progress?.note(show`${what}; fetching it again`);
  }
}

/**
 * Fetches a blob into its place. Progress advances by every byte of the blob once, those of an earlier run included.
 *
 * Wrong bytes are dropped and fetched once more: the partial of an earlier run, or a cache on the way, may be at fault.
 *
 * @throws AirlockError (check) when the source gives other bytes than the lock names; (environment) when network or
 *   disk fail, and then what has arrived stays for the next run; the signal's reason when aborted
 */
export async function downloadBlob(
  blob: PlannedBlob,
  target: DownloadTarget,
  options: DownloadOptions,
): Promise<DownloadResult> {
  const { progress } = options;
  const partial = await PartialFile.open(target.partial, blob.size);
  const kept = partial.length;
  progress?.advance(kept);
  const download = new Download(blob, partial, options);
  try {
    await fetchRight(blob, partial, download, progress);
  } finally {
    await partial.close();
  }
  await rename(target.partial, target.final).catch((error: unknown) => {
    throw writeFailed(target.final, error);
  });
  return { kept, fetched: download.fetched };
}
