/** Credentials as `docker login` keeps them (docker/cli, cli/config/configfile and docker-credential-helpers). */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AirlockError, badInput, environmentFailed } from '../../core/errors';
import { runProgram } from '../../core/programs';
import { isObject, type JsonObject } from '../fetch/small-json';

/** A user's password, or an identity token that a registry exchanges for access tokens. */
export type Credentials =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'identity'; readonly token: string };

/** Finds credentials for a registry host; undefined when nobody logged in there. */
export type CredentialSource = (host: string) => Promise<Credentials | undefined>;

/** The key under which the Docker client keeps Docker Hub's credentials. */
const DOCKER_HUB_KEY = 'https://index.docker.io/v1/';
const DOCKER_HUB_HOSTS = ['docker.io', 'index.docker.io', 'registry-1.docker.io'];
const HELPER_TIMEOUT_MS = 30_000;

/** `https://ghcr.io/v2/` and `ghcr.io` are the same registry. */
const hostOfKey = (key: string): string =>
  key
    .replace(/^https?:\/\//, '')
    .replace(/\/.*$/, '')
    .toLowerCase();

const keyFor = (host: string): string => (DOCKER_HUB_HOSTS.includes(host) ? DOCKER_HUB_KEY : host);

const isFor = (key: string, host: string): boolean =>
  DOCKER_HUB_HOSTS.includes(host) ? DOCKER_HUB_HOSTS.includes(hostOfKey(key)) : hostOfKey(key) === host;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function fromAuths(auths: unknown, host: string, file: string): Credentials | undefined {
  if (!isObject(auths)) return undefined;
  // The exact key wins over one that only names the same host.
  const keys = Object.keys(auths).filter((key) => isFor(key, host));
  const key = keys.find((candidate) => candidate === keyFor(host)) ?? keys[0];
  const entry = key === undefined ? undefined : auths[key];
  if (!isObject(entry)) return undefined;
  const identity = text(entry['identitytoken']);
  if (identity !== '') return { kind: 'identity', token: identity };
  if (text(entry['username']) !== '')
    return { kind: 'basic', username: text(entry['username']), password: text(entry['password']) };
  if (text(entry['auth']) === '') return undefined;
  const decoded = Buffer.from(text(entry['auth']), 'base64').toString('utf8').replace(/\0+$/, '');
  const colon = decoded.indexOf(':');
  if (colon < 1)
    throw badInput(
      'DOCKER_CONFIG_INVALID',
      `${file}: auths["${String(key)}"].auth is not base64 of user:password`,
      `docker login ${host}`,
    );
  return { kind: 'basic', username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

function helperFor(config: JsonObject, host: string): string | undefined {
  const helpers = config['credHelpers'];
  const own = isObject(helpers) ? Object.entries(helpers).find(([key]) => isFor(key, host))?.[1] : undefined;
  const name = text(own) || text(config['credsStore']);
  return name === '' ? undefined : name;
}

type Environment = Readonly<Record<string, string>>;

/** Where key rings of desktops answer, and where helpers of registries have their own files; others by AIRLOCK_PASS_ENV. */
const SEEN = [
  'DBUS_SESSION_BUS_ADDRESS',
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'GNUPGHOME',
  'PASSWORD_STORE_*',
  'DOCKER_CONFIG',
];

/** Runs `docker-credential-<name> get` with the server's address on standard input. */
async function runHelper(
  name: string,
  server: string,
  env: Environment,
): Promise<{ status: number | undefined; output: string }> {
  const program = `docker-credential-${name}`;
  const ran = await runProgram(program, ['get'], {
    sees: SEEN,
    env,
    input: server,
    timeoutMs: HELPER_TIMEOUT_MS,
  }).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'is not installed' : `cannot be run: ${String(code)}`;
    throw environmentFailed(
      'CREDENTIAL_HELPER_FAILED',
      `the Docker config names the credential helper ${program}, which ${why}`,
      'install it, or point DOCKER_CONFIG at a folder whose config.json does not name it',
      error,
    );
  });
  return { status: ran.code, output: ran.stdout.toString() };
}

async function fromHelper(name: string, host: string, env: Environment): Promise<Credentials | undefined> {
  if (!/^[A-Za-z0-9._-]+$/.test(name))
    throw badInput(
      'DOCKER_CONFIG_INVALID',
      `"${name}" is not the name of a credential helper`,
      'mend credsStore or credHelpers in the Docker config',
    );
  const { status, output } = await runHelper(name, keyFor(host), env);
  if (status !== 0) {
    // docker-credential-helpers, credentials/error.go: the message by which a helper says that it has nothing.
    if (/credentials not found/i.test(output)) return undefined;
    throw environmentFailed(
      'CREDENTIAL_HELPER_FAILED',
      `docker-credential-${name} fails for ${host}${status === undefined ? ' (no answer in time)' : ` with status ${status}`}`,
      `run it by hand, or log in again: docker login ${host}`,
    );
  }
  let answer: unknown;
  try {
    answer = JSON.parse(output);
  } catch {
    answer = undefined;
  }
  if (!isObject(answer))
    throw environmentFailed(
      'CREDENTIAL_HELPER_FAILED',
      `docker-credential-${name} gives no JSON for ${host}`,
      `docker login ${host}`,
    );
  const secret = text(answer['Secret']);
  if (secret === '') return undefined;
  const username = text(answer['Username']);
  return username === '<token>' ? { kind: 'identity', token: secret } : { kind: 'basic', username, password: secret };
}

async function readConfig(file: string): Promise<JsonObject> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return {};
    throw environmentFailed(
      'FILE_UNREADABLE',
      `cannot read ${file}: ${String(code)}`,
      'check its permissions, or set DOCKER_CONFIG',
      error,
    );
  }
  try {
    const value: unknown = JSON.parse(content);
    if (isObject(value)) return value;
  } catch (error) {
    throw new AirlockError('DOCKER_CONFIG_INVALID', `${file} is not JSON`, {
      fix: 'mend it, or set DOCKER_CONFIG to another folder',
      cause: error,
    });
  }
  throw badInput(
    'DOCKER_CONFIG_INVALID',
    `${file} is not a JSON object`,
    'mend it, or set DOCKER_CONFIG to another folder',
  );
}

/**
 * Reads a Docker config folder, once and only when a registry asks for credentials.
 *
 * A helper named for the host wins, then the general store, then `auths`, as in the Docker client.
 *
 * @param folder holds `config.json`; it need not exist
 * @param env set for helpers
 */
export function dockerCredentials(folder: string, env: Readonly<Record<string, string>> = {}): CredentialSource {
  const file = path.join(folder, 'config.json');
  let config: Promise<JsonObject> | undefined;
  return async (host) => {
    const loaded = await (config ??= readConfig(file));
    const helper = helperFor(loaded, host.toLowerCase());
    const found = helper === undefined ? undefined : await fromHelper(helper, host.toLowerCase(), env);
    return found ?? fromAuths(loaded['auths'], host.toLowerCase(), file);
  };
}
