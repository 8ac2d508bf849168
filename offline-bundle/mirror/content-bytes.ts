/** The bytes of a content: a blob of the store, or what is assembled around one. */
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { environmentFailed } from '../../core/errors';
import { isMissing } from '../store/disk';
import type { Store } from '../store/store';
import type { Content } from './content';

/** Few calls per byte, yet little memory for a thousand clients at once. Bytes. */
const READ_BYTES = 256 * 1024;

export interface ContentBytes {
  /** The bytes from `first` to `last`, both included. The stream closes what is open at its end, and when its reader leaves. */
  stream(first: number, last: number): Readable;
  close(): Promise<void>;
}

class AssembledBytes implements ContentBytes {
  public constructor(
    private readonly head: Buffer,
    private readonly file: FileHandle | undefined,
    private readonly fileSize: number,
    private readonly tail: Buffer,
  ) {}

  public stream(first: number, last: number): Readable {
    const stream = Readable.from(this.chunks(first, last), { objectMode: false, highWaterMark: READ_BYTES });
    // A generator that was never started ends without its `finally`; the event comes in any case.
    return stream.once('close', () => void this.close());
  }

  public async close(): Promise<void> {
    await this.file?.close();
  }

  private async *chunks(first: number, last: number): AsyncGenerator<Buffer> {
    const fileAt = this.head.length;
    const tailAt = fileAt + this.fileSize;
    if (first < fileAt) yield this.head.subarray(first, last + 1);
    const [from, to] = [Math.max(first, fileAt) - fileAt, Math.min(last + 1, tailAt) - fileAt];
    if (this.file !== undefined && from < to) {
      const options = { start: from, end: to - 1, highWaterMark: READ_BYTES, autoClose: false };
      for await (const chunk of this.file.createReadStream(options)) yield chunk as Buffer;
    }
    if (last >= tailAt) yield this.tail.subarray(Math.max(first, tailAt) - tailAt, last + 1 - tailAt);
  }
}

async function openBlob(
  store: Store,
  { digest, size }: Pick<Content, 'digest' | 'size'>,
): Promise<FileHandle | undefined> {
  const handle = await open(store.blobPath(digest), 'r').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (handle === undefined) return undefined;
  const found = await handle.stat();
  if (found.size === size) return handle;
  await handle.close();
  throw environmentFailed(`blob ${digest} has ${found.size} bytes in the store, not ${size}`);
}

/**
 * Opens the bytes of a content; whoever does not stream them closes them.
 *
 * @returns undefined when the store has lost the blob
 * @throws AirlockError (environment) when the blob has another size than it was verified with
 */
export async function openContent(store: Store, content: Content): Promise<ContentBytes | undefined> {
  const { made } = content;
  if (made !== undefined && made.blob === undefined) return new AssembledBytes(made.head, undefined, 0, made.tail);
  const handle = await openBlob(store, made?.blob ?? content);
  if (handle === undefined) return undefined;
  if (made?.blob !== undefined) return new AssembledBytes(made.head, handle, made.blob.size, made.tail);
  return {
    // Straight from the file: it closes itself.
    stream: (start, end) => handle.createReadStream({ start, end, highWaterMark: READ_BYTES }),
    close: () => handle.close(),
  };
}
