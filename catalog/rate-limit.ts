/** The service that counts tokens for all pods of a gateway together: its images, and the windows that it knows. */
import { badInput } from '../core/errors';

/** envoyproxy/ratelimit publishes no versions, but an image for each commit (envoyproxy/ratelimit, README, "Docker Image"). */
export const rateLimitImage = (release: string): string => `docker.io/envoyproxy/ratelimit:${release}`;

/** Valkey on Debian (valkey-io/valkey-container). */
export const valkeyImage = (version: string): string => `docker.io/valkey/valkey:${version}`;

/** Words for windows, by their length in seconds (envoyproxy/ratelimit, src/utils/utilities.go, UnitToDivider). */
const UNITS: ReadonlyMap<number, string> = new Map([
  [60, 'minute'],
  [3600, 'hour'],
  [86_400, 'day'],
  [7 * 86_400, 'week'],
  [30 * 86_400, 'month'],
]);

const SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };

/** Most tokens of a window: counts are unsigned numbers of 32 bits (envoy/service/ratelimit/v3, requests_per_unit). */
export const MAX_TOKENS = 2 ** 32 - 1;

/**
 * The service's word for a window, e.g. `day` for `24h`.
 *
 * @throws AirlockError (input) for a window that it does not count in
 */
export function windowUnit(window: string): string {
  const [, count = '', unit = ''] = /^(\d+)([mhd])$/.exec(window) ?? [];
  const found = UNITS.get(Number(count) * (SECONDS[unit] ?? 0));
  if (found !== undefined) return found;
  throw badInput(
    'BUDGET_UNCOUNTABLE',
    `the rate-limit service does not count in windows of ${window}`,
    'write 1m, 1h, 1d, 7d or 30d',
  );
}
