/** `airlock rollback` with real Terraform, on resources that need no provider: there and back, and what is refused. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writePlan } from '../../cluster/deployments/plans.js';
import { airlock } from '../../harness/airlock.mjs';
import { openStore } from '../../../offline-bundle/store/store.js';
import { freePort } from '../../harness/ports.mjs';
import { ROOT } from '../../harness/paths.mjs';
import { type Ran, run, startService, tail } from '../../harness/processes.mjs';
import { expect, expectEqual, expectMatch, type Suite } from '../../harness/report.mjs';
import { makeFolder } from '../../harness/scratch.mjs';

const STACKS = ['platform', 'serving'] as const;
/** What only the newer deployment has. */
const MORE = { terraform_data: { it: { input: 'two' }, added: { input: 'more' } } };

interface Place {
  readonly folder: string;
  readonly plan: string;
  readonly env: Readonly<Record<string, string>>;
}

const terraform = ({ plan, env }: Place, stack: string, args: readonly string[]): Promise<Ran> =>
  run('terraform', args, { cwd: path.join(plan, 'stacks', stack), env });

/** As an engineer deploys with plain Terraform, and keeps it. */
async function deploy(place: Place): Promise<void> {
  for (const stack of STACKS) {
    for (const args of [
      ['init', '-input=false', '-no-color'],
      ['apply', '-auto-approve', '-input=false', '-no-color'],
    ]) {
      const ran = await terraform(place, stack, args);
      expect(ran.code === 0, tail(ran));
    }
  }
  const ran = await airlock(['deployed'], { cwd: place.folder });
  expect(ran.code === 0, tail(ran));
}

/** Inputs of the resources in the state, by stack and name. */
async function stateOf({ folder }: Place): Promise<string[]> {
  const states = await Promise.all(
    STACKS.map(async (stack) => {
      const text = await readFile(path.join(folder, 'state', `${stack}.tfstate`), 'utf8');
      const { resources } = JSON.parse(text) as {
        readonly resources: readonly {
          readonly name: string;
          readonly instances: readonly { readonly attributes: { readonly input: { readonly value: string } } }[];
        }[];
      };
      return resources.map(({ name, instances }) => `${stack}.${name}=${instances[0]?.attributes.input.value ?? ''}`);
    }),
  );
  return states.flat();
}

const rollback = ({ folder, env }: Place, ...args: readonly string[]): Promise<Ran> =>
  airlock(['rollback', '--no-registry', '--json', ...args], { cwd: folder, env });

async function unchanged(place: Place): Promise<void> {
  for (const stack of STACKS) {
    const init = await terraform(place, stack, ['init', '-input=false']);
    expect(init.code === 0, tail(init));
    // 2 would be: there are changes (Terraform, "plan -detailed-exitcode").
    const ran = await terraform(place, stack, ['plan', '-input=false', '-no-color', '-detailed-exitcode']);
    expect(ran.code === 0, tail(ran));
  }
}

const OLD = ['platform.it=one', 'serving.it=one'];
const NEW = ['platform.it=two', 'serving.added=more', 'serving.it=two'];

async function thereAndBack(suite: Suite, place: Place): Promise<void> {
  await suite.check('two deployments with plain Terraform are kept', async () => {
    await writePlan(place.plan, { input: 'one' });
    await deploy(place);
    await writePlan(place.plan, { input: 'two', more: MORE });
    await deploy(place);
    expectEqual(await stateOf(place), NEW, 'state');
    return (await airlock(['deployed', '--list'], { cwd: place.folder })).stdout.trim().replace(/\s+/g, ' ');
  });
  await suite.check('without --apply it says what it would do, and does nothing', async () => {
    const ran = await rollback(place);
    expect(ran.code === 0, tail(ran));
    const { stacks, applied } = JSON.parse(ran.stdout) as { readonly stacks: object[]; readonly applied: boolean };
    expectEqual(
      [stacks, applied],
      [
        [
          { stack: 'platform', add: 0, change: 1, destroy: 0 },
          { stack: 'serving', add: 0, change: 1, destroy: 1 },
        ],
        false,
      ],
      'plan',
    );
    expectEqual(await stateOf(place), NEW, 'state');
    return JSON.stringify(stacks);
  });
  await suite.check('--apply goes back; terraform plan in cdktf.out shows no change', async () => {
    const ran = await rollback(place, '--apply');
    expect(ran.code === 0, tail(ran));
    expectEqual(await stateOf(place), OLD, 'state');
    await unchanged(place);
    return `${ran.seconds.toFixed(1)} s`;
  });
  await suite.check('and forth again', async () => {
    const ran = await rollback(place, '--apply');
    expect(ran.code === 0, tail(ran));
    expectEqual(await stateOf(place), NEW, 'state');
    await unchanged(place);
    return `${ran.seconds.toFixed(1)} s`;
  });
}

