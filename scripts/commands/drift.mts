/** `airlock drift`: what in the cluster is no longer as planned. */
import { Command } from 'commander';
import { findDrift, restore } from '../../cluster/drift/cluster-drift.js';
import { findForeign } from '../../cluster/drift/foreign.js';
import { driftPage } from '../../cluster/drift/text.js';
import { plannedObjects } from '../../cluster/planned-objects.js';
import { EXIT_CODES } from '../../core/errors.js';
import { addKubectlOptions, kubectlOf, type KubectlCommandOptions } from '../ui/kubectl-options.mjs';
import { print, printJson } from '../ui/output.mjs';

interface DriftOptions extends KubectlCommandOptions {
  readonly restore: boolean;
  readonly json: boolean;
}

async function run(plan: string, { json, ...options }: DriftOptions): Promise<void> {
  const planned = await plannedObjects(plan);
  const { objects, unread } = planned;
  const kubectl = kubectlOf(options);
  const drift = await findDrift(kubectl, objects);
  const { foreign, unknown } = await findForeign(kubectl, planned);
  if (options.restore) await restore(kubectl, drift);
  const left = options.restore ? 0 : drift.length;
  if (left + foreign.length + unknown.length > 0) process.exitCode = EXIT_CODES.check;
  if (json) {
    printJson({
      objects: objects.length,
      unread,
      restored: options.restore,
      drift: drift.map(({ subject, missing, fields }) => ({ subject, missing, fields })),
      foreign,
      unknown,
    });
    return;
  }
  print(driftPage({ compared: objects.length, unread, restored: options.restore, drift, foreign, unknown }));
}

export const command = (): Command =>
  addKubectlOptions(
    new Command('drift')
      .argument('[plan]', 'folder that `cdktf synth` wrote', 'cdktf.out')
      .addHelpText(
        'after',
        '\nTerraform and Helm compare plans with plans; this compares the plan with the\n' +
          'objects themselves. Run it as a deployer of the enclave. Exit code 1: something\n' +
          'drifted, is in no plan, or could not be listed.',
      ),
  )
    .option('--restore', 'put back what drifted; what no plan has is named, never deleted', false)
    .option('--json', 'print the differences as JSON', false)
    .action(run);
