import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { history, keptPlan, openKept, recordDeployment, target } from '../../../cluster/deployments/archive';
import { neededContents } from '../../../cluster/deployments/needed-contents';
import { planDigest, stacksInOrder } from '../../../cluster/deployments/plan-tree';
import { rollback, type RollbackOptions } from '../../../cluster/deployments/rollback';
import { digestOf } from '../../../core/digest';
import { deployment } from '../cluster';
import { type PlanChange, writePlan } from './plans';

let folder: string;
let plan: string;
let archive: string;
let calls: string;

/** Stands for Terraform: notes what it is asked, and what the configuration was; the real one runs in test:integration. */
const TERRAFORM = `#!/usr/bin/env node
const { appendFileSync, readFileSync, writeFileSync } = require('node:fs');
const [what] = process.argv.slice(2);
const here = require('node:path').basename(process.cwd());
const fail = (said) => { console.error(said); process.exit(1); };
if (what === 'show') {
  const changes = [['update'], ['delete', 'create'], ['no-op']].map((actions) => ({ change: { actions } }));
  console.log(JSON.stringify({ resource_changes: changes }));
  process.exit(0);
}
const input = /"input":"[^"]*"/.exec(readFileSync('cdk.tf.json', 'utf8'))?.[0] ?? '';
appendFileSync(process.env.CALLS, what + ' ' + here + ' ' + input + '\\n');
if (what === 'plan') writeFileSync('airlock.tfplan', '');
if (what === 'plan' && process.env.FAIL === here) fail('Error: Instance cannot be destroyed');
if (what === 'apply' && process.env.FAIL_APPLY === here) fail('Error: refused');
`;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'airlock-rollback-test-'));
  [plan, archive, calls] = ['cdktf.out', 'deployments', 'calls'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(path.join(folder, 'terraform'), TERRAFORM);
  await chmod(path.join(folder, 'terraform'), 0o755);
  await writeFile(calls, '');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const back = (options: Partial<RollbackOptions> = {}, env: Record<string, string> = {}) =>
  rollback({
    ...{ plan, archive, apply: true, terraform: path.join(folder, 'terraform'), log: () => undefined, ...options },
    env: { CALLS: calls, ...env },
  });
const called = async (): Promise<string[]> => (await readFile(calls, 'utf8')).split('\n').filter((line) => line !== '');
const inputOf = async (where: string): Promise<string> =>
  /"input":"(\w+)"/.exec(await readFile(path.join(where, 'stacks/serving/cdk.tf.json'), 'utf8'))?.[1] ?? '';

/** Deploys a plan and keeps it. */
async function deployed(change: PlanChange) {
  await writePlan(plan, change);
  return recordDeployment(archive, plan);
}

describe('the archive of deployments', () => {
  it('keeps each plan once, and the order in which they were deployed', async () => {
    const [one, two] = [await deployed({ input: 'one' }), await deployed({ input: 'two' })];
    await recordDeployment(archive, plan);
    expect(await history(archive)).toEqual([one, two]);
    expect(await deployed({ input: 'one' })).toBe(one);
    expect(await history(archive)).toEqual([one, two, one]);
    expect((await readdir(path.join(archive, 'plans'))).length).toBe(2);
  });

  it('identifies a plan by its files, not by what Terraform leaves beside them', async () => {
    await writePlan(plan, { input: 'one' });
    const before = await planDigest(plan);
    await writeFile(path.join(plan, 'stacks/serving/.terraform.lock.hcl'), '# more hashes\n');
    for (const name of ['terraform.tfstate.backup', 'saved.plan', 'plan', 'plan.json', 'errored.tfstate'])
      await writeFile(path.join(plan, 'stacks/serving', name), '{}');
    expect(await planDigest(plan)).toBe(before);
    await writeFile(path.join(plan, 'stacks/serving/cdk.tf.json'), '{}');
    expect(await planDigest(plan)).not.toBe(before);
  });

  it('identifies it by what Terraform would read too: charts, variables, configuration added by hand', async () => {
    await writePlan(plan, { input: 'one' });
    await mkdir(path.join(plan, 'stacks/serving/assets/chart/.terraform'), { recursive: true });
    const digests = [await planDigest(plan)];
    for (const name of [
      'assets/chart/plan',
      'assets/chart/.terraform/x',
      'more.tf',
      'more_override.tf.json',
      'site.auto.tfvars',
    ]) {
      await writeFile(path.join(plan, 'stacks/serving', name), '{}');
      digests.push(await planDigest(plan));
    }
    expect(new Set(digests).size).toBe(6);
  });

  it('keeps no saved plan, which holds values of Secrets', async () => {
    await writePlan(plan, { input: 'one' });
    await writeFile(path.join(plan, 'stacks/serving/saved.plan'), 'a password');
    const kept = keptPlan(archive, await recordDeployment(archive, plan));
    expect((await readdir(path.join(kept, 'stacks/serving'))).sort()).toEqual(['.terraform.lock.hcl', 'cdk.tf.json']);
    expect((await readdir(kept)).sort()).toEqual(['manifest.json', 'stacks', 'terraform.tfrc']);
  });

  it('refuses a kept plan that somebody changed', async () => {
    const digest = await deployed({ input: 'one' });
    await expect(openKept(archive, digest)).resolves.toBe(keptPlan(archive, digest));
    await writePlan(keptPlan(archive, digest), { input: 'changed' });
    await expect(openKept(archive, digest)).rejects.toMatchObject({ kind: 'check' });
  });

  it('refuses a history that is none', async () => {
    await deployed({ input: 'one' });
    await writeFile(path.join(archive, 'history.json'), '["yesterday"]');
    await expect(history(archive)).rejects.toMatchObject({ kind: 'input' });
  });
});

describe('what to go back to', () => {
  const [a, b, c] = [digestOf('a'), digestOf('b'), digestOf('c')];

  it('is the last deployment that is not what lies there now', () => {
    expect(target([a, b], b)).toBe(a);
    expect(target([a, b, a], a)).toBe(b);
    // The newest was never kept: its deployment may have failed half-way.
    expect(target([a, b], c)).toBe(b);
  });

  it('is named by the begin of its digest', () => {
    expect(target([a, b, c], c, a.slice(7, 15))).toBe(a);
    expect(target([a, b, c], c, a)).toBe(a);
    expect(() => target([a, b], b, 'ffffffff')).toThrow('0 deployments begin with "ffffffff"');
    expect(() => target([a, b], b, '')).toThrow('deployments begin with ""');
    expect(() => target([b], b)).toThrow('no other deployment');
  });
});

it('stacks come after those that they depend on', async () => {
  await writePlan(plan, { input: 'x', stacks: { a: ['c'], b: [], c: ['b'] } });
  expect((await stacksInOrder(plan)).map(({ name }) => name)).toEqual(['b', 'c', 'a']);
  await writePlan(plan, { input: 'x', stacks: { a: ['b'], b: ['a'] } });
  await expect(stacksInOrder(plan)).rejects.toThrow('stacks depend on each other: a, b');
});

describe('neededContents', () => {
  const digest = digestOf('it');

  it('are images, what the mirror fills itself with, and what pods pull from outside', () => {
    const pod = {
      initContainers: [
        {
          name: 'w',
          image: `r:5443/kit@${digest}`,
          args: ['weights', 'fetch', '--mirror', 'https://m:8443', '--model', `tiny@${digest}`],
        },
        {
          name: 'x',
          image: `r:5443/kit@${digest}`,
          args: [
            'weights',
            'fetch',
            '--mirror',
            'http://weight-mirror.airlock-mirror.svc:8080',
            '--model',
            `inside@${digest}`,
          ],
        },
      ],
      containers: [
        {
          name: 'm',
          image: `r:5443/kit@${digest}`,
          args: ['mirror', '--fill-from', 'https://r:5443', '--pin', `files/f@${digest}`],
        },
      ],
      volumes: [{ name: 'v', image: { reference: `r:5443/model-images/tiny@${digest}` } }],
    };
    expect(
      neededContents([deployment('chat', { pod })]).map(({ host, repository }) => `${host}/${repository}`),
    ).toEqual(['m:8443/models/tiny', 'r:5443/files/f', 'r:5443/kit', 'r:5443/model-images/tiny']);
  });
});

describe('rollback', () => {
  it('plans every stack before it applies the first, in their order, with the older configuration', async () => {
    const [one, two] = [await deployed({ input: 'one' }), await deployed({ input: 'two' })];
    const done = await back();
    expect(await called()).toEqual([
      'init platform "input":"one"',
      'plan platform "input":"one"',
      'init serving "input":"one"',
      'plan serving "input":"one"',
      'apply platform "input":"one"',
      'apply serving "input":"one"',
    ]);
    expect(done).toMatchObject({ from: two, to: one, applied: true });
    expect(done.stacks).toEqual([
      { stack: 'platform', add: 1, change: 1, destroy: 1 },
      { stack: 'serving', add: 1, change: 1, destroy: 1 },
    ]);
    expect(await inputOf(plan)).toBe('one');
    expect(await history(archive)).toEqual([one, two, one]);
    expect((await readdir(folder)).filter((name) => name.startsWith('.airlock'))).toEqual([]);
  });

  it('changes nothing while nobody says so', async () => {
    await deployed({ input: 'one' });
    await deployed({ input: 'two' });
    expect(await back({ apply: false })).toMatchObject({ applied: false });
    expect((await called()).filter((line) => line.startsWith('apply'))).toEqual([]);
    expect(await inputOf(plan)).toBe('two');
    expect((await history(archive)).length).toBe(2);
  });

  it('keeps what it replaces, also where nobody kept it, and what Terraform has there', async () => {
    await deployed({ input: 'one' });
    await writePlan(plan, { input: 'unkept' });
    const unkept = await planDigest(plan);
    await writeFile(path.join(plan, 'stacks/serving/errored.tfstate'), 'state');
    await back();
    expect(await inputOf(keptPlan(archive, unkept))).toBe('unkept');
    expect(await readFile(path.join(plan, 'stacks/serving/errored.tfstate'), 'utf8')).toBe('state');
  });

  it('applies nothing when Terraform refuses to plan one stack', async () => {
    await deployed({ input: 'one' });
    await deployed({ input: 'two' });
    await expect(back({}, { FAIL: 'serving' })).rejects.toMatchObject({
      kind: 'environment',
      message: expect.stringContaining(
        'plan of stack serving failed:\n  Error: Instance cannot be destroyed',
      ) as string,
    });
    expect((await called()).filter((line) => line.startsWith('apply'))).toEqual([]);
    expect(await inputOf(plan)).toBe('two');
  });

  it('goes on where an apply failed', async () => {
    const [one, two] = [await deployed({ input: 'one' }), await deployed({ input: 'two' })];
    await expect(back({}, { FAIL_APPLY: 'serving' })).rejects.toMatchObject({ kind: 'environment' });
    expect([await inputOf(plan), await history(archive)]).toEqual(['two', [one, two]]);
    expect(await back()).toMatchObject({ to: one, applied: true });
  });

  it('is refused where an image or weights are gone, before Terraform is asked', async () => {
    const digest = digestOf('engine');
    const more = {
      kubernetes_deployment_v1: {
        chat: {
          metadata: { name: 'chat', namespace: 'n' },
          spec: { template: { metadata: {}, spec: { container: [{ name: 'e', image: `r:5443/engine@${digest}` }] } } },
        },
      },
    };
    await deployed({ input: 'one', more });
    await deployed({ input: 'two' });
    await expect(back({ isThere: () => Promise.resolve(false) })).rejects.toMatchObject({
      kind: 'check',
      message: expect.stringContaining(`r:5443/engine@${digest}`) as string,
    });
    expect(await called()).toEqual([]);
    expect(await back({ isThere: () => Promise.resolve(true) })).toMatchObject({ found: 1, applied: true });
  });

  it('is refused where the newer deployment has a stack of its own, which only its own plan can destroy', async () => {
    await deployed({ input: 'one' });
    await deployed({ input: 'two', stacks: { platform: [], serving: ['platform'], accelerators: ['platform'] } });
    await expect(back()).rejects.toMatchObject({
      kind: 'check',
      message: 'the deployment to go back to has no stack accelerators',
    });
    expect(await called()).toEqual([]);
  });

  it('is refused where the state lies inside the plan', async () => {
    await deployed({ input: 'one', state: 'terraform.tfstate' });
    await deployed({ input: 'two', state: 'terraform.tfstate' });
    await expect(back()).rejects.toThrow('the state of stack platform lies inside the plan');
  });
});
