/** The main job on real input, once: what the other suites then look at from all sides. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from '../../harness/paths.mjs';
import { answers, mustRun, type Service, startService } from '../../harness/processes.mjs';
import { expect, expectEqual, expectMatch, type Suite } from '../../harness/report.mjs';
import { type Certificates, makeCertificates } from '../../harness/certificates.mjs';
import { airlockOk, type FarSide, farSide } from './kit.mjs';
import { makeFolder } from '../../harness/scratch.mjs';
import { enclaveYaml, SITE_NAME, siteYaml } from './site-files.mjs';
import { startUpstream, type Upstream } from './upstream.mjs';

export interface RunningMirror extends Service {
  /** `http[s]://127.0.0.1:port`. */
  readonly url: string;
}

export interface Journey {
  readonly folder: string;
  readonly upstream: Upstream;
  readonly certificates: Certificates;
  /** Files. */
  readonly site: string;
  readonly enclave: string;
  readonly lock: string;
  readonly bundle: string;
  readonly store: string;
  /** Private and public key files of two signers. */
  readonly keys: Readonly<
    Record<'alice' | 'bob', { readonly private: string; readonly public: string; readonly id: string }>
  >;
  readonly far: FarSide;
  /** Digest of the bundle's index. */
  readonly root: string;
}

/** Starts `airlock.mjs mirror` on a free loopback port. */
export async function startMirror(far: FarSide, store: string, tls?: Certificates): Promise<RunningMirror> {
  const secure = tls === undefined ? [] : ['--tls-cert', tls.certificate, '--tls-key', tls.key];
  const args = ['airlock.mjs', 'mirror', '--store', store, '--listen', '127.0.0.1:0', ...secure];
  const address = (output: string): string | undefined => /https?:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
  const service = await startService(process.execPath, args, {
    cwd: far.folder,
    ready: async (output) => {
      const url = address(output);
      if (url === undefined) return false;
      return tls === undefined ? answers(`${url}/readyz`) : true;
    },
  });
  return { ...service, url: address(service.output()) ?? '' };
}

async function makeKey(folder: string, name: string): Promise<Journey['keys']['alice']> {
  await airlockOk(['keys', 'create', '--out', folder, '--name', name]);
  const publicFile = path.join(folder, `${name}.pub`);
  const { stdout } = await mustRun('sh', [
    '-c',
    'openssl pkey -pubin -in "$0" -outform DER | sha256sum | cut -c1-16',
    publicFile,
  ]);
  return { private: path.join(folder, `${name}.key`), public: publicFile, id: stdout.trim() };
}

/** @throws when a step that the suites build on fails; the upstreams are closed by then */
export async function makeJourney(suite: Suite): Promise<Journey> {
  const state: Progress = {};
  try {
    return await travel(suite, state);
  } catch (error) {
    await state.upstream?.close();
    throw error;
  }
}

/** What exists so far. */
interface Progress {
  upstream?: Upstream;
  root?: string;
}

