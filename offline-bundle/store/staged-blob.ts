/** Writes one blob: hashed while written, continued where a killed writer stopped, renamed only when it is right. */
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, rename, rm } from 'node:fs/promises';
import type { Digest } from '../../core/digest';
import { type AirlockError, checkFailed, environmentFailed } from '../../core/errors';
import { systemCode } from '../../core/system-errors';
import type { Progress } from '../../core/progress';
import { isMissing, writeFailed } from './disk';
import { fileChunks } from './file-chunks';
import { gathered } from './gathered';
import { type ByteHash, hashOf } from './hash-threads';
import { letGo, type OwnPart, ownPart, stagedLength } from './staged-parts';

export interface BlobContent {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** What it is, for messages, e.g. `model/gpt-oss-20b: model.safetensors`; the digest where absent. */
  readonly name?: string;
}

/** Where a blob's bytes come from. A staged part is continued for a file, and for a body that starts at its end. */
export type BlobSource =
  | AsyncIterable<Uint8Array>
  | { readonly path: string }
  | { readonly start: number; readonly body: AsyncIterable<Uint8Array> };

const nameOf = ({ name, digest }: BlobContent): string => (name === undefined ? digest : `${name} (${digest})`);
const REFETCH = 'get this blob again from its source; what was right is kept';

/** Written data is pushed to the disk while more is read, so that the last fsync is short. Bytes. */
const SYNC_EVERY = 64 * 1024 * 1024;

/** An unfinished blob in the staging folder; its file is written by nobody else. */
class StagedBlob {
  private readonly hash: ByteHash;
  private readonly handle: FileHandle;
  private readonly file: string;
  private length = 0;
  private syncing: Promise<void> = Promise.resolve();
  private unsynced = 0;

  public constructor(
    part: OwnPart,
    private readonly content: BlobContent,
    private readonly progress: Progress,
  ) {
    ({ handle: this.handle, file: this.file } = part);
    this.hash = hashOf(content.size);
  }

  /** Keeps the first `bytes` that an earlier run left, hashing them anew, and drops the rest. */
  public async keep(bytes: number): Promise<void> {
    await this.handle.truncate(bytes);
    for await (const chunk of fileChunks(this.handle, 0, bytes)) {
      await this.hash.update(chunk);
      this.length += chunk.length;
      this.progress.advance(chunk.length);
    }
    if (this.length !== bytes)
      throw environmentFailed('FILE_CHANGED_MEANWHILE', `${this.file} became shorter while it was read`);
  }

  /** @param chunks in shared memory, each valid until the next one is asked for */
  public async append(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of chunks) {
      if (this.length + chunk.length > this.content.size) {
        throw checkFailed(
          'CONTENT_DAMAGED',
          `${nameOf(this.content)} is larger than its ${this.content.size} bytes`,
          REFETCH,
        );
      }
      // Neither is left running: the chunk is used again, and the file closed.
      const [written, hashed] = await Promise.allSettled([this.write(chunk), this.hash.update(chunk)]);
      for (const one of [written, hashed]) if (one.status === 'rejected') throw one.reason;
      this.progress.advance(chunk.length);
    }
    if (this.length !== this.content.size) {
      throw checkFailed(
        'CONTENT_DAMAGED',
        `${nameOf(this.content)} ends after ${this.length} of ${this.content.size} bytes`,
        REFETCH,
      );
    }
  }

  private async write(chunk: Uint8Array): Promise<void> {
    const position = this.length;
    this.length += chunk.length;
    try {
      for (let done = 0; done < chunk.length;) {
        const { bytesWritten } = await this.handle.write(chunk, done, chunk.length - done, position + done);
        done += bytesWritten;
      }
      this.unsynced += chunk.length;
      if (this.unsynced < SYNC_EVERY) return;
      await this.syncing;
      this.unsynced = 0;
      this.syncing = this.handle.datasync();
      this.syncing.catch(() => undefined); // reported when it is awaited
    } catch (error) {
      throw writeFailed(this.file, error);
    }
  }

  /**
   * Gives the blob its name.
   *
   * @throws AirlockError (check) when the bytes are not those of the digest; (environment) when the disk refuses
   */
  public async finish(final: string): Promise<void> {
    const got = await this.hash.digest();
    if (got !== this.content.digest)
      throw checkFailed('CONTENT_DAMAGED', `${nameOf(this.content)} is damaged: it hashes to ${got}`, REFETCH);
    try {
      await this.syncing;
      await this.handle.sync();
      await this.demandSameFile();
      await rename(this.file, final);
    } catch (error) {
      throw writeFailed(this.file, error);
    }
  }

  /** The name leads to the file that was written and hashed, whole, and it has no other name. */
  private async demandSameFile(): Promise<void> {
    const [written, named] = [await this.handle.stat(), await lstat(this.file)];
    const isSame = written.ino === named.ino && written.dev === named.dev && named.nlink === 1;
    if (isSame && named.size === this.content.size) return;
    throw environmentFailed(
      'FILE_CHANGED_MEANWHILE',
      `${this.file} was changed by somebody else while it was written`,
      'find out what else writes to that folder, then run the same command again',
    );
  }

  public async close(): Promise<void> {
    this.hash.drop();
    await this.syncing.catch(() => undefined);
    await this.handle.close();
  }
}

