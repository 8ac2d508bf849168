/**
 * The deployer's kubeconfig, written anew from what is known of it: one cluster over HTTPS, its authority, and one way to log in.
 * A field that is not known is refused, and so is what sends the connection elsewhere (client-go, clientcmd/api/v1).
 */
import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parseDocument } from 'yaml';
import { type Digest, digestOf } from '../../core/digest';
import { AirlockError, badInput, checkFailed } from '../../core/errors';
import { readRegular } from '../../core/read-regular';
import type { CredentialPlugin, EnclaveDeployment } from '../../site/generated/enclave';

type Raw = Readonly<Record<string, unknown>>;

const isRaw = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a field may be: known, or said why not. */
const CLUSTER_FIELDS = ['server', 'certificate-authority', 'certificate-authority-data', 'disable-compression'];
const USER_FIELDS = [
  'client-certificate',
  'client-certificate-data',
  'client-key',
  'client-key-data',
  'token',
  'tokenFile',
  'exec',
];
const CONTEXT_FIELDS = ['cluster', 'user', 'namespace'];
const EXEC_FIELDS = ['apiVersion', 'command', 'args', 'env', 'installHint', 'interactiveMode', 'provideClusterInfo'];
const TOP_FIELDS = [
  'apiVersion',
  'kind',
  'preferences',
  'clusters',
  'users',
  'contexts',
  'current-context',
  'extensions',
];

const refuse = (file: string, message: string, fix: string): AirlockError =>
  checkFailed('KUBECONFIG_REFUSED', `${file}: ${message}`, fix);

/** False and null say no more than an absent field. */
function demandKnown(file: string, what: string, value: Raw, known: readonly string[]): void {
  const odd = Object.entries(value).find(([field, one]) => !known.includes(field) && one !== false && one !== null);
  if (odd !== undefined)
    throw refuse(
      file,
      `${what} has ${odd[0]}, which a deployment does not take`,
      `remove ${odd[0]}; taken are ${known.join(', ')}`,
    );
}

function named(file: string, list: unknown, name: unknown, what: string): Raw {
  const found = (Array.isArray(list) ? (list as unknown[]) : []).filter((one) => isRaw(one) && one['name'] === name);
  const body = isRaw(found[0]) ? found[0][what] : undefined;
  if (typeof name === 'string' && found.length === 1 && isRaw(body)) return body;
  throw badInput(
    'KUBECONFIG_INVALID',
    `${file}: there must be one ${what} "${String(name)}", and there are ${found.length}`,
    'name a context with --context',
  );
}

/** Bytes that stand in the file, or in one that it names, seen from its folder. */
async function bytesOf(file: string, body: Raw, field: string): Promise<Buffer | undefined> {
  const data = body[`${field}-data`];
  if (typeof data === 'string' && data !== '') return Buffer.from(data, 'base64');
  const from = body[field];
  if (typeof from !== 'string' || from === '') return undefined;
  const at = path.resolve(path.dirname(file), from);
  return readRegular(at).catch(() => {
    throw badInput('KUBECONFIG_INVALID', `${file}: cannot read ${field} ${at}`, 'name a file that is there');
  });
}

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Digest of the certificates of an authority, each as DER, one after another. */
function authorityDigest(file: string, pem: Buffer | undefined): Digest {
  const all = pem?.toString('latin1').match(PEM) ?? [];
  if (all.length === 0) {
    throw refuse(
      file,
      'the cluster has no certificate authority',
      'give it the one that signed the certificate of the API server',
    );
  }
  try {
    return digestOf(Buffer.concat(all.map((one) => new X509Certificate(one).raw)));
  } catch (cause) {
    throw new AirlockError('KUBECONFIG_INVALID', `${file}: its certificate authority is no certificate`, {
      fix: 'copy it again from the cluster',
      cause,
    });
  }
}

function parsed(file: string, text: string): Raw {
  try {
    const document = parseDocument(text, { uniqueKeys: true });
    // An alias throws.
    const value: unknown = document.errors.length > 0 ? undefined : document.toJS({ maxAliasCount: 0 });
    if (isRaw(value)) return value;
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
  }
  throw badInput(
    'KUBECONFIG_INVALID',
    `${file} is no kubeconfig`,
    'name the kubeconfig of a deployer with --kubeconfig, written without aliases',
  );
}

/** Variables in any order; arguments keep theirs. */
const sortedByName = (list: unknown): unknown =>
  Array.isArray(list) && list.every(isRaw)
    ? [...list].sort((a, b) => (String(a['name']) < String(b['name']) ? -1 : 1))
    : list;

