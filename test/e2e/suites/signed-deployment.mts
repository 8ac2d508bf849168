/** A plan that two people signed, deployed by `airlock deploy` with the locked Terraform and real providers; and what it refuses. */
import { createHash, X509Certificate } from 'node:crypto';
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Namespace } from 'kubernetes-types/core/v1.js';
import type { Enclave } from '../../../site/generated/enclave.js';
import { airlock } from '../../harness/airlock.mjs';
import { type Ran, run, tail } from '../../harness/processes.mjs';
import { expect, expectEqual, expectMatch, type Suite } from '../../harness/report.mjs';
import { readyPods } from '../cluster/deploy.mjs';
import { environment } from '../cluster/terraform.mjs';
import { withWorld, type World } from '../cluster/world.mjs';
import { kubernetesProgram } from '../install/kubernetes.mjs';
import { namespacesOf, plannedPods } from './examples.mjs';
import { fixtureFiles } from './fixture.mjs';

const PASSPHRASE = 'a passphrase for this run';
const PEOPLE = ['ada', 'ben', 'deployer'] as const;
const TIMEOUT_MS = 300_000;

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

interface Site {
  readonly world: World;
  readonly program: string;
}

const kit = ({ world }: Site, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> =>
  airlock(args, { cwd: world.folder, env: { AIRLOCK_KEY_PASSPHRASE: PASSPHRASE, ...env }, timeoutMs: TIMEOUT_MS });

async function must(ran: Promise<Ran>): Promise<Ran> {
  const done = await ran;
  if (done.code !== 0) throw new Error(tail(done, 60));
  return done;
}

/** What the enclave demands of a deployment to this very cluster. */
async function declared(world: World): Promise<NonNullable<Enclave['deployment']>> {
  const { metadata } = await world.kubectl('admin').json<Namespace>(['get', 'namespace', 'kube-system']);
  const config = JSON.parse(await readFile(world.kubeconfig('deployer'), 'utf8')) as {
    readonly clusters: readonly { readonly cluster: { readonly 'certificate-authority': string } }[];
  };
  const pem = await readFile(config.clusters[0]?.cluster['certificate-authority'] ?? '', 'utf8');
  const all = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const reviewers: { name: string; key: string }[] = [];
  for (const name of ['ada', 'ben'])
    reviewers.push({
      name,
      key: (await must(airlock(['keys', 'id', path.join(world.folder, `${name}.pub`)]))).stdout.trim().slice(0, 16),
    });
  return {
    cluster: {
      uid: metadata?.uid ?? '',
      certificateAuthority: `sha256:${sha256(Buffer.concat(all.map((one) => new X509Certificate(one).raw)))}`,
    },
    approvals: { threshold: 2, reviewers },
  };
}

/** Writes site, enclave and lock with the program and the people, and synthesizes. */
async function prepare(world: World): Promise<Site> {
  const found = await run('sh', ['-c', 'command -v terraform']);
  const site: Site = { world, program: found.stdout.trim() };
  for (const name of PEOPLE) await must(kit(site, ['keys', 'create', '--name', name]));
  const hash = sha256(await readFile(site.program));
  const file = { name: 'terraform', url: 'https://releases.example/terraform', sha256: hash };
  const { files } = world;
  const written = {
    'site.yaml': { ...files.site, files: [...(files.site.files ?? []), file] },
    'enclave.yaml': { ...files.enclave, deployment: await declared(world) },
    'airlock.lock.json': { ...files.lock, files: [...files.lock.files, { ...file, size: 1 }] },
  };
  for (const [name, content] of Object.entries(written))
    await writeFile(path.join(world.folder, name), JSON.stringify(content));
  await must(kit(site, ['synth']));
  return site;
}

async function approve(site: Site): Promise<void> {
  for (const name of ['ada', 'ben']) await must(kit(site, ['audit', 'sign', '--key', `${name}.key`]));
}

/** An environment in which everything that a person may have set would change what Terraform does. */
const HOSTILE = {
  TF_CLI_ARGS_plan: '-destroy',
  TF_REATTACH_PROVIDERS: '{"x":{}}',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  KUBE_HOST: 'https://127.0.0.1:9',
};

const deploy = (site: Site, ...args: readonly string[]): Promise<Ran> =>
  kit(
    site,
    [
      'deploy',
      ...['--trust', 'ada.pub', '--trust', 'ben.pub', '--key', 'deployer.key', '--terraform', site.program],
      ...['--kubectl', kubernetesProgram('kubectl'), '--kubeconfig', site.world.kubeconfig('deployer'), ...args],
    ],
    HOSTILE,
  );

const anythingOfOurs = async ({ world }: Site): Promise<string> =>
  (await world.kubectl('admin').run(['get', 'namespaces', '--output=name'])).stdout;

async function refused(suite: Suite, site: Site): Promise<void> {
  await suite.check('what nobody signed, or what changed since, is refused before the cluster is touched', async () => {
    expectEqual((await deploy(site)).code, 2, 'without any approval');
    await approve(site);
    await appendFile(path.join(site.world.plan, 'stacks/serving/cdk.tf.json'), ' ');
    const ran = await deploy(site);
    expectEqual(ran.code, 1, tail(ran));
    expectMatch(ran.stderr, /stacks\/serving\/cdk\.tf\.json was changed/, 'the reason');
    expect(!(await anythingOfOurs(site)).includes('airlock'), 'something was deployed');
    await must(kit(site, ['synth']));
    return 'stacks/serving/cdk.tf.json was changed';
  });
}

async function life(suite: Suite, site: Site): Promise<void> {
  await suite.check('a dry run plans every stack that needs none before it, and changes nothing', async () => {
    const ran = await deploy(site, '--dry-run');
    expect(!(await anythingOfOurs(site)).includes('airlock'), 'something was deployed');
    return `exit code ${String(ran.code)}: ${ran.stderr.split('\n').find((line) => line.startsWith('error')) ?? 'all stacks'}`;
  });
  const deployed = await suite.check('a signed plan is deployed, whatever the environment says', async () => {
    const { seconds } = await must(deploy(site));
    const pods = await readyPods(site.world, plannedPods(site.world), namespacesOf(site.world));
    return `${seconds.toFixed(0)} s, ${String(pods.length)} pods Ready`;
  });
  if (!deployed) return;
  await suite.check('the same again changes nothing, and both results are kept, signed', async () => {
    const { stdout } = await must(deploy(site, '--json'));
    const { stacks } = JSON.parse(stdout) as {
      readonly stacks: readonly { readonly add: number; readonly change: number }[];
    };
    expectEqual(
      stacks.map(({ add, change }) => add + change),
      stacks.map(() => 0),
      'changes',
    );
    expectEqual(
      (await readdir(path.join(site.world.folder, 'deployments/results'))).sort(),
      ['000001', '000002'],
      'results',
    );
    return `${String(stacks.length)} stacks without a change`;
  });
  await suite.check('airlock drift finds none', async () => {
    const args = [`--kubectl=${kubernetesProgram('kubectl')}`, `--kubeconfig=${site.world.kubeconfig('deployer')}`];
    await must(kit(site, ['drift', ...args]));
    return 'none';
  });
  await suite.check('a changed site needs new signatures, and then is deployed', async () => {
    const file = path.join(site.world.folder, 'site.yaml');
    const wanted = JSON.parse(await readFile(file, 'utf8')) as { servings: { name: string; maxModelLen?: number }[] };
    for (const serving of wanted.servings) if (serving.name === 'chat') serving.maxModelLen = 16_384;
    await writeFile(file, JSON.stringify(wanted));
    await must(kit(site, ['synth']));
    const ran = await deploy(site);
    expectEqual(ran.code, 1, tail(ran));
    await approve(site);
    const { stdout } = await must(deploy(site));
    return stdout.trim().split('\n').at(-1) ?? '';
  });
  await suite.check('the way back needs no fresh signature', async () => {
    const env = environment(site.world);
    await must(kit(site, ['rollback', '--no-registry', '--apply'], env));
    return 'rolled back';
  });
}

/** @param mirror folder of the providers' packages */
export async function signedDeployment(suite: Suite, mirror: string): Promise<void> {
  const files = await fixtureFiles(mirror);
  await suite.check('a cluster for it', () =>
    withWorld(files, async (world) => {
      const site = await prepare(world);
      await refused(suite, site);
      await life(suite, site);
      return 'ended';
    }),
  );
}