async function travel(suite: Suite, state: Progress): Promise<Journey> {
  const folder = await makeFolder('journey');
  const file = (name: string): string => path.join(folder, name);
  const need = async (name: string, body: () => Promise<string>): Promise<void> => {
    if (!(await suite.check(name, body))) throw new Error(`"${name}" failed`);
  };
  const keys: Partial<Record<'alice' | 'bob', Journey['keys']['alice']>> = {};
  const [site, enclave, lock, bundle, store] = [
    'site.yaml',
    'enclave.yaml',
    'airlock.lock.json',
    'bundle',
    'store',
  ].map(file) as [string, string, string, string, string];
  const far = farSide(await makeFolder('far-side'));

  await need('images from Debian packages are pushed to docker-registry by skopeo', async () => {
    state.upstream = await startUpstream(folder);
    const { toolbox, kitBase } = state.upstream.images;
    return `two platforms each; ${toolbox.digest.slice(0, 19)}, ${kitBase.digest.slice(0, 19)}`;
  });
  const upstream = state.upstream;
  expect(upstream !== undefined, 'no upstream');
  const certificates = await makeCertificates(folder);
  await writeFile(site, siteYaml(upstream));
  await writeFile(enclave, enclaveYaml('registry.integration.internal:5443'));

  await need('airlock.mjs is built, twice with the same bytes', async () => {
    const build = async (): Promise<Buffer> => {
      await mustRun(process.execPath, ['--import', 'tsx', 'tools/build.mts'], { cwd: ROOT });
      return readFile(path.join(ROOT, 'dist/airlock.mjs'));
    };
    const [first, second] = [await build(), await build()];
    expect(first.equals(second), 'two builds differ');
    await writeFile(path.join(far.folder, 'airlock.mjs'), first);
    return `${first.length} bytes`;
  });
  await need('keys create makes encrypted keys that openssl reads', async () => {
    keys.alice = await makeKey(folder, 'alice');
    keys.bob = await makeKey(folder, 'bob');
    expectMatch(
      await readFile(keys.alice.private, 'utf8'),
      /BEGIN ENCRYPTED PRIVATE KEY/,
      'the private key is encrypted',
    );
    return `${keys.alice.id} ${keys.bob.id}`;
  });
  const { alice, bob } = keys;
  expect(alice !== undefined && bob !== undefined, 'no keys');
  const upstreamRun = { env: upstream.env, cwd: folder };
  await need('lock resolves tags to digests and takes the weights hash from the Hub', async () => {
    await airlockOk(['lock', '--site', site, '--lock', lock, ...upstream.options], upstreamRun);
    const first = await readFile(lock, 'utf8');
    for (const { digest, platforms } of [upstream.images.toolbox, upstream.images.kitBase]) {
      for (const one of [digest, ...Object.values(platforms)]) expect(first.includes(one), `the lock lacks ${one}`);
    }
    await airlockOk(['lock', '--site', site, '--lock', lock, ...upstream.options], upstreamRun);
    expectEqual((await readFile(lock, 'utf8')) === first, true, 'a rerun gives the same lock');
    await airlockOk(['lock', '--check', '--site', site, '--lock', lock]);
    return `${first.length} bytes, stable`;
  });
  await need('bundle create and a second signature', async () => {
    const args = ['--site', site, '--lock', lock, '--out', bundle, '--key', alice.private];
    await airlockOk(['bundle', 'create', ...args, ...upstream.options], upstreamRun);
    await airlockOk(['bundle', 'sign', bundle, '--key', bob.private, '--trust', alice.public]);
    const { manifests } = JSON.parse(await readFile(path.join(bundle, 'index.json'), 'utf8')) as {
      manifests: { digest: string }[];
    };
    state.root = manifests[0]?.digest ?? '';
    const { stdout } = await mustRun('du', ['-sb', bundle]);
    return `${state.root.slice(0, 19)}, ${stdout.split('\t')[0] ?? ''} bytes`;
  });
  await need('verify accepts it with two of two signers, on the far side', async () => {
    const { stdout } = await far.ok([
      'verify',
      bundle,
      '--trust',
      alice.public,
      '--trust',
      bob.public,
      '--threshold',
      '2',
    ]);
    return stdout.trim().split('\n').pop() ?? '';
  });
  await need('import brings it into a store, twice with the same end', async () => {
    const args = ['import', bundle, '--store', store, '--trust', alice.public];
    await far.ok(args);
    await far.ok(args);
    const { stdout } = await mustRun('sh', ['-c', 'ls "$0" | wc -l', path.join(store, 'blobs/sha256')]);
    return `${stdout.trim()} blobs`;
  });
  return {
    folder,
    upstream,
    certificates,
    site,
    enclave,
    lock,
    bundle,
    store,
    keys: { alice, bob },
    far,
    root: state.root ?? '',
  };
}

export { SITE_NAME };
