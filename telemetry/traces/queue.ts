/** How much the Collector keeps on disk while the store is away, and what that needs. */
import { badInput } from '../../core/errors';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** What is expected of the traffic, for the size of the queue. */
export interface TraceLoad {
  /** Spans per second in the busiest hour. */
  readonly spansPerSecond: number;
  /**
   * Bytes of one span, prompt and answer included.
   *
   * @default 16 KiB: some 2,000 tokens of prompt and answer at 4 bytes, with tools and attributes twice that
   */
  readonly bytesPerSpan?: number;
  /** Longest time that the store may be away without loss. */
  readonly outageSeconds: number;
}

/** Bytes of the queue: rate × size × time. */
export function queueBytesFor({ spansPerSecond, bytesPerSpan = 16 * 1024, outageSeconds }: TraceLoad): number {
  const bytes = Math.ceil(spansPerSecond * bytesPerSpan * outageSeconds);
  if (bytes > 0) return bytes;
  throw badInput(
    'TELEMETRY_SETTING_INVALID',
    `a queue for ${spansPerSecond} spans of ${bytesPerSpan} bytes per second over ${outageSeconds} s holds nothing`,
    'give positive numbers',
  );
}

/** 10 spans per second over ten hours, a night: 5.5 GiB. */
export const DEFAULT_QUEUE_BYTES = queueBytesFor({ spansPerSecond: 10, outageSeconds: 10 * 3600 });

/** Smallest queue: one request of the largest size that the receiver takes must fit. */
export const LEAST_QUEUE_BYTES = 64 * MIB;

/**
 * Largest size of the queue's file: bbolt keeps freed pages and splits large values over whole pages, so that a full queue
 * takes up to twice its bytes (go.etcd.io/bbolt README, "Caveats & Limitations"). The extension refuses writes beyond it.
 */
export const queueFileBytes = (queueBytes: number): number => 2 * queueBytes;

/** Bytes of the claim: the file, and room in which compaction writes the new one once little is left in the queue. */
export const queueClaimBytes = (queueBytes: number): number => queueFileBytes(queueBytes) + GIB;
