/** SHA-256 of many files on all cores: hashing, not reading, bounds the speed of one thread. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Digest } from '../../core/digest';
import { environmentFailed, internalFault } from '../../core/errors';
import { type Progress, SILENT } from '../../core/progress';
import { inParallel } from '../../core/in-parallel';

/** More threads than this outrun any disk. */
const MAX_THREADS = 8;

/**
 * One thread: takes file names with what to hash before and after, gives bytes read and digests. As text, so that it runs wherever this module was
 * bundled to. A symbolic link in place of the file is refused (O_NOFOLLOW).
 */
const THREAD = `
const { parentPort } = require('node:worker_threads');
const { createHash } = require('node:crypto');
const { openSync, readSync, closeSync, constants } = require('node:fs');
const buffer = Buffer.allocUnsafeSlow(1 << 18);
parentPort.on('message', ({ file, before, after }) => {
  try {
    const handle = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const hash = createHash('sha256');
      if (before) hash.update(before);
      let pending = 0;
      for (let length; (length = readSync(handle, buffer)) > 0; ) {
        hash.update(buffer.subarray(0, length));
        pending += length;
        if (pending >= 1 << 25) {
          parentPort.postMessage({ read: pending });
          pending = 0;
        }
      }
      if (after) hash.update(after);
      parentPort.postMessage({ read: pending, digest: 'sha256:' + hash.digest('hex') });
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    parentPort.postMessage({ read: 0, failure: error.code || String(error) });
  }
});`;

interface Message {
  readonly read: number;
  readonly digest?: Digest;
  readonly failure?: string;
}

/** What a file hashes to, or why it cannot be read: the code of the operating system. */
export type Hashed = { readonly digest: Digest } | { readonly unreadable: string };

function hashIn(thread: Worker, { file, before, after }: HashJob, progress: Progress): Promise<Hashed> {
  return new Promise((resolve) => {
    const finish = (hashed: Hashed): void => {
      thread.off('message', listen);
      thread.off('error', ended);
      resolve(hashed);
    };
    const ended = (error: Error): void => finish({ unreadable: error.message });
    const listen = ({ read, digest, failure }: Message): void => {
      progress.advance(read);
      if (digest !== undefined) finish({ digest });
      else if (failure !== undefined) finish({ unreadable: failure });
    };
    thread.on('message', listen);
    thread.once('error', ended);
    thread.postMessage({ file, before, after });
  });
}

/** A file to hash; the largest are begun first, so that no thread is left with one at the end. */
export interface HashJob {
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  /** Hashed before the file. @default - nothing */
  readonly before?: Uint8Array;
  /** Hashed after the file. @default - nothing */
  readonly after?: Uint8Array;
}

/** @param finish what becomes of a job's result; where it throws, no further job begins */
async function onThreads<R>(
  jobs: readonly HashJob[],
  progress: Progress,
  finish: (job: HashJob, hashed: Hashed) => R,
): Promise<R[]> {
  const results = new Map<HashJob, R>();
  const count = Math.min(jobs.length, availableParallelism(), MAX_THREADS);
  const threads = Array.from({ length: count }, () => new Worker(THREAD, { eval: true, execArgv: [] }));
  const idle = [...threads];
  try {
    await inParallel(
      count,
      [...jobs].sort((a, b) => b.size - a.size),
      async (job) => {
        const thread = idle.pop();
        if (thread === undefined) throw internalFault('no thread is free');
        results.set(job, finish(job, await hashIn(thread, job, progress)));
        idle.push(thread);
      },
    );
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
  return jobs.map((job) => results.get(job) as R);
}

function demandDigest({ file }: HashJob, hashed: Hashed): Digest {
  if ('digest' in hashed) return hashed.digest;
  throw environmentFailed(
    'FILE_UNREADABLE',
    `cannot read ${file}: ${hashed.unreadable}`,
    'check the disk and the permissions of the folder',
  );
}

/**
 * Hashes files in place.
 *
 * @returns digests in the order of the jobs
 * @throws AirlockError (environment) when a file cannot be read, or is a symbolic link
 */
export const hashJobs = (jobs: readonly HashJob[], progress: Progress = SILENT): Promise<Digest[]> =>
  onThreads(jobs, progress, demandDigest);

/** Hashes files in place; one that cannot be read is told, and hinders no other. In the order of the jobs. */
export const hashEach = (jobs: readonly HashJob[], progress: Progress = SILENT): Promise<Hashed[]> =>
  onThreads(jobs, progress, (_, hashed) => hashed);

/** {@link hashJobs} for different files. @returns digest by file name */
export async function hashFiles(jobs: readonly HashJob[], progress: Progress = SILENT): Promise<Map<string, Digest>> {
  const digests = await hashJobs(jobs, progress);
  return new Map(digests.map((digest, at) => [jobs[at]?.file ?? '', digest]));
}
