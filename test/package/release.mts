/** Releases: made by two people with other folders, permissions and Nodes, and checked with what is no Airlock. */
import { chmod, cp, mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { writeKeyPair } from '../../offline-bundle/trust/key-files.js';
import type { Manifest } from '../../tools/package/manifest.js';
import { installNode, nodeProgram, NODES } from '../far-side/nodes.mjs';
import { differences, filesBelow } from '../fork/differences.js';
import { ROOT } from '../harness/paths.mjs';
import { mustRun, run } from '../harness/processes.mjs';
import { makeFolder } from '../harness/scratch.mjs';

const PASSPHRASE = 'words for a test alone';
const BUILD_MS = 300_000;

export interface Release {
  readonly folder: string;
  /** Public key of the first signer. */
  readonly publicKey: string;
}

async function release(checkout: string, out: string, key: string, env: NodeJS.ProcessEnv = {}): Promise<void> {
  await mustRun('npm', ['run', '--silent', 'release', '--', '--out', out, '--key', key], {
    cwd: checkout,
    env: { ...env, AIRLOCK_KEY_PASSPHRASE: PASSPHRASE },
    timeoutMs: BUILD_MS,
  });
}

/** A release of the checkout, signed. */
export async function makeRelease(): Promise<Release> {
  const folder = path.join(await makeFolder('release'), 'out');
  const { privateFile, publicFile } = await writeKeyPair(await makeFolder('release-keys'), 'alice', PASSPHRASE);
  await release(ROOT, folder, privateFile);
  return { folder, publicKey: publicFile };
}

const LEFT_OUT = /^(?:node_modules|\.git|\.cache|dist|cdktf\.out|coverage)$/;

/** The checkout as somebody with another umask and another clock has it. */
async function otherCheckout(): Promise<string> {
  const folder = path.join(await makeFolder('release-other'), 'deeper', 'checkout');
  await mkdir(folder, { recursive: true });
  for (const name of (await readdir(ROOT)).filter((one) => !LEFT_OUT.test(one)))
    await cp(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    await chmod(file, entry.isDirectory() ? 0o700 : 0o600);
    await utimes(file, 1_000_000_000, 1_000_000_000);
  }
  // Links to the files: a link to the folder would be another path to each of them.
  const linked = await run('cp', ['-al', path.join(ROOT, 'node_modules'), folder]);
  if (linked.code !== 0) {
    await rm(path.join(folder, 'node_modules'), { recursive: true, force: true });
    await mustRun('cp', ['-a', path.join(ROOT, 'node_modules'), folder]);
  }
  return folder;
}

/** A folder for PATH in which `node` is another version. */
async function otherNode(): Promise<string> {
  const version = NODES.taken.at(-1) ?? '';
  await installNode(version);
  const folder = await makeFolder('release-node');
  await symlink(nodeProgram(version), path.join(folder, 'node'));
  return folder;
}

/** A second person makes the release again, and signs it. */
export async function checkSecondSigner({ folder }: Release): Promise<string> {
  const { privateFile, keyId } = await writeKeyPair(await makeFolder('release-keys'), 'bob', PASSPHRASE);
  const checkout = await otherCheckout();
  const env = { PATH: `${await otherNode()}:${process.env['PATH'] ?? ''}` };
  const again = path.join(await makeFolder('release-again'), 'out');
  await release(checkout, again, privateFile, env);
  const files = (of: string): ReadonlyMap<string, Buffer> =>
    new Map([...filesBelow(of)].filter(([name]) => !name.endsWith('.sig')));
  const unequal = differences(files(folder), files(again));
  if (unequal.length > 0) throw new Error(`not the same bytes: ${unequal.join(', ')}`);
  await cp(path.join(again, `${keyId}.SHA256SUMS.sig`), path.join(folder, `${keyId}.SHA256SUMS.sig`));
  return `${String(files(folder).size)} files equal on Node ${process.versions.node} and ${NODES.taken.at(-1) ?? ''}`;
}

const SUMS = 'SHA256SUMS';

const sumsHold = async (cwd: string): Promise<boolean> =>
  (await run('sha256sum', ['-c', '--strict', SUMS], { cwd })).code === 0;

/** Names of the signatures in a folder that openssl accepts under a key. */
async function acceptedBy(publicKey: string, cwd: string): Promise<string[]> {
  const accepted: string[] = [];
  for (const name of (await readdir(cwd)).filter((one) => one.endsWith('.sig'))) {
    const args = ['dgst', '-sha256', '-verify', publicKey, '-signature', name, SUMS];
    if ((await run('openssl', args, { cwd })).code === 0) accepted.push(name);
  }
  return accepted;
}

/** `sha256sum` and `openssl` alone, on the good release and on altered ones. */
export async function checkByHand({ folder, publicKey }: Release): Promise<string> {
  const accepted = await acceptedBy(publicKey, folder);
  if (accepted.length !== 1) throw new Error(`openssl accepts of one key: ${accepted.join(', ') || 'nothing'}`);
  if (!(await sumsHold(folder))) throw new Error('sha256sum refuses the release');
  const altered = path.join(await makeFolder('release-altered'), 'out');
  await cp(folder, altered, { recursive: true });
  const change = async (name: string): Promise<void> => {
    const bytes = await readFile(path.join(altered, name));
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    await writeFile(path.join(altered, name), bytes);
  };
  await change('airlock.mjs');
  if (await sumsHold(altered)) throw new Error('sha256sum accepts an altered airlock.mjs');
  await change(SUMS);
  if ((await acceptedBy(publicKey, altered)).length > 0) throw new Error('openssl accepts altered digests');
  return `signed by ${accepted[0]?.slice(0, 16) ?? ''}`;
}

/** The bill of materials is what its standard says, and names what is inside. */
export async function checkSbom({ folder }: Release, { name, version, dependencies }: Manifest): Promise<string> {
  const text = await readFile(path.join(folder, `${name}-${version}.cdx.json`), 'utf8');
  const problem: unknown = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text);
  if (problem !== null) throw new Error(JSON.stringify(problem));
  const { components } = JSON.parse(text) as { components: { name: string; version?: string; type: string }[] };
  const listed = new Set(components.map((one) => `${one.name}@${one.version ?? ''}`));
  const bundled = (await mustRun(process.execPath, [path.join(folder, 'airlock.mjs'), 'licenses', '--json'])).stdout;
  const { packages } = JSON.parse(bundled) as { packages: { name: string; version: string }[] };
  const wanted = [
    ...packages.filter((one) => one.name !== name).map((one) => `${one.name}@${one.version}`),
    ...Object.entries(dependencies).map((one) => one.join('@')),
  ];
  const missing = wanted.filter((one) => !listed.has(one));
  if (missing.length > 0) throw new Error(`not listed: ${missing.join(', ')}`);
  return `${String(components.length)} components`;
}
