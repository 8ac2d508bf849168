/** The rate-limit service as a contract: what it counts, and what its pod must give it. */
import { stringify } from 'yaml';
import { MAX_TOKENS, windowUnit } from '../../catalog/rate-limit';
import { badInput } from '../../core/errors';
import type { GatewayFile } from '../contract';
import type { Budget, IssuerPolicy } from '../policy';
import { DESCRIPTOR, RATE_LIMIT_DOMAIN } from './descriptors';
import { VALKEY_PORT } from './store';

/** Port of gRPC (envoy.service.ratelimit.v3.RateLimitService, and grpc.health.v1.Health). */
export const RATE_LIMIT_PORT = 8081;
/** Name under which the service answers health checks (src/server/server_impl.go, NewHealthChecker). */
export const RATE_LIMIT_HEALTH = 'ratelimit';
/** Name of the variable that takes the store's password. */
export const STORE_PASSWORD_VARIABLE = 'REDIS_AUTH';

/** Folder that it looks for in RUNTIME_ROOT, and the one in there that it reads. */
const SUBDIRECTORY = 'rate-limit';
const ROOT = '/etc/airlock';
export const RATE_LIMIT_CONFIG_FOLDER = `${ROOT}/${SUBDIRECTORY}/config`;

/** What the rate-limit service makes of the budgets. */
export interface RateLimitSpec {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly files: readonly GatewayFile[];
  /** The user of the image (Dockerfile: distroless, nonroot). */
  readonly user: { readonly uid: number; readonly gid: number };
  /** Bytes. */
  readonly memoryBytes: number;
}

interface BudgetOfIssuer extends Budget {
  readonly issuer: string;
}

/** Every budget with the name of its issuer. */
const budgetsOf = (issuers: readonly IssuerPolicy[]): BudgetOfIssuer[] =>
  issuers.flatMap(({ name, budgets }) => budgets.map((budget) => ({ ...budget, issuer: name })));

/** Windows in which anything is counted, each once. */
export const windowsOf = (issuers: readonly IssuerPolicy[]): string[] =>
  [...new Set(budgetsOf(issuers).map(({ window }) => window))].sort();

function limit({ issuer, tokens, window }: BudgetOfIssuer): object {
  if (tokens > MAX_TOKENS)
    throw badInput(
      'BUDGET_UNCOUNTABLE',
      `issuer "${issuer}" has a budget of ${String(tokens)} tokens, and the rate-limit service counts to ${String(MAX_TOKENS)}`,
      'write fewer tokens, or a shorter window',
    );
  return {
    key: DESCRIPTOR.issuer,
    value: issuer,
    // A key without a value: each value of it has a count of its own.
    descriptors: [{ key: DESCRIPTOR.subject, rate_limit: { unit: windowUnit(window), requests_per_unit: tokens } }],
  };
}

/**
 * Its configuration: the budgets of issuers, by window.
 *
 * @see https://github.com/envoyproxy/ratelimit#configuration
 * @throws AirlockError (input) for a window or a number that it cannot count
 */
export function rateLimitConfig(issuers: readonly IssuerPolicy[]): string {
  const budgets = budgetsOf(issuers);
  return stringify({
    domain: RATE_LIMIT_DOMAIN,
    descriptors: windowsOf(issuers).map((window) => ({
      key: DESCRIPTOR.window,
      value: window,
      descriptors: budgets.filter((budget) => budget.window === window).map(limit),
    })),
  });
}

/**
 * @param storeHost host of the store, without port
 * @throws AirlockError (input) for budgets that it cannot count
 */
export function rateLimitSpec(issuers: readonly IssuerPolicy[], storeHost: string): RateLimitSpec {
  return {
    command: ['/bin/ratelimit'],
    env: {
      // Its answers as JSON and its profiler need no key: both are for its own pod alone.
      HOST: '127.0.0.1',
      DEBUG_HOST: '127.0.0.1',
      GRPC_PORT: String(RATE_LIMIT_PORT),
      // It would send statistics to localhost:8125.
      DISABLE_STATS: 'true',
      LOG_FORMAT: 'json',
      RUNTIME_ROOT: ROOT,
      RUNTIME_SUBDIRECTORY: SUBDIRECTORY,
      RUNTIME_APPDIRECTORY: 'config',
      RUNTIME_WATCH_ROOT: 'false',
      RUNTIME_IGNOREDOTFILES: 'true',
      REDIS_SOCKET_TYPE: 'tcp',
      REDIS_URL: `${storeHost}:${String(VALKEY_PORT)}`,
      REDIS_TIMEOUT: '2s',
      // Each connection that the store's end has broken fails one call.
      REDIS_POOL_SIZE: '4',
      // Not ready without a connection to its store, nor without budgets that it has understood.
      REDIS_HEALTH_CHECK_ACTIVE_CONNECTION: 'true',
      HEALTHY_WITH_AT_LEAST_ONE_CONFIG_LOADED: 'true',
      // Counts go a minute after their window at the latest: they hold the names of people.
      EXPIRATION_JITTER_MAX_SECONDS: '60',
    },
    files: [{ name: 'airlock.yaml', content: rateLimitConfig(issuers) }],
    user: { uid: 65532, gid: 65532 },
    memoryBytes: 128 * 1024 ** 2,
  };
}
