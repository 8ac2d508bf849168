/** A deployment's life with the CDKTF CLI and real providers: deploy, no change, one change and its way back, hand edits, lost nodes, destroy. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Deployment } from 'kubernetes-types/apps/v1.js';
import type { Drift } from '../../../cluster/drift/drift.js';
import { lockedReferences } from '../../../site/lock/locked-references.js';
import { airlock } from '../../harness/airlock.mjs';
import { type Ran, tail } from '../../harness/processes.mjs';
import { expect, expectEqual, expectMatch, type Suite } from '../../harness/report.mjs';
import { readyPods } from '../cluster/deploy.mjs';
import {
  cdktf,
  changedLines,
  environment,
  mustCdktf,
  plannedChanges,
  refusedPlan,
  type ResourceChange,
  STACKS,
} from '../cluster/terraform.mjs';
import { withWorld, type World } from '../cluster/world.mjs';
import { kubernetesProgram } from '../install/kubernetes.mjs';
import { namespacesOf, plannedPods } from './examples.mjs';
import { fixtureFiles } from './fixture.mjs';

const SERVING = 'airlock-serving';

async function changesOfAll(world: World): Promise<ResourceChange[]> {
  const changes: ResourceChange[] = [];
  for (const stack of STACKS) changes.push(...(await plannedChanges(world, stack)));
  return changes;
}

const addresses = (changes: readonly ResourceChange[]): string[] => changes.map(({ address }) => address);

const airlockDrift = ({ plan, kubeconfig }: World, args: readonly string[]): Promise<Ran> =>
  airlock([
    'drift',
    plan,
    '--json',
    `--kubectl=${kubernetesProgram('kubectl')}`,
    `--kubeconfig=${kubeconfig('deployer')}`,
    ...args,
  ]);

async function driftOf(world: World, args: readonly string[] = []): Promise<readonly Drift[]> {
  const ran = await airlockDrift(world, args);
  if (ran.code > 1) throw new Error(tail(ran));
  return (JSON.parse(ran.stdout) as { readonly drift: readonly Drift[] }).drift;
}

const fieldsOf = (drift: readonly Drift[]): string[] =>
  drift.flatMap(({ subject, fields }) =>
    fields.map(({ path: field, by }) => `${subject} ${field} by ${by ?? 'nobody'}`),
  );

async function byHand({ kubectl }: World, args: readonly string[]): Promise<void> {
  const ran = await kubectl('deployer').run(args);
  expect(ran.code === 0, `kubectl ${args.join(' ')}: ${ran.stderr}`);
}

/** Changes one number of the site, as an engineer would. */
async function setContext({ folder, files }: World, tokens: number): Promise<void> {
  const servings = files.site.servings.map((serving) =>
    serving.name === 'chat' ? { ...serving, maxModelLen: tokens } : serving,
  );
  await writeFile(path.join(folder, 'site.yaml'), JSON.stringify({ ...files.site, servings }));
}

/** `airlock deployed` or `airlock rollback` beside the plan, as the deployer. */
async function kept(world: World, args: readonly string[]): Promise<Ran> {
  const ran = await airlock(args, { cwd: world.folder, env: environment(world), timeoutMs: 150_000 });
  if (ran.code !== 0) throw new Error(tail(ran, 60));
  return ran;
}

const contextInCluster = async ({ kubectl }: World): Promise<string> => {
  const { spec } = await kubectl('admin').json<Deployment>(['get', 'deployment', 'chat', '--namespace', SERVING]);
  const args = spec?.template.spec?.containers[0]?.args ?? [];
  return args[args.indexOf('--max-model-len') + 1] ?? 'absent';
};

async function rollback(suite: Suite, world: World): Promise<void> {
  for (const [name, tokens] of [
    ['airlock rollback brings back what was deployed before', '32768'],
    ['and what was deployed last, the same way', '16384'],
  ] as const) {
    await suite.check(name, async () => {
      const { seconds } = await kept(world, ['rollback', '--no-registry', '--apply']);
      expectEqual(await contextInCluster(world), tokens, 'the argument in the cluster');
      expectEqual(addresses(await changesOfAll(world)), [], 'planned changes');
      return `${tokens} in ${seconds.toFixed(0)} s, no change after`;
    });
  }
}

async function handEdits(suite: Suite, world: World): Promise<void> {
  const { enclave, lock } = world.files;
  const locked = lockedReferences(lock, enclave.registry).find((reference) => reference.includes('vllm')) ?? '';
  const inNamespace = ['--namespace', SERVING];
  await suite.check('hand edits of a policy, an image and an argument are made', async () => {
    const open = JSON.stringify({ spec: { egress: [{ to: [{ ipBlock: { cidr: '203.0.113.0/24' } }] }] } });
    await byHand(world, ['patch', 'networkpolicy', 'deny-all', ...inNamespace, `--patch=${open}`]);
    await byHand(world, ['set', 'image', 'deployment/small', ...inNamespace, `engine=${locked}`]);
    const argument = [{ op: 'add', path: '/spec/template/spec/containers/0/args/-', value: '--enable-lora' }];
    await byHand(world, [
      'patch',
      'deployment',
      'chat',
      ...inNamespace,
      '--type=json',
      `--patch=${JSON.stringify(argument)}`,
    ]);
    return 'three';
  });
  await suite.check('terraform plan names the policy', async () => {
    const found = addresses(await changesOfAll(world));
    expect(found.length === 1 && /deny-all/.test(found[0] ?? ''), `planned changes: ${found.join(', ')}`);
    return found.join(', ');
  });
  await suite.check('airlock drift names each of the three, and who did it', async () => {
    const found = fieldsOf(await driftOf(world)).sort();
    expect(found.length === 3, found.join('\n'));
    expectMatch(
      found.join('\n'),
      /Deployment airlock-serving\/chat spec\.template\.spec\.containers\[engine\]\.args by kubectl-patch/,
      'argument',
    );
    expectMatch(
      found.join('\n'),
      /Deployment airlock-serving\/small spec\.template\.spec\.containers\[engine\]\.image by kubectl-set/,
      'image',
    );
    expectMatch(found.join('\n'), /NetworkPolicy airlock-serving\/deny-all spec\.egress by kubectl-patch/, 'policy');
    return found.join('; ');
  });
  await suite.check('airlock drift --restore puts them back; terraform sees no change', async () => {
    await driftOf(world, ['--restore']);
    expectEqual(await driftOf(world), [], 'drift');
    expectEqual(addresses(await changesOfAll(world)), [], 'planned changes');
    return 'no drift';
  });
}

