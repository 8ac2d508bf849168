/**
 * What `airlock deploy` does stack by stack, with real Terraform: on resources of Terraform's own alone, since no provider can be
 * had here. A signed plan of a real site is deployed by `npm run e2e:deploy`, where providers are at hand.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type DeployedStacks, deployStacks } from '../../../cluster/deploy/deploy-stacks.js';
import { lockedProgram } from '../../../cluster/deploy/locked-program.js';
import { seenByTerraform, setForTerraform } from '../../../cluster/deploy/terraform-environment.js';
import { stacksInOrder } from '../../../cluster/deployments/plan-tree.js';
import { Terraform } from '../../../cluster/deployments/terraform.js';
import type { Lock } from '../../../site/generated/lock.js';
import { writePlan } from '../../cluster/deployments/plans.js';
import { run, tail } from '../../harness/processes.mjs';
import { expect, expectEqual, expectMatch, type Suite } from '../../harness/report.mjs';
import { makeFolder } from '../../harness/scratch.mjs';

interface Place {
  readonly folder: string;
  readonly plan: string;
  readonly program: string;
}

/** A lock that names one file. */
const lockOf = (sha256: string): Lock =>
  ({ files: [{ name: 'terraform', url: 'x', size: 1, sha256 }] }) as unknown as Lock;

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

async function deployment(
  place: Place,
  more: { readonly apply?: boolean; readonly allowDestroy?: string[] } = {},
): Promise<DeployedStacks> {
  const { folder, plan, program } = place;
  const home = path.join(folder, 'home');
  await rm(home, { recursive: true, force: true });
  await mkdir(home);
  const terraform = new Terraform({
    ...{ program, plan, log: () => undefined, seesAlone: seenByTerraform({}) },
    env: await setForTerraform({ plan, home, kubeconfig: path.join(folder, 'kubeconfig') }),
  });
  const stacks = await stacksInOrder(plan);
  return deployStacks({ terraform, plan, stacks, apply: true, allowDestroy: [], ...more });
}

const outcomes = ({ results }: DeployedStacks): string[] =>
  results.map(
    ({ stack, outcome, add, change, destroy }) =>
      `${stack} ${outcome} +${String(add)} ~${String(change)} -${String(destroy)}`,
  );

const state = async ({ folder }: Place, stack: string): Promise<string> =>
  readFile(path.join(folder, 'state', `${stack}.tfstate`), 'utf8').catch(() => '');

async function inOrder(suite: Suite, place: Place): Promise<void> {
  await suite.check('Terraform out of its ZIP plans, and changes nothing until it is told to', async () => {
    await writePlan(place.plan, { input: 'one' });
    const planned = await deployment(place, { apply: false });
    expectEqual(outcomes(planned), ['platform planned +1 ~0 -0', 'serving planned +1 ~0 -0'], 'stacks');
    expectEqual(await state(place, 'platform'), '', 'state');
    const applied = await deployment(place);
    expectEqual(outcomes(applied), ['platform applied +1 ~0 -0', 'serving applied +1 ~0 -0'], 'stacks');
    const again = await deployment(place);
    expectEqual(outcomes(again), ['platform applied +0 ~0 -0', 'serving applied +0 ~0 -0'], 'stacks');
    return outcomes(applied).join(', ');
  });
  await suite.check('what would be destroyed is named, and waits for leave', async () => {
    await writePlan(place.plan, { input: 'one', more: { terraform_data: { other: { input: 'two' } } } });
    const refused = await deployment(place);
    expectEqual(refused.failure?.code, 'DEPLOY_DESTROYS', 'code');
    expectMatch(
      refused.failure?.items.join(' ') ?? '',
      /^serving\/terraform_data\.it applied: platform; failed: none; not begun: serving/,
      'what',
    );
    expectMatch(await state(place, 'serving'), /"name": "it"/, 'state');
    const allowed = await deployment(place, { allowDestroy: ['serving/terraform_data.it'] });
    expectEqual(outcomes(allowed).at(-1), 'serving applied +1 ~0 -1', 'stacks');
    return refused.failure?.items[0] ?? '';
  });
}

async function different(suite: Suite, place: Place): Promise<void> {
  await suite.check('what a file beside the configuration changes is refused, and not applied', async () => {
    await writePlan(place.plan, { input: 'three' });
    const sneaked = {
      'sneaked_override.tf.json': { it: { input: 'stolen' } },
      'more.tf.json': { extra: { input: 'x' } },
    };
    for (const [name, resources] of Object.entries(sneaked)) {
      const text = JSON.stringify({ resource: { terraform_data: resources } });
      await writeFile(path.join(place.plan, 'stacks/platform', name), text);
    }
    const refused = await deployment(place);
    expectEqual(refused.failure?.code, 'DEPLOY_PLAN_DIFFERENT', 'code');
    const said = refused.failure?.items.join('\n') ?? '';
    expectMatch(said, /terraform_data\.it: input is planned with another value/, 'the value');
    expectMatch(said, /terraform_data\.extra: nothing of the judged plan declares it/, 'the resource');
    expect(!(await state(place, 'platform')).includes('stolen'), 'it was applied');
    return said.split('\n')[0] ?? '';
  });
  await suite.check('after a failure the same command goes on', async () => {
    const broken = {
      it: {
        input: 'three',
        lifecycle: { precondition: { condition: '${timestamp() == "never"}', error_message: 'not yet' } },
      },
    };
    await writePlan(place.plan, { input: 'three', more: { terraform_data: broken } });
    const failed = await deployment(place, { allowDestroy: ['serving/terraform_data.other'] });
    expectEqual(failed.failure?.code, 'TERRAFORM_FAILED', 'code');
    expectEqual(outcomes(failed)[0], 'platform applied +0 ~1 -0', 'stacks');
    await writePlan(place.plan, { input: 'three' });
    const done = await deployment(place, { allowDestroy: ['serving/terraform_data.other'] });
    expectEqual(outcomes(done)[0], 'platform applied +0 ~0 -0', 'stacks');
    return failed.failure?.items.at(-1) ?? '';
  });
}

/** The program that the machine has, as its project would release it: in a ZIP. */
async function zipped(folder: string): Promise<string> {
  const found = await run('sh', ['-c', 'command -v terraform']);
  const zip = path.join(folder, 'terraform.zip');
  const code = 'import sys, zipfile; zipfile.ZipFile(sys.argv[1], "w").write(sys.argv[2], "terraform")';
  const ran = await run('python3', ['-c', code, zip, found.stdout.trim()]);
  expect(ran.code === 0, tail(ran));
  return zip;
}

export async function deploys(suite: Suite): Promise<void> {
  const version = await run('terraform', ['version']).catch(() => undefined);
  if (version?.code !== 0) {
    suite.skip('stack by stack', 'there is no terraform');
    return;
  }
  suite.skip(
    'a signed plan of a site',
    'it needs providers: npm run e2e:deploy; here Terraform has its own resources alone',
  );
  const folder = await makeFolder('deploy');
  const zip = await zipped(folder);
  const { program } = await lockedProgram(zip, lockOf(sha256(await readFile(zip))), 'terraform', folder);
  const place = { folder, plan: path.join(folder, 'cdktf.out'), program };
  await inOrder(suite, place);
  await different(suite, place);
}
