/** An upstream in memory that misbehaves on demand and keeps a log of what was asked of it. */
import type { Digest } from '../../../core/digest';
import type { OpenSource, SourceReader } from '../../../offline-bundle/fetch/source-reader';
import type { PlannedBlob } from '../../../offline-bundle/layout/plan';

export interface Opened {
  readonly digest: Digest;
  readonly offset: number;
  /** Bytes that were given. */
  sent: number;
}

/** What one opening does instead of giving the rest of the blob in order. */
export interface Behavior {
  /** Break the connection after this many bytes. */
  readonly breakAfter?: number;
  /** End politely after this many bytes. */
  readonly endAfter?: number;
  /** Begin at 0, whatever was asked for. */
  readonly ignoreRange?: boolean;
  /** Give these bytes instead. */
  readonly instead?: Buffer;
  /** Fail before the first byte. */
  readonly refuse?: Error;
  /** Called before each chunk. */
  readonly before?: (sent: number) => void | Promise<void>;
}

const CHUNK = 16 * 1024;

export class MemoryReader implements SourceReader {
  public readonly log: Opened[] = [];

  /** @param behave decides for the nth opening of a blob, from 0 */
  public constructor(
    private readonly held: ReadonlyMap<Digest, Buffer>,
    private readonly behave: (blob: PlannedBlob, nth: number) => Behavior = () => ({}),
  ) {}

  /** Bytes given in all. */
  public get sent(): number {
    return this.log.reduce((sum, opened) => sum + opened.sent, 0);
  }

  public of(digest: Digest): Opened[] {
    return this.log.filter((opened) => opened.digest === digest);
  }

  public open(blob: PlannedBlob, offset: number, signal?: AbortSignal): Promise<OpenSource> {
    const behavior = this.behave(blob, this.of(blob.digest).length);
    const opened: Opened = { digest: blob.digest, offset, sent: 0 };
    this.log.push(opened);
    if (behavior.refuse !== undefined) return Promise.reject(behavior.refuse);
    const bytes = behavior.instead ?? this.held.get(blob.digest);
    if (bytes === undefined) return Promise.reject(new Error(`nobody holds ${blob.artifact}: ${blob.file}`));
    const start = behavior.ignoreRange === true ? 0 : offset;
    return Promise.resolve({ start, body: this.body(bytes.subarray(start), behavior, opened, signal) });
  }

  private async *body(
    bytes: Buffer,
    { breakAfter = Infinity, endAfter = Infinity, before }: Behavior,
    opened: Opened,
    signal?: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    const end = Math.min(bytes.length, breakAfter, endAfter);
    for (let at = 0; at < end; at += CHUNK) {
      await before?.(at);
      signal?.throwIfAborted();
      const chunk = bytes.subarray(at, Math.min(end, at + CHUNK));
      opened.sent += chunk.length;
      yield chunk;
    }
    if (breakAfter < bytes.length) throw Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' });
  }
}
