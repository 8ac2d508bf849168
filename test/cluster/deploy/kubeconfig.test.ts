import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ownKubeconfig } from '../../../cluster/deploy/kubeconfig';
import type { EnclaveDeployment } from '../../../site/generated/enclave';

const TLS = path.resolve(__dirname, '../../fixtures/tls');
const CA = readFileSync(path.join(TLS, 'ca.crt'));
const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'airlock-kubeconfig-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const deployment = (more: Partial<EnclaveDeployment> = {}): EnclaveDeployment => ({
  cluster: { uid: '', certificateAuthority: `sha256:${sha256(new X509Certificate(CA).raw)}` },
  approvals: { threshold: 1, reviewers: [{ name: 'Ada', key: '0'.repeat(16) }] },
  ...more,
});

interface Parts {
  readonly cluster?: object;
  readonly user?: object;
  readonly context?: object;
  readonly top?: object;
}

const CLUSTER = { server: 'https://10.0.0.1:6443', 'certificate-authority-data': CA.toString('base64') };

const configOf = ({ cluster, user = { token: 'abc' }, context, top }: Parts): object => ({
  ...{ apiVersion: 'v1', kind: 'Config', preferences: {}, 'current-context': 'a' },
  contexts: [{ name: 'a', context: { cluster: 'c', user: 'u', ...context } }],
  clusters: [{ name: 'c', cluster: { ...CLUSTER, ...cluster } }],
  users: [{ name: 'u', user }],
  ...top,
});

async function taken(
  parts: Parts | string,
  declared = deployment(),
  context?: string,
): Promise<Record<string, unknown>> {
  const file = path.join(folder, 'kubeconfig');
  writeFileSync(file, typeof parts === 'string' ? parts : JSON.stringify(configOf(parts)));
  return JSON.parse(await ownKubeconfig(file, context, declared, folder)) as Record<string, unknown>;
}

const userOf = ({ users }: Record<string, unknown>): object =>
  (users as readonly { readonly user: object }[])[0]?.user ?? {};
const clusterOf = ({ clusters }: Record<string, unknown>): object =>
  (clusters as readonly { readonly cluster: object }[])[0]?.cluster ?? {};

it('writes cluster, authority and token anew, and nothing else', async () => {
  const own = await taken({ user: { token: 'abc' }, top: { extensions: [{ name: 'x', extension: {} }] } });
  expect(Object.keys(own).sort()).toEqual(['apiVersion', 'clusters', 'contexts', 'current-context', 'kind', 'users']);
  expect(clusterOf(own)).toEqual(CLUSTER);
  expect(userOf(own)).toEqual({ token: 'abc' });
});

it('takes in what stands in files beside it', async () => {
  for (const [name, text] of [
    ['crt', 'C'],
    ['key', 'K'],
    ['token', 'T\n'],
  ] as const)
    writeFileSync(path.join(folder, name), text);
  writeFileSync(path.join(folder, 'ca.crt'), CA);
  const cluster = { 'certificate-authority-data': '', 'certificate-authority': 'ca.crt' };
  const own = await taken({ cluster, user: { 'client-certificate': 'crt', 'client-key': 'key', tokenFile: 'token' } });
  expect(clusterOf(own)).toEqual(CLUSTER);
  expect(userOf(own)).toEqual({ 'client-certificate-data': 'Qw==', 'client-key-data': 'Sw==', token: 'T' });
});

/** Fields of client-go (tools/clientcmd/api/v1/types.go) that lead elsewhere, hide who asks, or are not known. */
const REFUSED: readonly [string, Parts][] = [
  ...['insecure-skip-tls-verify', 'proxy-url', 'tls-server-name', 'anything'].map((field): [string, Parts] => [
    `cluster.${field}`,
    { cluster: { [field]: field === 'insecure-skip-tls-verify' ? true : 'x' } },
  ]),
  ...['as', 'as-uid', 'as-groups', 'as-user-extra', 'username', 'password', 'auth-provider', 'anything'].map(
    (field): [string, Parts] => [`user.${field}`, { user: { token: 'abc', [field]: 'x' } }],
  ),
  ['context.anything', { context: { anything: 'x' } }],
  ['anything', { top: { anything: 'x' } }],
  ['http', { cluster: { server: 'http://10.0.0.1:6443' } }],
  ['a query', { cluster: { server: 'https://10.0.0.1:6443/?a=b' } }],
  ['a user in the address', { cluster: { server: 'https://a@10.0.0.1' } }],
  ['no server', { cluster: { server: null } }],
  [
    'another authority',
    { cluster: { 'certificate-authority-data': readFileSync(path.join(TLS, 'server.crt')).toString('base64') } },
  ],
  ['no authority', { cluster: { 'certificate-authority-data': '' } }],
  ['an undeclared program', { user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: '/bin/sh' } } }],
  ['a program by its name', { user: { exec: { command: 'kubelogin' } } }],
];

