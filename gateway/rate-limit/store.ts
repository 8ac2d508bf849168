/** Valkey, where the rate-limit service keeps its counts. */

export const VALKEY_PORT = 6379;
/** Name of the variable that its arguments take the password from. */
export const PASSWORD_VARIABLE = 'VALKEY_PASSWORD';
/** Key of the Secret with that password. */
export const PASSWORD_KEY = 'password';
/** The user of the image on Debian (valkey-io/valkey-container, Dockerfile.template). */
export const VALKEY_USER = { uid: 999, gid: 999 } as const;
export const VALKEY_FOLDER = '/data';

const MIB = 1024 ** 2;
export const VALKEY_MEMORY_BYTES = 512 * MIB;

/**
 * Every count is on disk a second after it was made, and none is thrown out for another: a full store refuses, so that no
 * budget is forgotten.
 *
 * @see https://valkey.io/topics/persistence/
 */
export const valkeyArguments = (): string[] => [
  ...['--port', String(VALKEY_PORT)],
  ...['--dir', VALKEY_FOLDER],
  ...['--appendonly', 'yes'],
  ...['--appendfsync', 'everysec'],
  // The append-only file holds everything; snapshots would write it twice.
  ...['--save', ''],
  ...['--maxmemory', `${String(VALKEY_MEMORY_BYTES / 2 / MIB)}mb`],
  ...['--maxmemory-policy', 'noeviction'],
  ...['--requirepass', `$(${PASSWORD_VARIABLE})`],
];