/** How it logs in by a program: a copy of the one that the enclave declares. */
async function login(file: string, exec: Raw, declared: readonly CredentialPlugin[], folder: string): Promise<Raw> {
  demandKnown(file, 'exec', exec, EXEC_FIELDS);
  const { command } = exec;
  const known = declared.find((one) => one.command === command);
  if (known === undefined)
    throw refuse(
      file,
      `it logs in with a program, ${JSON.stringify(command)}, that the enclave does not declare`,
      'add it to deployment.credentialPlugins of enclave.yaml, by its absolute path and digest',
    );
  const bytes = await readRegular(known.command).catch(() => Buffer.alloc(0));
  if (digestOf(bytes) !== `sha256:${known.sha256}`)
    throw refuse(file, `${known.command} is not the program that the enclave declares`, 'install the declared one');
  const wanted = known.args ?? [];
  const variables = Object.entries(known.env ?? {}).map(([name, value]) => ({ name, value }));
  for (const [field, declaredAs] of [
    ['args', wanted],
    ['env', variables],
  ] as const) {
    if (!isDeepStrictEqual(sortedByName(exec[field] ?? []), sortedByName(declaredAs)))
      throw refuse(
        file,
        `${known.command} is run with other ${field} than the enclave declares`,
        `write the same ${field} in deployment.credentialPlugins of enclave.yaml`,
      );
  }
  const copy = path.join(folder, path.basename(known.command));
  await writeFile(copy, bytes, { mode: 0o700, flag: 'wx' });
  const { apiVersion, provideClusterInfo } = exec;
  return {
    apiVersion,
    command: copy,
    args: wanted,
    env: variables,
    interactiveMode: 'Never',
    ...(provideClusterInfo === true ? { provideClusterInfo } : {}),
  };
}

/**
 * Reads a kubeconfig and writes it anew.
 *
 * @param context name of a context. @default - the current one
 * @param folder private one; what logs in is copied there
 * @returns JSON, which is YAML as well
 * @throws AirlockError (check) for another authority than the enclave names, an undeclared program, or a field that redirects;
 *   (input) for what is no kubeconfig
 */
export async function ownKubeconfig(
  file: string,
  context: string | undefined,
  { cluster: pinned, credentialPlugins = [] }: EnclaveDeployment,
  folder: string,
): Promise<string> {
  const text = await readRegular(file).catch(() => {
    throw badInput('KUBECONFIG_INVALID', `cannot read the kubeconfig ${file}`, 'name one with --kubeconfig');
  });
  const config = parsed(file, text.toString('utf8'));
  demandKnown(file, 'the kubeconfig', config, TOP_FIELDS);
  const chosen = named(file, config['contexts'], context ?? config['current-context'], 'context');
  demandKnown(file, 'the context', chosen, CONTEXT_FIELDS);
  const cluster = named(file, config['clusters'], chosen['cluster'], 'cluster');
  demandKnown(file, 'the cluster', cluster, CLUSTER_FIELDS);
  const user = named(file, config['users'], chosen['user'], 'user');
  demandKnown(file, 'the user', user, USER_FIELDS);
  const { server } = cluster;
  if (typeof server !== 'string' || !/^https:\/\/[^\s/@?#]+(?:\/[^\s@?#]*)?$/.test(server))
    throw refuse(file, `its server is ${JSON.stringify(server)}`, 'write https://host:port');
  const authority = await bytesOf(file, cluster, 'certificate-authority');
  const digest = authorityDigest(file, authority);
  if (digest !== pinned.certificateAuthority)
    throw refuse(
      file,
      `its certificate authority is ${digest}, the enclave names ${pinned.certificateAuthority}`,
      'this is another cluster: pass the kubeconfig of the one that the enclave names',
    );
  const { exec } = user;
  const run = isRaw(exec) ? await login(file, exec, credentialPlugins, folder) : undefined;
  const [certificate, key, given] = [
    await bytesOf(file, user, 'client-certificate'),
    await bytesOf(file, user, 'client-key'),
    typeof user['token'] === 'string' && user['token'] !== ''
      ? Buffer.from(user['token'])
      : await bytesOf(file, { f: user['tokenFile'] }, 'f'),
  ];
  const own = {
    ...(certificate === undefined ? {} : { 'client-certificate-data': certificate.toString('base64') }),
    ...(key === undefined ? {} : { 'client-key-data': key.toString('base64') }),
    ...(given === undefined ? {} : { token: given.toString().trim() }),
    ...(run === undefined ? {} : { exec: run }),
  };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'deployer',
    contexts: [{ name: 'deployer', context: { cluster: 'cluster', user: 'deployer' } }],
    clusters: [
      {
        name: 'cluster',
        cluster: { server, 'certificate-authority-data': (authority ?? Buffer.alloc(0)).toString('base64') },
      },
    ],
    users: [{ name: 'deployer', user: own }],
  });
}
