/** `airlock retire`: the configuration of a stack that the new plan has no more, for Terraform to destroy. */
import { Command, Option } from 'commander';
import { retiredPage } from '../../cluster/deployments/text.js';
import { retireStack } from '../../cluster/deployments/retired-stack.js';
import { lastKept } from '../../cluster/deployments/archive.js';
import { loadLock } from '../../site/lock/lock-file.js';
import { print, printJson } from '../ui/output.mjs';

interface RetireCommandOptions {
  readonly from?: string;
  readonly archive: string;
  readonly plan: string;
  readonly out: string;
  readonly lock: string;
  readonly allowDestroy?: string;
  readonly json: boolean;
}

async function run(stack: string, options: RetireCommandOptions): Promise<void> {
  const { from, archive, plan, out, lock, allowDestroy, json } = options;
  const retired = await retireStack({
    ...{ from: from ?? (await lastKept(archive, plan)), stack, to: out, site: (await loadLock(lock)).site },
    ...(allowDestroy === undefined ? {} : { allowDestroy }),
  });
  if (json) printJson(retired);
  else print(retiredPage(retired));
}

export const command = (): Command =>
  new Command('retire')
    .argument('<stack>', 'name of the stack')
    .option('--from <plan>', 'folder of a plan that has it; default: what `airlock deployed` kept last')
    .option('--archive <dir>', 'folder of kept deployments', 'deployments')
    .option('--plan <plan>', 'folder of the new plan', 'cdktf.out')
    .option('--out <dir>', 'folder to write into, beside that of the new plan', 'cdktf.retired')
    .option('--lock <file>', 'the lock, which has the name of the site', 'airlock.lock.json')
    .addOption(
      new Option('--allow-destroy <site>', 'let Terraform destroy what holds state').env('AIRLOCK_ALLOW_DESTROY'),
    )
    .option('--json', 'print the result as JSON', false)
    .addHelpText('after', '\n`airlock runbook` prints the commands that follow.')
    .action(run);
