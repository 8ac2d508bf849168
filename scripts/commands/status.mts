/** `airlock status`: what runs, against what is planned and locked. */
import { Command } from 'commander';
import { plannedObjects } from '../../cluster/planned-objects.js';
import { LockedDigests } from '../../cluster/status/locked-digests.js';
import { readRunning } from '../../cluster/status/read-running.js';
import { isSame, statusOf } from '../../cluster/status/status.js';
import { statusPage } from '../../cluster/status/text.js';
import { EXIT_CODES } from '../../core/errors.js';
import { loadLock } from '../../site/lock/lock-file.js';
import { addKubectlOptions, kubectlOf, type KubectlCommandOptions } from '../ui/kubectl-options.mjs';
import { print, printJson } from '../ui/output.mjs';

interface StatusOptions extends KubectlCommandOptions {
  readonly lock: string;
  readonly json: boolean;
}

async function run(plan: string, { json, lock, ...options }: StatusOptions): Promise<void> {
  const [{ objects, unread }, locked] = await Promise.all([plannedObjects(plan), loadLock(lock)]);
  const running = await readRunning(kubectlOf(options), objects);
  const status = statusOf(objects, running, new LockedDigests(locked));
  if (!isSame(status)) process.exitCode = EXIT_CODES.check;
  if (json) printJson({ same: isSame(status), ...status, unread });
  else print(statusPage(status, unread));
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
