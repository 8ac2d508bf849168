/** An unfinished blob on disk: hashed while it is written, and continued where an earlier run left it. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Digest } from '../../core/digest';
import { writeFailed } from '../store/disk';
import { fileChunks } from '../store/file-chunks';
import { type ByteHash, hashOf, sharedBuffer } from '../store/hash-threads';

/** Network chunks are gathered to this, so that neither writing nor hashing is dominated by calls. Bytes. */
const BUFFER_BYTES = 1024 * 1024;
/** Written data is pushed to the disk while the download goes on, so that the last fsync is short. Bytes. */
const SYNC_EVERY = 64 * 1024 * 1024;

export class PartialFile {
  private hash: ByteHash;
  /** Bytes handed to the disk, all of them hashed. */
  private written = 0;
  /** Bytes gathered in `filling` and not handed over yet. */
  private filled = 0;
  private filling: Buffer;
  private spare: Buffer;
  /** The write of `spare`, and its hashing, which run while `filling` is filled. */
  private writing: Promise<void> = Promise.resolve();
  private syncing: Promise<void> = Promise.resolve();
  private unsynced = 0;

  private constructor(
    private readonly handle: FileHandle,
    private readonly file: string,
    private readonly size: number,
  ) {
    const length = Math.max(1, Math.min(BUFFER_BYTES, size));
    [this.filling, this.spare] = [sharedBuffer(length), sharedBuffer(length)];
    this.hash = hashOf(size);
  }

  /**
   * Opens the file, or makes it. What it holds already is read once to restore the hash; more than `size` bytes cannot
   * be the beginning of the blob and are dropped.
   *
   * @param size bytes of the whole blob
   * @throws AirlockError (environment) when the disk refuses
   */
  public static async open(file: string, size: number): Promise<PartialFile> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(file, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o644);
      const partial = new PartialFile(handle, file, size);
      const { size: held } = await handle.stat();
      if (held > size) await handle.truncate(0);
      else if (held > 0) await partial.restoreHash(held);
      return partial;
    } catch (error) {
      await handle?.close();
      throw writeFailed(file, error);
    }
  }

  /** Bytes that the file holds, or will once everything is written. */
  public get length(): number {
    return this.written + this.filled;
  }

  /** @throws AirlockError (environment) when the disk refuses these or earlier bytes */
  public async append(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length;) {
      const count = Math.min(chunk.length - at, this.filling.length - this.filled);
      this.filling.set(chunk.subarray(at, at + count), this.filled);
      this.filled += count;
      at += count;
      if (this.filled === this.filling.length) await this.handOver();
    }
  }

  /**
   * Writes everything out and makes it durable.
   *
   * @returns digest of the whole file; nothing may be appended any more
   */
  public async finish(): Promise<Digest> {
    await this.handOver();
    try {
      await this.writing;
      await this.syncing;
      await this.handle.sync();
    } catch (error) {
      throw writeFailed(this.file, error);
    }
    return this.hash.digest();
  }

  /** Forgets everything, for bytes that turned out to be wrong. */
  public async restart(): Promise<void> {
    try {
      await this.writing;
      await this.handle.truncate(0);
    } catch (error) {
      throw writeFailed(this.file, error);
    }
    this.hash.drop();
    this.hash = hashOf(this.size);
    [this.written, this.filled] = [0, 0];
  }

  /** Keeps what has arrived for the next run, as far as the disk takes it, and closes the file. */
  public async close(): Promise<void> {
    try {
      // Rejects where an earlier write failed: writing behind that place would leave a hole.
      await this.handOver();
      await this.writing;
    } catch {
      // The caller has its error already; the next run goes by what is on the disk.
    }
    this.hash.drop();
    await this.syncing.catch(() => undefined);
    await this.handle.close();
  }

  private async restoreHash(held: number): Promise<void> {
    for await (const chunk of fileChunks(this.handle, 0, held)) {
      await this.hash.update(chunk);
      this.written += chunk.length;
    }
  }

  /** Starts to write and to hash what was gathered, and goes on in the other buffer once that is free. */
  private async handOver(): Promise<void> {
    if (this.filled === 0) return;
    await this.writing;
    const bytes = this.filling.subarray(0, this.filled);
    this.writing = this.writeAndHash(bytes, this.written);
    this.writing.catch(() => undefined); // reported when it is awaited
    this.written += bytes.length;
    this.filled = 0;
    [this.filling, this.spare] = [this.spare, this.filling];
  }

  /** Neither is left running: the buffer is used again. */
  private async writeAndHash(bytes: Buffer, position: number): Promise<void> {
    const done = await Promise.allSettled([this.write(bytes, position), this.hash.update(bytes)]);
    for (const one of done) if (one.status === 'rejected') throw one.reason;
  }

  private async write(bytes: Buffer, position: number): Promise<void> {
    try {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await this.handle.write(bytes, done, bytes.length - done, position + done);
        done += bytesWritten;
      }
      this.unsynced += bytes.length;
      if (this.unsynced < SYNC_EVERY) return;
      await this.syncing;
      this.unsynced = 0;
      this.syncing = this.handle.datasync();
      this.syncing.catch(() => undefined); // reported when it is awaited
    } catch (error) {
      throw writeFailed(this.file, error);
    }
  }
}
