/** Phoenix: closed, silent, and forgetful after the days of the enclave. All of its configuration is its environment. */
import { MIDDLEWARE_FILE } from '../../telemetry/traces/phoenix-middleware';
import { PHOENIX_PORT, STORE_SECRET_KEYS } from '../../telemetry/traces/phoenix';
import { DATABASE_PORT } from '../../telemetry/traces/postgres';
import { at, itemsOf, textOf } from '../plan/access';
import type { Complaint } from '../rules/rule';
import { addressFaults, toRole } from './addresses';
import { broken, type Reader } from './fault';
import { namespaceOf, type Program, unreadFiles } from './program';
import { retentionDays } from './promises';
import { exactly, oneOf } from './readers';
import { isReviewed } from './reviewed-programs';
import { digits, secret, text, variableComplaints, type Variables, word } from './variables';

/** Switches, by what is so without them or with another value (phoenix/config.py of the releases that the contract knows). */
const SWITCHES: readonly (readonly [string, string, string])[] = [
  ['PHOENIX_ENABLE_AUTH', 'true', 'everybody who reaches it reads traces'],
  ['PHOENIX_ENABLE_STRONG_PASSWORD_POLICY', 'true', 'passwords may be short'],
  ['PHOENIX_ENABLE_OAUTH2_AUTHORIZATION_SERVER', 'false', 'programs of unknown origin may sign in'],
  ['PHOENIX_MASK_INTERNAL_SERVER_ERRORS', 'true', 'errors show what was asked for'],
  ['PHOENIX_ALLOW_EXTERNAL_RESOURCES', 'false', 'its pages load from the outside'],
  ['PHOENIX_TELEMETRY_ENABLED', 'false', 'it reports its use to the outside'],
  ['PHOENIX_DISABLE_AGENT_ASSISTANT', 'true', 'an assistant reads traces'],
  ['PHOENIX_AGENTS_DISABLE_WEB_ACCESS', 'true', 'agents reach the web'],
  ['PHOENIX_AGENTS_DISABLE_BASH', 'true', 'agents run commands'],
  ['PHOENIX_AGENTS_DISABLE_GITHUB', 'true', 'agents reach GitHub'],
  ['PHOENIX_ENABLE_MCP_SERVER', 'false', 'tools get a door of their own'],
  ['PHOENIX_ALLOWED_SANDBOX_PROVIDERS', 'NONE', 'code runs in sandboxes'],
];

/** A full store says "later": the one program that it loads, by its reviewed text. */
const middleware =
  ({ files }: Program): Reader =>
  (value, pointer) => {
    const [, path] = /^(\/[^:]+):RefuseForNow$/.exec(typeof value === 'string' ? value : '') ?? [];
    const file = files.find((one) => one.path === path);
    return file !== undefined && isReviewed('phoenix-refuse-for-now', file.text)
      ? []
      : [broken(pointer, 'the program was not reviewed', `mount ${MIDDLEWARE_FILE.name} as the kit has it`, value)];
  };

function variablesFor(program: Program): Variables {
  const { context } = program;
  const caller = { namespace: namespaceOf(program), context };
  // A site with a PostgreSQL of its own keeps the whole address in a Secret.
  const isOwn = itemsOf(at(program.container.node, 'env')).some(
    (one) => textOf(at(one, 'name')) === 'PHOENIX_POSTGRES_HOST',
  );
  const host: Reader = (value, pointer) =>
    addressFaults(
      typeof value === 'string' ? { host: value, port: DATABASE_PORT } : undefined,
      toRole('trace-database', 'the store’s PostgreSQL'),
      caller,
      pointer,
      value,
    );
  return {
    needed: {
      ...Object.fromEntries(SWITCHES.map(([name, value, otherwise]) => [name, text(exactly(value, otherwise))])),
      PHOENIX_DEFAULT_RETENTION_POLICY_DAYS: text(
        exactly(String(retentionDays(context.enclave)), 'traces are kept for another time than the enclave says'),
      ),
      PHOENIX_DATABASE_ALLOCATED_STORAGE_CAPACITY_GIBIBYTES: text(digits(1, 2 ** 20)),
      PHOENIX_DATABASE_USAGE_INSERTION_BLOCKING_THRESHOLD_PERCENTAGE: text(digits(1, 99)),
      PHOENIX_FASTAPI_MIDDLEWARE_PATHS: text(middleware(program)),
      PHOENIX_WORKING_DIR: text(exactly('/mnt/data', 'it writes elsewhere than it may')),
      PHOENIX_SECRET: secret(STORE_SECRET_KEYS.signing),
      PHOENIX_ADMIN_SECRET: secret(STORE_SECRET_KEYS.admin),
      PHOENIX_DEFAULT_ADMIN_INITIAL_PASSWORD: secret(STORE_SECRET_KEYS.adminPassword),
      ...(isOwn
        ? {
            PHOENIX_POSTGRES_HOST: text(host),
            PHOENIX_POSTGRES_PORT: text(exactly(String(DATABASE_PORT), 'the database has another port')),
            PHOENIX_POSTGRES_USER: text(word),
            PHOENIX_POSTGRES_DB: text(word),
            PHOENIX_POSTGRES_PASSWORD: secret(STORE_SECRET_KEYS.databasePassword),
          }
        : { PHOENIX_SQL_DATABASE_URL: secret(STORE_SECRET_KEYS.databaseUrl) }),
    },
    optional: {
      PHOENIX_HOST: text(oneOf(['0.0.0.0', '::'], 'readers reach another address')),
      PHOENIX_PORT: text(exactly(String(PHOENIX_PORT), 'readers reach another port')),
      // Counts, and no text of a call.
      PHOENIX_ENABLE_PROMETHEUS: text(oneOf(['true', 'false'], 'this is neither true nor false')),
      PHOENIX_MAX_SPANS_QUEUE_SIZE: text(digits(1, 20_000)),
      PHOENIX_LOGGING_MODE: text(oneOf(['structured', 'default'], 'nobody knows what this logs')),
      HOME: text(exactly('/mnt/data', 'it writes elsewhere than it may')),
      TMPDIR: text(exactly('/tmp', 'it writes elsewhere than it may')),
      PYTHONDONTWRITEBYTECODE: text(exactly('1', 'it writes elsewhere than it may')),
    },
  };
}

/** What would run in place of the image's own program. */
export const replaced = ({ container: { node } }: Program): Complaint[] =>
  ['command', 'args'].flatMap((field): Complaint[] => {
    const found = at(node, field);
    if (found === undefined || itemsOf(found).length === 0) return [];
    const message = `"${field}" changes what the program does`;
    return [{ check: 'unknown', message, fix: `remove "${field}"`, where: found.where, unproven: true }];
  });

/** @throws Unproven where only Terraform knows a value */
export const traceStoreComplaints = (program: Program): Complaint[] => [
  ...replaced(program),
  ...variableComplaints(program, variablesFor(program)),
  ...unreadFiles(
    program.files,
    program.files.filter(({ text: content }) => isReviewed('phoenix-refuse-for-now', content)),
  ),
];
