/** `airlock drift`: what in the cluster is no longer as planned. */
import { Command } from 'commander';
import { findDrift, restore } from '../../cluster/drift/cluster-drift.js';
import type { ChangedField } from '../../cluster/drift/drift.js';
import { plannedObjects } from '../../cluster/planned-objects.js';
import { EXIT_CODES } from '../../core/errors.js';
import { addKubectlOptions, kubectlOf, type KubectlCommandOptions } from '../ui/kubectl-options.mjs';
import { print, printJson } from '../ui/output.mjs';

interface DriftOptions extends KubectlCommandOptions {
  readonly restore: boolean;
  readonly json: boolean;
}

const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

function line({ path, planned, live, by }: ChangedField): string {
  const who = by === undefined ? '' : `, set by ${by}`;
  return `  ${path}: planned ${shown(planned)}, found ${shown(live)}${who}`;
}

async function run(plan: string, { json, ...options }: DriftOptions): Promise<void> {
  const { objects, unread } = await plannedObjects(plan);
  const kubectl = kubectlOf(options);
  const drift = await findDrift(kubectl, objects);
  if (options.restore) await restore(kubectl, drift);
  if (drift.length > 0 && !options.restore) process.exitCode = EXIT_CODES.check;
  if (json) {
    printJson({
      objects: objects.length,
      unread,
      restored: options.restore,
      drift: drift.map(({ subject, missing, fields }) => ({ subject, missing, fields })),
    });
    return;
  }
  for (const { subject, missing, fields } of drift) {
    print(missing ? `${subject}: missing` : subject);
    fields.forEach((field) => print(line(field)));
  }
  for (const subject of unread) print(`note: ${subject} was not compared: the plan does not show its objects`);
  const count = `${String(drift.length)} of ${String(objects.length)} objects`;
  print(
    drift.length === 0
      ? `no drift: ${String(objects.length)} objects are as planned`
      : `${count} ${options.restore ? 'restored' : 'drifted'}`,
  );
}

export const command = (): Command =>
  addKubectlOptions(
    new Command('drift')
      .argument('[plan]', 'folder that `cdktf synth` wrote', 'cdktf.out')
      .addHelpText(
        'after',
        '\nTerraform and Helm compare plans with plans; this compares the plan with the objects themselves. Run it as\n' +
          'a deployer of the enclave. Exit code 1: something drifted.',
      ),
  )
    .option('--restore', 'put back what drifted', false)
    .option('--json', 'print the differences as JSON', false)
    .action(run);
