import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isGuarded, retireStack, type RetireOptions } from '../../../cluster/deployments/retired-stack';
import { type PlanChange, writePlan } from './plans';

let folder: string;
const at = (...names: string[]): string => path.join(folder, ...names);

const GUARDED = {
  terraform_data: {
    volume: { input: '${"kept"}', lifecycle: { prevent_destroy: true, ignore_changes: ['input'] } },
    plain: { input: 'x' },
  },
};

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'airlock-retired-'));
  await mkdir(at('state'));
  for (const stack of ['platform', 'serving']) await writeFile(at('state', `${stack}.tfstate`), '{}');
  await plan();
});
afterEach(() => rm(folder, { recursive: true }));

const plan = (change: Partial<PlanChange> = {}) =>
  writePlan(at('old/plan'), { input: 'one', more: GUARDED, ...change });
const retire = (options: Partial<RetireOptions> = {}) =>
  retireStack({
    from: at('old/plan'),
    stack: 'serving',
    to: at('retired'),
    site: 'alpha',
    allowDestroy: 'alpha',
    ...options,
  });
const configuration = async (): Promise<unknown> =>
  JSON.parse(await readFile(at('retired/stacks/serving/cdk.tf.json'), 'utf8')) as unknown;

it('writes one stack of the older plan, as it is but for its guards', async () => {
  const before = JSON.parse(await readFile(at('old/plan/stacks/serving/cdk.tf.json'), 'utf8')) as object;
  const { volume, plain } = GUARDED.terraform_data;
  expect(await retire()).toEqual({ folder: at('retired/stacks/serving'), unguarded: ['terraform_data.volume'] });
  expect(await configuration()).toEqual({
    ...before,
    resource: { terraform_data: { volume: { ...volume, lifecycle: { ignore_changes: ['input'] } }, plain } },
  });
  expect((await readdir(at('retired'), { recursive: true })).sort()).toEqual([
    'stacks',
    'stacks/serving',
    'stacks/serving/.terraform.lock.hcl',
    'stacks/serving/cdk.tf.json',
  ]);
});

it.each([undefined, '', 'beta', 'Alpha', 'true'])(
  'lifts no guard for the word %j, and writes nothing',
  async (word) => {
    const said = word === undefined ? {} : { allowDestroy: word };
    await expect(
      retireStack({ from: at('old/plan'), stack: 'serving', to: at('retired'), site: 'alpha', ...said }),
    ).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining('stack serving holds state (terraform_data.volume)') as unknown,
      fix: expect.stringContaining('AIRLOCK_ALLOW_DESTROY=alpha') as unknown,
    });
    expect(await readdir(folder)).not.toContain('retired');
  },
);

it('needs no word where nothing is guarded', async () => {
  expect(await retire({ stack: 'platform', allowDestroy: 'beta' })).toMatchObject({ unguarded: [] });
  expect(await isGuarded(at('old/plan'), { name: 'platform', folder: 'stacks/platform' })).toBe(false);
  expect(await isGuarded(at('old/plan'), { name: 'serving', folder: 'stacks/serving' })).toBe(true);
});

it('refuses where Terraform would see an empty state, and so destroy nothing', async () => {
  await expect(retire({ to: at('elsewhere/retired') })).rejects.toMatchObject({
    kind: 'input',
    message: `there is no state ${at('elsewhere/state/serving.tfstate')}`,
  });
  expect(await readdir(folder)).not.toContain('elsewhere');
});

it('refuses a stack that the plan lacks, naming those it has, and the plan itself as the place', async () => {
  await expect(retire({ stack: 'gateway' })).rejects.toMatchObject({
    kind: 'input',
    fix: 'its stacks: platform, serving',
  });
  await expect(retire({ to: at('old/plan') })).rejects.toMatchObject({ kind: 'input' });
});
