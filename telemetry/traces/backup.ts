/** Backup and restore of the store's database, by PostgreSQL's own programs. */
import path from 'node:path';
import { badInput } from '../../core/errors';

/** A program with its arguments; the password is in the environment, which other users do not see. */
export interface DatabaseCommand {
  readonly program: 'pg_dump' | 'pg_restore';
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Parameters of the address that libpq reads from the environment (PostgreSQL documentation, "Environment Variables"). */
const PARAMETERS: Readonly<Record<string, string>> = { sslmode: 'PGSSLMODE', sslrootcert: 'PGSSLROOTCERT' };

/**
 * Environment for PostgreSQL's clients.
 *
 * @param url `postgresql://user:password@host:port/database`
 * @throws AirlockError (input) for another address; the message never holds it, since it holds a password
 */
export function postgresEnvironment(url: string): Record<string, string> {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const database = parsed?.pathname.slice(1) ?? '';
  if (parsed === undefined || !['postgresql:', 'postgres:'].includes(parsed.protocol) || database === '')
    throw badInput(
      'TELEMETRY_SETTING_INVALID',
      'the address of the database has no valid form',
      'write postgresql://user:password@host:5432/phoenix',
    );
  const unknown = [...parsed.searchParams.keys()].find((name) => PARAMETERS[name] === undefined);
  if (unknown !== undefined)
    throw badInput(
      'TELEMETRY_SETTING_INVALID',
      `the address of the database has the parameter "${unknown}"`,
      `known are: ${Object.keys(PARAMETERS).join(', ')}`,
    );
  // libpq reads parameters out of such a name: those of another server among them (documentation, "Connection Strings").
  if (/[=]|:\/\//.test(decodeURIComponent(database)))
    throw badInput(
      'TELEMETRY_SETTING_INVALID',
      'the name of the database holds parameters',
      'write the name alone, without = and ://',
    );
  const environment: Record<string, string> = {
    PGHOST: parsed.hostname,
    PGPORT: parsed.port === '' ? '5432' : parsed.port,
    PGUSER: decodeURIComponent(parsed.username),
    PGPASSWORD: decodeURIComponent(parsed.password),
    PGDATABASE: decodeURIComponent(database),
  };
  for (const [name, value] of parsed.searchParams) environment[PARAMETERS[name] ?? ''] = value;
  return environment;
}

/** Writes the whole database to a file: compressed, of one moment, while the store works. */
export const backupCommand = (url: string, file: string): DatabaseCommand => ({
  program: 'pg_dump',
  args: ['--format=custom', '--no-owner', '--no-privileges', `--file=${path.resolve(file)}`],
  env: postgresEnvironment(url),
});

/** Fills an empty database from such a file, all or nothing. */
export function restoreCommand(url: string, file: string): DatabaseCommand {
  const env = postgresEnvironment(url);
  return {
    program: 'pg_restore',
    args: [
      ...['--no-owner', '--no-privileges', '--single-transaction', '--exit-on-error'],
      // Absolute, so that no name of a file is taken for an option.
      ...[`--dbname=${env['PGDATABASE'] ?? ''}`, path.resolve(file)],
    ],
    env,
  };
}

/** Folder of the backups inside their container. */
export const BACKUP_FOLDER = '/backup';

/**
 * Shell of a backup in the cluster, where PostgreSQL's image has no more than a shell: writes beside, reads it back, renames, and
 * removes all but the newest `keep`.
 *
 * The database is where the environment says: DATABASE_URL, else the variables of libpq.
 */
export const backupScript = (keep: number, folder = BACKUP_FOLDER): string =>
  [
    'set -eu',
    `file=${folder}/phoenix-$(date -u +%Y%m%dT%H%M%SZ).dump`,
    // What an earlier run left when it was killed.
    `rm -f ${folder}/*.partial`,
    'pg_dump --format=custom --no-owner --no-privileges --file="$file.partial" ${DATABASE_URL:+"--dbname=$DATABASE_URL"}',
    'pg_restore --list "$file.partial" > /dev/null',
    'mv "$file.partial" "$file"',
    `ls -1 ${folder}/phoenix-*.dump | sort -r | tail -n +${keep + 1} | while read -r old; do rm -f "$old"; done`,
    `ls -l ${folder}`,
  ].join('\n');
