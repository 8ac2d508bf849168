/** The bytes of a content: a blob of the store, or what is assembled around one. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type Digest, digestOf } from '../../core/digest';
import { environmentFailed } from '../../core/errors';
import { systemCode } from '../../core/system-errors';
import { isMissing } from '../store/disk';
import { fileChunks } from '../store/file-chunks';
import { hashOf } from '../store/hash-threads';
import { type FileState, type NamedBlob, stateOf, unreadable } from './blob-health';
import type { Content, MadeOf } from './content';
import type { MirrorContext } from './protocol';

/** Few calls per byte, yet little memory for a thousand clients at once, each of which has two of these. Bytes. */
const READ_BYTES = 256 * 1024;

export interface ContentBytes {
  /**
   * The bytes from `first` to `last`, both included; a chunk is valid until the next one is asked for. Where they hold the
   * whole blob, its last bytes come only when its hash is right; else this fails.
   */
  chunks(first: number, last: number): AsyncGenerator<Buffer>;
  /** Closes what is open; nothing is read any more. */
  close(): Promise<void>;
}

/** An open blob of the right size. */
interface OpenBlob extends NamedBlob {
  readonly handle: FileHandle;
  readonly state: FileState;
}

const NOTHING = Buffer.alloc(0);
/** A blob up to this size is read whole and checked before the answer begins: manifests and configurations are. Bytes. */
const SMALL_BYTES = 1024 * 1024;

function refusal(
  { health }: Pick<MirrorContext, 'health'>,
  blob: NamedBlob & { state: FileState },
  what: string,
): Error {
  return health.refusal(health.condemn(blob, what, blob.state));
}

/** The error itself, or a refusal where it tells that the blob cannot be read. */
function refusalOf(
  context: Pick<MirrorContext, 'health'>,
  blob: NamedBlob & { state: FileState },
  error: unknown,
): unknown {
  const what = unreadable(error);
  return what === undefined ? error : refusal(context, blob, what);
}

class AssembledBytes implements ContentBytes {
  public constructor(
    private readonly context: Pick<MirrorContext, 'health'>,
    private readonly blob: OpenBlob | undefined,
    private readonly head: Buffer,
    private readonly tail: Buffer,
  ) {}

  public async close(): Promise<void> {
    await this.blob?.handle.close();
  }

  public async *chunks(first: number, last: number): AsyncGenerator<Buffer> {
    const blobAt = this.head.length;
    const tailAt = blobAt + (this.blob?.size ?? 0);
    if (first < blobAt) yield this.head.subarray(first, last + 1);
    const [from, to] = [Math.max(first, blobAt) - blobAt, Math.min(last + 1, tailAt) - blobAt];
    if (this.blob !== undefined && from < to) {
      const isWhole = to - from === this.blob.size;
      yield* isWhole ? this.verified(this.blob) : this.part(this.blob, from, to);
    }
    if (last >= tailAt) yield this.tail.subarray(Math.max(first, tailAt) - tailAt, last + 1 - tailAt);
  }

  /** Reads ahead into one buffer while the other is sent. */
  private async *part({ handle, digest }: OpenBlob, from: number, to: number): AsyncGenerator<Buffer> {
    let sent = from;
    for await (const read of fileChunks(handle, from, to - from, READ_BYTES)) {
      const chunk = read.subarray(0, to - sent);
      sent += chunk.length;
      yield chunk;
      if (sent === to) return;
    }
    // Without this the answer would end early as if it were whole.
    throw environmentFailed('FILE_CHANGED_MEANWHILE', `blob ${digest} became shorter while it was sent`);
  }

  /** Every byte of the blob, the last ones only when all of them are right. */
  private async *verified(blob: OpenBlob): AsyncGenerator<Buffer> {
    const hash = hashOf(blob.size);
    let left = blob.size;
    try {
      for await (const chunk of this.part(blob, 0, blob.size)) {
        const hashed = hash.update(chunk);
        hashed.catch(() => undefined); // reported when it is awaited
        left -= chunk.length;
        if (left === 0) this.demandDigest(blob, await hash.digest());
        yield chunk; // sent while it is hashed
        await hashed;
      }
    } catch (error) {
      throw refusalOf(this.context, blob, error);
    } finally {
      hash.drop();
    }
  }

  private demandDigest(blob: OpenBlob, got: Digest): void {
    if (got !== blob.digest) throw refusal(this.context, blob, `it hashes to ${got}`);
  }
}

/** A small blob, read whole, so that wrong bytes are refused before the answer begins. */
async function smallBlob(context: MirrorContext, blob: OpenBlob): Promise<Buffer> {
  try {
    const bytes = await blob.handle.readFile();
    const got = digestOf(bytes);
    if (got === blob.digest) return bytes;
    throw refusal(context, blob, `it hashes to ${got}`);
  } catch (error) {
    throw refusalOf(context, blob, error);
  } finally {
    await blob.handle.close();
  }
}

async function openBlob({ store, health }: MirrorContext, { digest, size }: NamedBlob): Promise<OpenBlob> {
  const blob = { digest, size };
  let handle: FileHandle | undefined;
  try {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    handle = await open(store.blobPath(digest), flags);
    const found = await handle.stat({ bigint: true });
    const damage = health.judge(blob, found);
    if (damage !== undefined) throw health.refusal(damage);
    return { ...blob, handle, state: stateOf(found) };
  } catch (error) {
    await handle?.close();
    const found = unreadable(error) === undefined ? undefined : await health.stat(digest);
    if (found !== undefined) throw refusalOf({ health }, { ...blob, state: stateOf(found) }, error);
    if (!isMissing(error) && systemCode(error) !== 'ELOOP') throw error;
    const damage = await health.damageOf(blob);
    throw damage === undefined ? error : health.refusal(damage);
  }
}

/**
 * Opens the bytes of a content; the caller closes them.
 *
 * @throws DamagedBlobError when the store has lost the blob, or it is known to be wrong
 */
export async function openContent(context: MirrorContext, content: Content): Promise<ContentBytes> {
  const { head, blob: named, tail }: MadeOf = content.made ?? { head: NOTHING, blob: content, tail: NOTHING };
  const blob = named === undefined ? undefined : await openBlob(context, named);
  if (blob === undefined || blob.size > SMALL_BYTES) return new AssembledBytes(context, blob, head, tail);
  return new AssembledBytes(context, undefined, Buffer.concat([head, await smallBlob(context, blob), tail]), NOTHING);
}