async function refusals(suite: Suite, place: Place): Promise<void> {
  await suite.check('what Terraform may not destroy is refused before anything changes', async () => {
    const lasting = { it: { input: 'two' }, added: { input: 'more', lifecycle: { prevent_destroy: true } } };
    // Terraform judges by the configuration that it has: the older one must hold the resource, and replace it.
    await writePlan(place.plan, { input: 'two', more: { terraform_data: lasting } });
    await deploy(place);
    const replaced = { ...lasting.added, triggers_replace: ['x'] };
    await writePlan(place.plan, { input: 'three', more: { terraform_data: { ...lasting, added: replaced } } });
    const kept = await airlock(['deployed'], { cwd: place.folder });
    expect(kept.code === 0, tail(kept));
    await writePlan(place.plan, { input: 'four' });
    const ran = await rollback(place, '--apply');
    expectEqual(ran.code, 3, tail(ran));
    expectMatch(ran.stderr, /Instance cannot be destroyed/, 'the reason');
    expectEqual(await stateOf(place), NEW, 'state');
    return 'Instance cannot be destroyed';
  });
  await suite.check('a plan whose image the registry does not have any more is refused', async () => {
    const port = await freePort();
    const store = path.join(place.folder, 'store');
    await openStore(store, { create: true });
    const image = `127.0.0.1:${String(port)}/engine@sha256:${'e'.repeat(64)}`;
    const spec = { template: { metadata: {}, spec: { container: [{ name: 'engine', image }] } } };
    const chat = { metadata: { name: 'chat', namespace: 'airlock-serving' }, spec };
    await writePlan(place.plan, { input: 'image', more: { kubernetes_deployment_v1: { chat } } });
    const kept = await airlock(['deployed'], { cwd: place.folder });
    expect(kept.code === 0, tail(kept));
    await writePlan(place.plan, { input: 'five' });
    const registry = await startService(
      process.execPath,
      [path.join(ROOT, 'scripts/airlock.cjs'), 'mirror', '--store', store, '--listen', `127.0.0.1:${String(port)}`],
      { ready: (output) => output.includes('listening on') },
    );
    try {
      const ran = await airlock(['rollback', '--apply'], { cwd: place.folder, env: place.env });
      expectEqual(ran.code, 1, tail(ran));
      expect(ran.stderr.includes(image), tail(ran));
    } finally {
      await registry.stop();
    }
    const away = await airlock(['rollback', '--apply'], { cwd: place.folder, env: place.env });
    expectEqual(away.code, 3, tail(away));
    expectEqual(await stateOf(place), NEW, 'state');
    return 'exit code 1; 3 where the registry does not answer';
  });
  await suite.check('a kept plan that somebody changed is refused', async () => {
    const { deployed } = JSON.parse(
      (await airlock(['deployed', '--list', '--json'], { cwd: place.folder })).stdout,
    ) as {
      readonly deployed: readonly string[];
    };
    const [first = ''] = deployed;
    const file = path.join(place.folder, 'deployments/plans', first.slice(7), 'stacks/platform/cdk.tf.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('one', 'two'));
    const ran = await rollback(place, '--apply', '--to', first);
    expectEqual(ran.code, 1, tail(ran));
    expectEqual(await stateOf(place), NEW, 'state');
    return ran.stderr.split('\n')[0]?.replace(/^.*plans\//, '') ?? '';
  });
}

export async function rollbacks(suite: Suite): Promise<void> {
  const version = await run('terraform', ['version']).catch(() => undefined);
  if (version?.code !== 0) {
    suite.skip('there and back', 'there is no terraform');
    return;
  }
  const folder = await makeFolder('rollback');
  const env = {
    TF_CLI_CONFIG_FILE: path.join(folder, 'cdktf.out/terraform.tfrc'),
    TF_IN_AUTOMATION: '1',
    HOME: folder,
  };
  const place = { folder, plan: path.join(folder, 'cdktf.out'), env };
  await thereAndBack(suite, place);
  await refusals(suite, place);
}