async function* readFrom(source: string, content: BlobContent, start: number): AsyncGenerator<Uint8Array> {
  let handle: FileHandle;
  try {
    handle = await open(source, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    throw sourceFailed(source, content, error);
  }
  try {
    yield* fileChunks(handle, start, content.size);
  } catch (error) {
    throw systemCode(error) === undefined ? error : sourceFailed(source, content, error);
  } finally {
    await handle.close();
  }
}

function sourceFailed(source: string, content: BlobContent, error: unknown): AirlockError {
  if (isMissing(error)) return checkFailed('CONTENT_MISSING', `${nameOf(content)} is missing`, REFETCH);
  if (systemCode(error) === 'ELOOP')
    return checkFailed('CONTENT_DAMAGED', `${nameOf(content)} is a symbolic link`, REFETCH);
  const code = systemCode(error) ?? String(error);
  if (code === 'EIO') return checkFailed('MEDIUM_DAMAGED', `the medium cannot read ${nameOf(content)}: EIO`, REFETCH);
  return environmentFailed(
    'FILE_UNREADABLE',
    `cannot read ${nameOf(content)} from ${source}: ${code}`,
    'check the medium',
    error,
  );
}

const isCheck = (error: unknown): boolean => (error as Partial<AirlockError>).kind === 'check';

/** One attempt; see {@link writeStaged}. Of wrong bytes nothing is left. */
async function attempt(
  { staged, final, content }: StagedTarget,
  kept: number,
  chunks: AsyncIterable<Uint8Array>,
  progress: Progress,
): Promise<void> {
  const part = await ownPart(staged, kept);
  const blob = new StagedBlob(part, content, progress);
  try {
    await blob.keep(kept);
    await blob.append(chunks);
    await blob.finish(final);
  } catch (error) {
    if (isCheck(error)) await rm(part.file, { force: true });
    throw error;
  } finally {
    await blob.close();
    letGo(part);
  }
}

interface StagedTarget {
  readonly staged: string;
  readonly final: string;
  readonly content: BlobContent;
}

/**
 * Writes a blob beside its place and moves it there.
 *
 * @param staged path that names of unfinished parts begin with (staged-parts.ts), on the file system of `final`
 * @throws AirlockError (check) when the bytes are wrong, and then nothing is left; (environment) when the disk or the
 *   source fails, and then the staged part stays for the next attempt
 */
export async function writeStaged(
  staged: string,
  final: string,
  content: BlobContent,
  source: BlobSource,
  progress: Progress,
): Promise<void> {
  const target: StagedTarget = { staged, final, content };
  const bytes = await stagedLength(staged);
  let moved = 0;
  const counted: Progress = {
    ...progress,
    advance: (count) => {
      moved += count;
      progress.advance(count);
    },
  };
  if ('path' in source) {
    const kept = bytes > content.size ? 0 : bytes;
    try {
      await attempt(target, kept, readFrom(source.path, content, kept), counted);
    } catch (error) {
      if (kept === 0 || !isCheck(error)) throw error;
      // After a power cut the staged part itself may be wrong: judge the source alone before blaming it.
      progress.advance(-moved);
      await attempt(target, 0, readFrom(source.path, content, 0), progress);
    }
  } else {
    const { start, body } = 'body' in source ? source : { start: 0, body: source };
    await attempt(target, start, gathered(body, content.size), counted);
  }
}
