/** `airlock drift`: what in the cluster is no longer as planned. */
import { Command } from 'commander';
import { findDrift, restore } from '../../cluster/drift/cluster-drift.js';
import type { ChangedField } from '../../cluster/drift/drift.js';
import { findForeign, type Foreign } from '../../cluster/drift/foreign.js';
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

function foreignLines({ subject, by, since, following, remove }: Foreign): string[] {
  const who = `${by === undefined ? '' : `, made by ${by}`}${since === undefined ? '' : ` at ${since}`}`;
  return [
    `${subject}: in no plan${who}${following === 0 ? '' : `; ${String(following)} more follow from it`}`,
    `  ${remove === undefined ? 'its name is not safe to type: delete it by hand' : `to remove it: ${remove}`}`,
  ];
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
  for (const { subject, missing, fields } of drift) {
    print(missing ? `${subject}: missing` : subject);
    fields.forEach((field) => print(line(field)));
  }
  foreign.flatMap(foreignLines).forEach(print);
  for (const { what, why } of unknown) print(`unknown: ${what} could not be listed: ${why}`);
  for (const subject of unread) print(`note: ${subject} was not compared: the plan does not show its objects`);
  const count = `${String(drift.length)} of ${String(objects.length)} objects`;
  const all = [
    ...(drift.length === 0 ? [] : [`${count} ${options.restore ? 'restored' : 'drifted'}`]),
    ...(foreign.length === 0 ? [] : [`${String(foreign.length)} in no plan`]),
    ...(unknown.length === 0 ? [] : [`${String(unknown.length)} kinds unknown`]),
  ];
  print(
    all.length === 0 ? `no drift: ${String(objects.length)} objects are as planned, and nothing else` : all.join(', '),
  );
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