it.each(REFUSED)('refuses %s', async (_, parts) => {
  await expect(taken(parts)).rejects.toMatchObject({ code: 'KUBECONFIG_REFUSED' });
});

it('takes fields that are switched off', async () => {
  await expect(taken({ cluster: { 'insecure-skip-tls-verify': false, 'proxy-url': null } })).resolves.toBeDefined();
});

it.each([
  ['no YAML', '{'],
  ['a list', '[]'],
  ['a key that stands twice', 'kind: Config\nkind: Config\n'],
  ['an alias', 'a: &a [1]\nb: *a\n'],
  ['no context', JSON.stringify({ kind: 'Config' })],
  [
    'two contexts of a name',
    JSON.stringify({
      ...configOf({}),
      contexts: [0, 1].map(() => ({ name: 'a', context: { cluster: 'c', user: 'u' } })),
    }),
  ],
  ['a certificate that is not there', JSON.stringify(configOf({ user: { 'client-certificate': 'gone' } }))],
])('says that it is %s', async (_, text) => {
  await expect(taken(text)).rejects.toMatchObject({ code: 'KUBECONFIG_INVALID' });
});

it('says that the file, or a context of that name, is not there', async () => {
  await expect(ownKubeconfig(path.join(folder, 'gone'), undefined, deployment(), folder)).rejects.toMatchObject({
    code: 'KUBECONFIG_INVALID',
  });
  await expect(taken({}, deployment(), 'b')).rejects.toMatchObject({ code: 'KUBECONFIG_INVALID' });
});

describe('a program that logs in', () => {
  const exec = (command: string, more: object = {}): Parts => ({
    user: {
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1',
        command,
        args: ['get-token'],
        env: [
          { name: 'A', value: '2' },
          { name: 'B', value: '1' },
        ],
        ...more,
      },
    },
  });
  const declared = (command: string, bytes: string): EnclaveDeployment =>
    deployment({
      credentialPlugins: [{ command, sha256: sha256(bytes), args: ['get-token'], env: { B: '1', A: '2' } }],
    });

  it('is run as a copy that nobody else can change, once the enclave declares it', async () => {
    const command = path.join(folder, 'kubelogin');
    writeFileSync(command, 'as declared');
    const private_ = mkdtempSync(path.join(folder, 'private-'));
    const file = path.join(folder, 'kubeconfig');
    writeFileSync(file, JSON.stringify(configOf(exec(command))));
    const own = JSON.parse(await ownKubeconfig(file, undefined, declared(command, 'as declared'), private_)) as Record<
      string,
      unknown
    >;
    expect(userOf(own)).toEqual({
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: path.join(private_, 'kubelogin'),
        args: ['get-token'],
        env: [
          { name: 'B', value: '1' },
          { name: 'A', value: '2' },
        ],
        interactiveMode: 'Never',
      },
    });
    expect(statSync(path.join(private_, 'kubelogin')).mode & 0o777).toBe(0o700);
  });

  it.each<[string, object]>([
    ['a further argument', { args: ['get-token', '--issuer', 'https://evil.example'] }],
    ['no argument', { args: null }],
    [
      'a further variable',
      {
        env: [
          { name: 'A', value: '2' },
          { name: 'B', value: '1' },
          { name: 'BASH_ENV', value: '/evil' },
        ],
      },
    ],
    [
      'another value of a variable',
      {
        env: [
          { name: 'A', value: '2' },
          { name: 'B', value: '2' },
        ],
      },
    ],
    ['variables that are no list', { env: { A: '2', B: '1' } }],
  ])('is refused with %s', async (_, more) => {
    const command = path.join(folder, 'kubelogin');
    writeFileSync(command, 'as declared');
    await expect(taken(exec(command, more), declared(command, 'as declared'))).rejects.toMatchObject({
      code: 'KUBECONFIG_REFUSED',
    });
  });

  it('is refused where it is another than is declared, or has a field that is not known', async () => {
    const command = path.join(folder, 'kubelogin');
    writeFileSync(command, 'another');
    await expect(taken(exec(command), declared(command, 'as declared'))).rejects.toMatchObject({
      code: 'KUBECONFIG_REFUSED',
    });
    await expect(taken(exec(command, { anything: 1 }), declared(command, 'another'))).rejects.toMatchObject({
      code: 'KUBECONFIG_REFUSED',
    });
  });
});
