/** Commands of a runbook, to be pasted as they stand into one shell, in the folder that the plan was named from. */
import path from 'node:path';
import { quote } from 'shell-quote';
import type { PlanStack } from '../deployments/plan-tree';

/** The plan that is deployed, where its files are known. */
export interface PreviousPlan {
  /** Its folder, as commands shall name it. */
  readonly plan: string;
  /** Its stacks in their order. */
  readonly stacks: readonly (PlanStack & { readonly isGuarded: boolean })[];
}

/** As the CDKTF CLI names it: Terraform's, and no part of the plan. It holds values of the state, so it does not stay. */
const SAVED = 'plan';
/** This program, where nobody says how it is started. */
export const PROGRAM = 'airlock';
/** Terraform looks for its configuration from a folder of its own. */
const fromHere = (file: string): string => (path.posix.isAbsolute(file) ? quote([file]) : `"$PWD"/${quote([file])}`);

/** What every Terraform of the runbook reads: where providers come from, and that nobody is asked for news. */
export const environmentCommand = (plan: string): string =>
  `export CHECKPOINT_DISABLE=1 TF_CLI_CONFIG_FILE=${fromHere(`${plan}/terraform.tfrc`)}`;

/** The plan that was read is the plan that is applied. */
export function terraformCommands(folder: string, ...mode: readonly string[]): string[] {
  const terraform = `terraform -chdir=${quote([folder])}`;
  return [
    `${terraform} init -input=false`,
    `${[`${terraform} plan`, ...mode].join(' ')} -input=false -out=${SAVED}`,
    `${terraform} apply -input=false ${SAVED}`,
    `rm ${quote([`${folder}/${SAVED}`])}`,
  ];
}

export interface CommandOptions {
  /** Folder of the new plan, as commands shall name it. */
  readonly plan: string;
  readonly site: string;
  /** Words that start this program. @default - its name */
  readonly program?: string;
  /** @default - unknown: no commands that destroy a stack which is left out */
  readonly previous?: PreviousPlan;
  /** The lock of the new plan, where it is not found by its name. */
  readonly lock?: string;
}

/** Commands that destroy a stack with a configuration that only the previous plan has. */
export function destroyCommands(
  name: string,
  { plan, site, program = PROGRAM, previous, lock }: CommandOptions,
): string[] {
  const stack = previous?.stacks.find((one) => one.name === name);
  if (previous === undefined || stack === undefined) return [];
  const out = path.posix.join(path.posix.dirname(plan), 'cdktf.retired');
  const places = ['--from', previous.plan, '--out', out, ...(lock === undefined ? [] : ['--lock', lock])];
  const allowed = stack.isGuarded ? `AIRLOCK_ALLOW_DESTROY=${site} ` : '';
  return [
    `${allowed}${program} retire ${quote([name, ...places])}`,
    ...terraformCommands(`${out}/${stack.folder}`, '-destroy'),
  ];
}
