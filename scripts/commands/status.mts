/** `airlock status`: what runs, against what is planned and locked. */
import { Command } from 'commander';
import { plannedObjects } from '../../cluster/planned-objects.js';
import { LockedDigests } from '../../cluster/status/locked-digests.js';
import { readRunning } from '../../cluster/status/read-running.js';
import { type ClusterStatus, isAsPlanned, isSame, statusOf, type StatusRow } from '../../cluster/status/status.js';
import { EXIT_CODES } from '../../core/errors.js';
import { loadLock } from '../../site/lock/lock-file.js';
import { addKubectlOptions, kubectlOf, type KubectlCommandOptions } from '../ui/kubectl-options.mjs';
import { print, printJson, table } from '../ui/output.mjs';

interface StatusOptions extends KubectlCommandOptions {
  readonly lock: string;
  readonly json: boolean;
}

/** As much of a digest as tells one from another. */
const short = (digest: string): string => digest.replace(/^(sha256:[0-9a-f]{12})[0-9a-f]{52}$/, '$1');

const cells = ({ namespace, workload, part, expected, running, ready, state }: StatusRow): string[] => [
  ...[namespace, workload, part, expected === undefined ? '-' : short(expected)],
  ...[running.length === 0 ? '-' : running.map(short).join(', '), ready, state],
];

function report({ rows, unlocked }: ClusterStatus, unread: readonly string[]): void {
  print(table(['namespace', 'workload', 'part', 'expected', 'running', 'ready', 'state'], rows.map(cells)));
  for (const digest of unlocked) print(`the plan names ${digest}, and the lock does not`);
  for (const subject of unread) print(`note: ${subject} was not compared: the plan does not show its objects`);
  const differing = rows.filter((row) => !isAsPlanned(row)).length;
  print(
    differing === 0 && unlocked.length === 0
      ? `same: ${String(rows.length)} parts run as planned and locked`
      : `differs: ${String(differing)} of ${String(rows.length)} parts`,
  );
}

async function run(plan: string, { json, lock, ...options }: StatusOptions): Promise<void> {
  const [{ objects, unread }, locked] = await Promise.all([plannedObjects(plan), loadLock(lock)]);
  const running = await readRunning(kubectlOf(options), objects);
  const status = statusOf(objects, running, new LockedDigests(locked));
  if (!isSame(status)) process.exitCode = EXIT_CODES.check;
  if (json) printJson({ same: isSame(status), ...status, unread });
  else report(status, unread);
}

export const command = (): Command =>
  addKubectlOptions(
    new Command('status')
      .argument('[plan]', 'folder that `cdktf synth` wrote', 'cdktf.out')
      .option('--lock <file>', 'the lock', 'airlock.lock.json')
      .addHelpText(
        'after',
        '\nCompares digests: of images what the runtime says it pulled, of weights what the\n' +
          'pods were told to verify. Exit code 1: something differs; 3: the cluster cannot\n' +
          'be reached. `airlock drift` compares the objects themselves.',
      ),
  )
    .option('--json', 'print the comparison as JSON', false)
    .action(run);