async function lostNodes(suite: Suite, world: World): Promise<void> {
  const admin = world.kubectl('admin');
  await suite.check('with a node deleted and another cordoned, a diff shows no change', async () => {
    for (const args of [
      ['delete', 'node', 'gpu-02'],
      ['cordon', 'gpu-01'],
    ]) {
      const ran = await admin.run(args);
      expect(ran.code === 0, ran.stderr);
    }
    expectEqual(addresses(await changesOfAll(world)), [], 'planned changes');
    return 'gpu-02 deleted, gpu-01 cordoned';
  });
  await suite.check('and a change of the site is deployed', async () => {
    await setContext(world, 8192);
    const { seconds } = await mustCdktf(world, ['deploy', ...STACKS, '--auto-approve']);
    expectEqual(await contextInCluster(world), '8192', 'the argument in the cluster');
    return `${seconds.toFixed(0)} s`;
  });
}

async function destroy(suite: Suite, world: World): Promise<void> {
  await suite.check('cdktf destroy is refused while nobody allows it', async () => {
    const ran = await cdktf(world, ['destroy', ...STACKS, '--auto-approve']);
    expect(ran.code !== 0, 'it destroyed what holds state');
    const kept = await world
      .kubectl('admin')
      .run(['get', 'persistentvolumeclaims', '--all-namespaces', '--output=name']);
    expectMatch(kept.stdout, /weight-mirror/, 'claims that are left');
    const said = await refusedPlan(world, 'mirror', ['-destroy']);
    expectMatch(said, /Instance cannot be destroyed/, 'the reason that Terraform gives');
    return 'Instance cannot be destroyed';
  });
  await suite.check('with the word for this site it removes everything', async () => {
    const allowed = { AIRLOCK_ALLOW_DESTROY: world.files.site.name };
    await mustCdktf(world, ['destroy', ...STACKS, '--auto-approve'], allowed);
    const { stdout } = await world
      .kubectl('admin')
      .run(['get', 'namespaces,priorityclasses,validatingadmissionpolicies', '--output=name']);
    expect(!stdout.includes('airlock'), `left over:\n${stdout}`);
    return 'nothing of ours is left';
  });
}

async function life(suite: Suite, world: World): Promise<void> {
  const deployed = await suite.check('cdktf deploy', async () => {
    const { seconds } = await mustCdktf(world, ['deploy', ...STACKS, '--auto-approve']);
    const pods = await readyPods(world, plannedPods(world), namespacesOf(world));
    await kept(world, ['deployed']);
    return `${seconds.toFixed(0)} s, ${String(pods.length)} pods Ready`;
  });
  if (!deployed) return;
  await suite.check('cdktf diff shows no change, nor does terraform plan in any stack', async () => {
    expectEqual(addresses(await changesOfAll(world)), [], 'planned changes');
    for (const stack of STACKS) expectMatch((await mustCdktf(world, ['diff', stack])).stdout, /No changes/, stack);
    return STACKS.join(', ');
  });
  await suite.check('airlock drift finds none', async () => {
    expectEqual(await driftOf(world), [], 'drift');
    return `${String(world.planned.objects.length)} objects`;
  });
  await suite.check('a change of the site shows as exactly that change', async () => {
    await setContext(world, 16_384);
    const { stdout } = await mustCdktf(world, ['diff', 'serving']);
    expectMatch(stdout, /1 to change/, 'what cdktf says');
    const changes = await changesOfAll(world);
    expect(changes.length === 1, `planned changes: ${addresses(changes).join(', ')}`);
    const { before, after } = changes[0]?.change ?? { before: null, after: null };
    const lines = changedLines(before?.values?.[0] ?? '', after?.values?.[0] ?? '');
    expectEqual(lines, ['- "32768",', '+ "16384",'], 'changed lines');
    return `${addresses(changes).join()}: ${lines.join(' ')}`;
  });
  await suite.check('and is deployed', async () => {
    await mustCdktf(world, ['deploy', ...STACKS, '--auto-approve']);
    expectEqual(addresses(await changesOfAll(world)), [], 'planned changes');
    await kept(world, ['deployed']);
    return 'no change after';
  });
  await rollback(suite, world);
  await handEdits(suite, world);
  await lostNodes(suite, world);
  await destroy(suite, world);
}

/** @param mirror folder of the providers' packages */
export async function lifecycle(suite: Suite, mirror: string): Promise<void> {
  const files = await fixtureFiles(mirror);
  await suite.check('a cluster for it', () =>
    withWorld(files, async (world) => {
      await life(suite, world);
      return (await readFile(path.join(world.plan, 'terraform.tfrc'), 'utf8')).includes(mirror) ? 'ended' : '';
    }),
  );
}
