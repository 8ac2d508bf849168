/** Phoenix, the trace store, as a contract: what its pod must give it, and what it offers in return. */
import { badInput } from '../../core/errors';
import { isAtLeast } from '../../core/version';
import { MIDDLEWARE } from './phoenix-middleware';
import { type SecretHeader, SPANS_IN_FLIGHT, type TraceDestination } from './collector';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/**
 * Oldest release that has the switches below: 15.0.0 has no assistant, sandboxes or tool server to switch off, and no
 * switch for them; what came between was not read (the PyPI packages' `phoenix/config.py`).
 */
export const PHOENIX_FLOOR = '20.0.0';
/** Newest release whose `phoenix/config.py` was read, and which the tests run. */
export const PHOENIX_KNOWN = '20.26.1';

/** UI, REST, GraphQL, and OTLP over HTTP. */
export const PHOENIX_PORT = 6006;
/** Prometheus (phoenix/server/prometheus.py, `start_http_server`). */
export const PHOENIX_METRICS_PORT = 9090;
/** Database of Phoenix, and the user that owns it. */
export const PHOENIX_DATABASE = 'phoenix';

/** A value that comes from a Secret of the cluster; the plan has its name alone. */
export interface SecretVariable {
  /** Environment variable. */
  readonly variable: string;
  /** Key inside the Secret. */
  readonly key: string;
}

/** Keys of the Secret of the store. */
export const STORE_SECRET_KEYS = {
  /** Password of the user `phoenix` of the kit's own PostgreSQL. */
  databasePassword: 'database-password',
  /** `postgresql://user:password@host:5432/phoenix`, where the site has a PostgreSQL of its own. */
  databaseUrl: 'database-url',
  /** Signs sessions and API keys; 32 characters and more, a digit and a lower-case letter among them. */
  signing: 'signing-secret',
  /** Bearer token of the first administrator, of the same form and different. */
  admin: 'admin-secret',
  /** First password of the user `admin`; Phoenix asks for another at the first login. */
  adminPassword: 'admin-initial-password',
} as const;

