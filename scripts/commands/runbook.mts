/** `airlock runbook`: the way from what is deployed to a new plan, as steps. */
import { Command, InvalidArgumentError } from 'commander';
import { history, openKept } from '../../cluster/deployments/archive.js';
import { planDigest, stacksInOrder } from '../../cluster/deployments/plan-tree.js';
import { isGuarded } from '../../cluster/deployments/retired-stack.js';
import { objectsByStack, type StackObject } from '../../cluster/planned-objects.js';
import type { PreviousPlan } from '../../cluster/runbook/commands.js';
import { contentSizes } from '../../cluster/runbook/content-sizes.js';
import { besidePlan } from '../../cluster/runbook/deployed-before.js';
import { deployedObjects } from '../../cluster/runbook/helm-releases.js';
import { runbookOf } from '../../cluster/runbook/runbook.js';
import { runbookPage } from '../../cluster/runbook/text.js';
import { badInput } from '../../core/errors.js';
import { loadLock } from '../../site/lock/lock-file.js';
import { addKubectlOptions, kubectlOf, type KubectlCommandOptions } from '../ui/kubectl-options.mjs';
import { print, printJson } from '../ui/output.mjs';
import { typedProgram } from '../ui/typed-program.js';

interface RunbookCommandOptions extends KubectlCommandOptions {
  readonly from?: string;
  readonly archive: string;
  readonly cluster: boolean;
  readonly lock: string;
  readonly speed?: number;
  readonly json: boolean;
}

const DEFAULT_LOCK = 'airlock.lock.json';
const UNITS: Readonly<Record<string, number>> = { kB: 1e3, MB: 1e6, GB: 1e9 };

/** @throws InvalidArgumentError for anything but `250MB` and the like */
function parseSpeed(text: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)(kB|MB|GB)(?:\/s)?$/.exec(text) ?? [];
  const speed = Number(number) * (UNITS[unit] ?? 0);
  if (speed > 0) return speed;
  throw new InvalidArgumentError('write bytes a second, e.g. 250MB/s');
}

interface Sides {
  readonly before: readonly StackObject[];
  readonly after: readonly StackObject[];
  readonly previous?: PreviousPlan;
}

/** A plan as one side, with what is needed to destroy a stack of it. */
async function deployedPlan(plan: string): Promise<Omit<Sides, 'after'>> {
  const stacks = await stacksInOrder(plan);
  const guarded = await Promise.all(stacks.map((stack) => isGuarded(plan, stack)));
  const marked = stacks.map((stack, at) => ({ ...stack, isGuarded: guarded[at] ?? true }));
  return { before: (await objectsByStack(plan)).objects, previous: { plan, stacks: marked } };
}

/** The plan that was deployed last, as it was kept; before the first, nothing is there. */
async function lastDeployed(archive: string, plan: string): Promise<Omit<Sides, 'after'>> {
  const current = await planDigest(plan);
  const before = (await history(archive)).findLast((digest) => digest !== current);
  return before === undefined ? { before: [] } : deployedPlan(await openKept(archive, before));
}

async function sides(plan: string, options: RunbookCommandOptions, after: readonly StackObject[]): Promise<Sides> {
  const { from, archive, cluster } = options;
  if (from !== undefined && cluster)
    throw badInput('USAGE_CONFLICTING_OPTIONS', '--from and --cluster exclude each other', 'name one of them');
  if (from !== undefined) return { ...(await deployedPlan(from)), after };
  if (!cluster) return { ...(await lastDeployed(archive, plan)), after };
  const namespaces = after.flatMap(({ object }) => (object.kind === 'Namespace' ? [object.metadata.name] : []));
  return besidePlan(await deployedObjects(kubectlOf(options), namespaces), after);
}

async function run(plan: string, options: RunbookCommandOptions): Promise<void> {
  const { objects, unread } = await objectsByStack(plan);
  const lock = await loadLock(options.lock);
  const runbook = runbookOf({
    ...{ plan, site: lock.site, program: typedProgram(process.cwd()) },
    ...(await sides(plan, options, objects)),
    stacks: await stacksInOrder(plan),
    sizes: contentSizes(lock),
    ...(options.lock === DEFAULT_LOCK ? {} : { lock: options.lock }),
    ...(options.speed === undefined ? {} : { speed: options.speed }),
  });
  if (options.json) printJson({ ...runbook, unread });
  else print(runbookPage(runbook, unread));
}

export const command = (): Command =>
  addKubectlOptions(
    new Command('runbook')
      .argument('[plan]', 'folder that `cdktf synth` wrote: the new plan', 'cdktf.out')
      .option('--from <plan>', 'folder of the plan that is deployed; default: what `airlock deployed` kept last')
      .option('--archive <dir>', 'folder of kept deployments', 'deployments')
      .option('--cluster', "compare with the cluster's releases instead", false)
      .option('--lock <file>', 'the lock of the new plan', DEFAULT_LOCK)
      .option('--speed <bytes/s>', 'at which weights come, e.g. 250MB/s; gives durations', parseSpeed),
  )
    .option('--json', 'print the steps as JSON', false)
    .action(run);
