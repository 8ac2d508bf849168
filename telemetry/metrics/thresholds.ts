/** Where alerts begin. What is right depends on the site; each default has its reason. */
import { badInput } from '../../core/errors';

/** Where each alert begins. */
export interface AlertThresholds {
  /**
   * Requests that wait for one serving.
   *
   * @default 10 - a queue that ten people stand in is noticed
   */
  readonly queue: number;
  /**
   * Seconds to the first token, of the slowest request in a hundred.
   *
   * @default 10 - where interfaces begin to look broken (Nielsen, "Response Times: The 3 Important Limits")
   */
  readonly firstTokenSeconds: number;
  /**
   * Share of the key-value cache, 0 to 1.
   *
   * @default 0.95 - engines use it up by design; above this they begin to put requests back
   */
  readonly kvCacheUsage: number;
  /**
   * Requests put back per second.
   *
   * @default 0.1 - six a minute
   */
  readonly preemptionsPerSecond: number;
  /**
   * Share of requests that end with a server error, 0 to 1.
   *
   * @default 0.05
   */
  readonly gatewayErrors: number;
  /**
   * Share of requests that are refused with 429, 0 to 1.
   *
   * @default 0.05
   */
  readonly overLimit: number;
  /**
   * Share of checks that reject, 0 to 1.
   *
   * @default 0.1
   */
  readonly guardRejections: number;
  /**
   * Days before a certificate expires.
   *
   * @default 14 - two weeks, so that no holiday hides it
   */
  readonly certificateDays: number;
  /**
   * Share of the collector's queue, 0 to 1.
   *
   * @default 0.8
   */
  readonly traceQueueUsage: number;
  /**
   * Share of the database's disk, 0 to 1.
   *
   * @default 0.85
   */
  readonly traceStoreDisk: number;
}

/** Where alerts begin unless the site says otherwise. */
export const DEFAULT_THRESHOLDS: AlertThresholds = {
  queue: 10,
  firstTokenSeconds: 10,
  kvCacheUsage: 0.95,
  preemptionsPerSecond: 0.1,
  gatewayErrors: 0.05,
  overLimit: 0.05,
  guardRejections: 0.1,
  certificateDays: 14,
  traceQueueUsage: 0.8,
  traceStoreDisk: 0.85,
};

const SHARES: readonly (keyof AlertThresholds)[] = [
  'kvCacheUsage',
  'gatewayErrors',
  'overLimit',
  'guardRejections',
  'traceQueueUsage',
  'traceStoreDisk',
];

/** @throws AirlockError (input) for what can never be reached, so would silence an alert */
export function checkThresholds(changed: Partial<AlertThresholds>): void {
  for (const [name, value] of Object.entries(changed)) {
    const most = SHARES.includes(name as keyof AlertThresholds) ? 1 : Number.MAX_SAFE_INTEGER;
    if (!(Number.isFinite(value) && value >= 0 && value < most)) {
      throw badInput(
        'TELEMETRY_SETTING_INVALID',
        `threshold ${name} is ${String(value)}`,
        most === 1 ? 'write a share from 0 to below 1' : 'write a number that is not negative',
      );
    }
  }
}