/** A probe by GET on the port. */
export interface HttpProbe {
  readonly path: string;
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

export interface PhoenixOptions {
  /** Version as in the image's tag, e.g. `20.26.1`. */
  readonly version: string;
  /** Days after which traces go; the sweep is weekly, so the last goes up to 7 days later. */
  readonly retentionDays: number;
  /** Bytes that the database may take; from 90 % on, Phoenix takes no more spans, and they wait in the Collector's queue. */
  readonly storageBytes: number;
  /**
   * Where the kit's own PostgreSQL listens.
   *
   * @default - the site has one, and its whole address is in the Secret
   */
  readonly database?: { readonly host: string; readonly port: number };
  /**
   * Address under which people open it; cookies and redirects are bound to it.
   *
   * @default - the Service's, for `kubectl port-forward`
   */
  readonly rootUrl?: string;
}

/** What the pod must give, and what the store offers. */
export interface PhoenixSpec {
  /** Complete: nothing may override it, since it keeps the store closed, offline and silent. */
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: readonly SecretVariable[];
  readonly port: number;
  readonly metrics: { readonly port: number; readonly path: string };
  readonly probes: { readonly startup: HttpProbe; readonly readiness: HttpProbe; readonly liveness: HttpProbe };
  readonly user: { readonly uid: number; readonly gid: number };
  /** Paths that it writes to although its root file system is read-only, with their upper bounds in bytes. */
  readonly writable: readonly { readonly path: string; readonly sizeBytes: number }[];
  /** CPU request in cores. */
  readonly cpu: number;
  /** Memory request and limit in bytes. */
  readonly memoryBytes: number;
  /** Seconds that it gets after SIGTERM to write what it has acknowledged. */
  readonly shutdownSeconds: number;
  /** What whoever deploys it should know. */
  readonly warnings: readonly string[];
}

const VERSION = /^\d+\.\d+\.\d+$/;

/**
 * @returns what whoever deploys it should know
 * @throws AirlockError (input) for a release that cannot be kept offline
 */
export function checkPhoenixVersion(version: string): string[] {
  if (!VERSION.test(version))
    throw badInput('VERSION_UNSUPPORTED', `"${version}" is no version of Phoenix`, 'write it as 20.26.1');
  if (!isAtLeast(version, PHOENIX_FLOOR))
    throw badInput(
      'VERSION_UNSUPPORTED',
      `Phoenix ${version} lacks switches that keep it offline, such as PHOENIX_ALLOWED_SANDBOX_PROVIDERS`,
      `take ${PHOENIX_FLOOR} or later; ${PHOENIX_KNOWN} is tested`,
    );
  if (isAtLeast(PHOENIX_KNOWN, version)) return [];
  return [
    `Phoenix ${version} is newer than ${PHOENIX_KNOWN}, whose settings are known: look for new switches in its config.py`,
  ];
}

/** Spans that wait in its memory, having been acknowledged, from which on it takes no more requests; its own default is 20,000. */
const UNWRITTEN_SPANS = 100;
/** What a kill of Phoenix can lose at most: what waits in its memory, and requests that came when it was not yet full. */
export const MOST_LOST_SPANS = UNWRITTEN_SPANS + SPANS_IN_FLIGHT;

/** Off: what would call out, run code, or open another way in. */
const OFFLINE = {
  PHOENIX_ALLOW_EXTERNAL_RESOURCES: 'false',
  PHOENIX_TELEMETRY_ENABLED: 'false',
  PHOENIX_DISABLE_AGENT_ASSISTANT: 'true',
  PHOENIX_AGENTS_DISABLE_WEB_ACCESS: 'true',
  PHOENIX_AGENTS_DISABLE_BASH: 'true',
  PHOENIX_AGENTS_DISABLE_GITHUB: 'true',
  PHOENIX_ENABLE_MCP_SERVER: 'false',
  PHOENIX_ALLOWED_SANDBOX_PROVIDERS: 'NONE',
} as const;

const CLOSED = {
  PHOENIX_ENABLE_AUTH: 'true',
  PHOENIX_ENABLE_STRONG_PASSWORD_POLICY: 'true',
  // Clients of the command line get API keys; a sign-in of programs of unknown origin is not needed.
  PHOENIX_ENABLE_OAUTH2_AUTHORIZATION_SERVER: 'false',
  // Texts of exceptions may hold what was asked for.
  PHOENIX_MASK_INTERNAL_SERVER_ERRORS: 'true',
} as const;

/**
 * @throws AirlockError (input) for a version that cannot be kept offline, and for a retention or capacity of nothing
 */
export function phoenixSpec({ version, retentionDays, storageBytes, database, rootUrl }: PhoenixOptions): PhoenixSpec {
  const warnings = checkPhoenixVersion(version);
  if (!Number.isInteger(retentionDays) || retentionDays < 1)
    throw badInput(
      'TELEMETRY_SETTING_INVALID',
      `traces kept for ${retentionDays} days`,
      'give whole days, at least 1: 0 would keep them for ever',
    );
  if (storageBytes < GIB)
    throw badInput('TELEMETRY_SETTING_INVALID', `a trace store of ${storageBytes} bytes`, 'give it at least 1 GiB');
  return {
    env: {
      ...OFFLINE,
      ...CLOSED,
      PHOENIX_HOST: '0.0.0.0',
      PHOENIX_PORT: String(PHOENIX_PORT),
      PHOENIX_ENABLE_PROMETHEUS: 'true',
      PHOENIX_DEFAULT_RETENTION_POLICY_DAYS: String(retentionDays),
      PHOENIX_DATABASE_ALLOCATED_STORAGE_CAPACITY_GIBIBYTES: (storageBytes / GIB).toFixed(2),
      PHOENIX_DATABASE_USAGE_INSERTION_BLOCKING_THRESHOLD_PERCENTAGE: '90',
      // It answers before it writes: beyond so many it refuses, and the Collector keeps the rest.
      PHOENIX_MAX_SPANS_QUEUE_SIZE: String(UNWRITTEN_SPANS),
      PHOENIX_FASTAPI_MIDDLEWARE_PATHS: MIDDLEWARE,
      PHOENIX_LOGGING_MODE: 'structured',
      ...(database === undefined
        ? {}
        : {
            PHOENIX_POSTGRES_HOST: database.host,
            PHOENIX_POSTGRES_PORT: String(database.port),
            PHOENIX_POSTGRES_USER: PHOENIX_DATABASE,
            PHOENIX_POSTGRES_DB: PHOENIX_DATABASE,
          }),
      ...(rootUrl === undefined
        ? {}
        : {
            PHOENIX_ROOT_URL: rootUrl,
            ...(rootUrl.startsWith('https:') ? { PHOENIX_USE_SECURE_COOKIES: 'true' } : {}),
          }),
      // Written to nowhere but the mounts below.
      PHOENIX_WORKING_DIR: '/mnt/data',
      HOME: '/mnt/data',
      TMPDIR: '/tmp',
      PYTHONDONTWRITEBYTECODE: '1',
    },
    secrets: [
      database === undefined
        ? { variable: 'PHOENIX_SQL_DATABASE_URL', key: STORE_SECRET_KEYS.databaseUrl }
        : { variable: 'PHOENIX_POSTGRES_PASSWORD', key: STORE_SECRET_KEYS.databasePassword },
      { variable: 'PHOENIX_SECRET', key: STORE_SECRET_KEYS.signing },
      { variable: 'PHOENIX_ADMIN_SECRET', key: STORE_SECRET_KEYS.admin },
      { variable: 'PHOENIX_DEFAULT_ADMIN_INITIAL_PASSWORD', key: STORE_SECRET_KEYS.adminPassword },
    ],
    port: PHOENIX_PORT,
    metrics: { port: PHOENIX_METRICS_PORT, path: '/metrics' },
    probes: {
      // Migrations of a large database take minutes.
      startup: { path: '/healthz', periodSeconds: 5, failureThreshold: 360 },
      // Asks the database: without one the pod gets no more spans, which then wait in the Collector's queue.
      readiness: { path: '/readyz', periodSeconds: 2, failureThreshold: 1 },
      // Does not ask the database: a restart would lose the spans in memory and mend nothing.
      liveness: { path: '/healthz', periodSeconds: 10, failureThreshold: 6 },
    },
    user: { uid: 65532, gid: 65532 },
    writable: [
      { path: '/mnt/data', sizeBytes: GIB },
      { path: '/tmp', sizeBytes: GIB },
    ],
    cpu: 0.5,
    memoryBytes: 2048 * MIB,
    // It writes for 5 s (phoenix/db/bulk_inserter.py, `shutdown_drain_sec`), after open requests have ended.
    shutdownSeconds: 30,
    warnings,
  };
}

/** Environment variable of the Collector that holds the store's API key. */
export const STORE_KEY_VARIABLE = 'AIRLOCK_TRACES_KEY';

const bearer: SecretHeader = { name: 'authorization', variable: STORE_KEY_VARIABLE, prefix: 'Bearer ' };

/**
 * Phoenix as the Collector's destination.
 *
 * @param project project that all spans go to, whatever the sender says; retention and roles are those of the project
 */
export const phoenixDestination = (endpoint: string, project = 'airlock'): TraceDestination => ({
  endpoint,
  secretHeader: bearer,
  headers: { 'x-project-name': project },
});
