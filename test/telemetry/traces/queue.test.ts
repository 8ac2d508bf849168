import {
  DEFAULT_QUEUE_BYTES,
  LEAST_QUEUE_BYTES,
  queueBytesFor,
  queueClaimBytes,
  queueFileBytes,
} from '../../../telemetry/traces/queue';

describe('the queue of traces', () => {
  it('holds rate times size times time', () => {
    expect(queueBytesFor({ spansPerSecond: 2, bytesPerSpan: 1000, outageSeconds: 30 })).toBe(60_000);
  });

  it('is for ten hours of ten spans a second where nothing is said', () => {
    expect(DEFAULT_QUEUE_BYTES).toBe(10 * 16_384 * 36_000);
    expect(DEFAULT_QUEUE_BYTES).toBeGreaterThan(LEAST_QUEUE_BYTES);
  });

  it.each([0, -1, NaN])('cannot be for %p spans per second', (spansPerSecond) => {
    expect(() => queueBytesFor({ spansPerSecond, outageSeconds: 60 })).toThrow(/holds nothing/);
  });

  it('fits into its claim even when the file has doubled, with room for compaction', () => {
    expect(queueFileBytes(DEFAULT_QUEUE_BYTES)).toBe(2 * DEFAULT_QUEUE_BYTES);
    expect(queueClaimBytes(DEFAULT_QUEUE_BYTES) - queueFileBytes(DEFAULT_QUEUE_BYTES)).toBe(1024 ** 3);
  });
});
