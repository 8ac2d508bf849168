/**
 * Takes a blob that is at hand into a bundle: as a reflink where the file system has them, as a hard link where nobody else can
 * write to the file, else as a copy. It is hashed as it then is, and refused where it is wrong.
 */
import { constants } from 'node:fs';
import { copyFile, type FileHandle, link, lstat, open, rename, rm } from 'node:fs/promises';
import type { Digest } from '../../core/digest';
import { type Progress, SILENT } from '../../core/progress';
import { systemCode } from '../../core/system-errors';
import { writeFailed } from '../store/disk';
import { fileChunks } from '../store/file-chunks';
import { hashHandle } from '../store/hash-blob';
import { PartialFile } from './partial-file';
import { type AtHand, isOursAlone } from './reuse-sources';

export interface ReuseTarget {
  /**
   * Where the file lies until it is known to be right, on the file system of `final`. No name that a download goes on with: what is
   * written into a hard link is written into the older bundle.
   */
  readonly beside: string;
  readonly final: string;
}

export interface ReuseOptions {
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

type Way = 'reflink' | 'link' | 'copy';

/** How a blob was taken; or why not, in words. */
export type Reused = { readonly how: Way } | { readonly refused: string };

interface Wanted {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** Neither a link is followed nor a pipe waited for. */
const READ_ONLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The older file, with progress and an end for whoever reads it. */
class Source {
  public constructor(
    private readonly handle: FileHandle,
    private readonly file: string,
    private readonly size: number,
  ) {}

  public async isRegular(): Promise<boolean> {
    const found = await this.handle.stat();
    return found.isFile() && found.size === this.size;
  }

  /** @returns false where the file system shares no extents (ioctl_ficlone(2)), or not with this one */
  public reflink(to: string): Promise<boolean> {
    // By descriptor: the name may lead to something else by now.
    const how = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE;
    return copyFile(`/proc/self/fd/${this.handle.fd}`, to, how).then(
      () => true,
      () => rm(to, { force: true }).then(() => false),
    );
  }

  /** @returns false where the link would not be this very file, or others can write to it */
  public async link(to: string): Promise<boolean> {
    const own = await this.handle.stat({ bigint: true });
    if (!isOursAlone({ uid: Number(own.uid), mode: Number(own.mode) })) return false;
    try {
      await link(this.file, to);
      const linked = await lstat(to, { bigint: true });
      if (linked.ino === own.ino && linked.dev === own.dev) return true;
    } catch {
      // Another file system, or one without links.
    }
    await rm(to, { force: true });
    return false;
  }

  /** @returns the digest of what was written; it is durable then */
  public async copy(to: string, progress: Progress): Promise<Digest> {
    const copy = await PartialFile.open(to, this.size);
    try {
      for await (const chunk of fileChunks(this.handle, 0, this.size)) {
        await copy.append(chunk);
        progress.advance(chunk.length);
      }
      return await copy.finish();
    } finally {
      await copy.close();
    }
  }
}

/** @returns the digest of the file as it is on the disk now; it is durable then */
async function hashDurable(file: string, size: number, progress: Progress): Promise<Digest> {
  const handle = await open(file, READ_ONLY);
  try {
    const digest = await hashHandle(handle, size, progress);
    await handle.sync();
    return digest;
  } finally {
    await handle.close();
  }
}

async function bring(
  source: Source,
  beside: string,
  size: number,
  progress: Progress,
): Promise<{ readonly how: Way; readonly got: Digest }> {
  for (const how of ['reflink', 'link'] as const)
    if (await source[how](beside)) return { how, got: await hashDurable(beside, size, progress) };
  return { how: 'copy', got: await source.copy(beside, progress) };
}

async function put(beside: string, final: string): Promise<void> {
  await rename(beside, final).catch((error: unknown) => Promise.reject(writeFailed(final, error)));
}

/**
 * Takes a blob from a file. Progress advances by its bytes where it was taken, and by none where it was refused.
 *
 * @returns `refused` for a file that is not the blob or cannot be read: then nothing is left of it here
 * @throws AirlockError (environment) when the disk of the bundle refuses; the signal's reason when aborted
 */
export async function reuseBlob(
  { digest, size }: Wanted,
  { file }: Pick<AtHand, 'file'>,
  { beside, final }: ReuseTarget,
  { progress = SILENT, signal }: ReuseOptions = {},
): Promise<Reused> {
  let moved = 0;
  const advance = (bytes: number): void => {
    signal?.throwIfAborted();
    moved += bytes;
    progress.advance(bytes);
  };
  const forget = async (): Promise<void> => {
    progress.advance(-moved);
    await rm(beside, { recursive: true, force: true });
  };
  let handle: FileHandle | undefined;
  try {
    signal?.throwIfAborted();
    await rm(beside, { recursive: true, force: true });
    handle = await open(file, READ_ONLY);
    const source = new Source(handle, file, size);
    const taken = (await source.isRegular()) ? await bring(source, beside, size, { ...progress, advance }) : undefined;
    if (taken?.got === digest) {
      await put(beside, final);
      return { how: taken.how };
    }
    await forget();
    return { refused: taken === undefined ? 'is no file of that size any more' : `hashes to ${taken.got}` };
  } catch (error) {
    await forget();
    // What the disk of the bundle says comes as an error of the kit.
    const code = systemCode(error);
    if (code === undefined) throw error;
    return { refused: `cannot be read: ${code}` };
  } finally {
    await handle?.close();
  }
}
