/**
 * A stack that the new plan has no more. Terraform destroys by a configuration, and only the older plan has one; what holds state in
 * it is guarded (`prevent_destroy`), until somebody says the site's name.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { badInput } from '../../core/errors';
import { copyPlan, type PlanStack, stacksInOrder } from './plan-tree';

const CONFIGURATION = 'cdk.tf.json';

interface Block {
  lifecycle?: { prevent_destroy?: boolean };
}

interface Configuration {
  readonly terraform?: { readonly backend?: { readonly local?: { readonly path?: string } } };
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Block>>>>;
}

const read = async (plan: string, { folder }: PlanStack): Promise<Configuration> =>
  JSON.parse(await readFile(path.join(plan, folder, CONFIGURATION), 'utf8')) as Configuration;

const guards = ({ resource = {} }: Configuration): (readonly [string, Block])[] =>
  Object.entries(resource).flatMap(([type, blocks]) =>
    Object.entries(blocks)
      .filter(([, { lifecycle }]) => lifecycle?.prevent_destroy === true)
      .map(([name, block]) => [`${type}.${name}`, block] as const),
  );

/** Whether Terraform refuses to destroy something of a stack. */
export const isGuarded = async (plan: string, stack: PlanStack): Promise<boolean> =>
  guards(await read(plan, stack)).length > 0;

export interface RetireOptions {
  /** Folder of the plan that has the stack. */
  readonly from: string;
  readonly stack: string;
  /** Folder to write into; beside `cdktf.out`, since paths of local state are relative. */
  readonly to: string;
  readonly site: string;
  /** The site's name, where somebody allows that its data goes. */
  readonly allowDestroy?: string;
}

export interface RetiredStack {
  /** Folder that Terraform runs in. */
  readonly folder: string;
  /** Addresses of what holds state and will be destroyed. */
  readonly unguarded: readonly string[];
}

/** To a state that is not there, Terraform would say that there is nothing to destroy. */
async function demandState({ terraform }: Configuration, folder: string): Promise<void> {
  const state = terraform?.backend?.local?.path;
  if (state === undefined) return;
  const file = path.resolve(folder, state);
  if ((await readFile(file).catch(() => undefined)) !== undefined) return;
  throw badInput(
    'OUTPUT_MISPLACED',
    `there is no state ${file}`,
    'nothing was written; pass --out beside the cdktf.out that was deployed',
  );
}

/**
 * Writes the configuration of one stack, without its guards, for `terraform plan -destroy`.
 *
 * @throws AirlockError (input) for a stack that the plan lacks, guards that nobody lifts, or a place from which its state is not found
 */
export async function retireStack({ from, stack, to, site, allowDestroy }: RetireOptions): Promise<RetiredStack> {
  const stacks = await stacksInOrder(from);
  const found = stacks.find(({ name }) => name === stack);
  if (found === undefined)
    throw badInput(
      'USAGE_UNKNOWN_NAME',
      `${from} has no stack ${stack}`,
      `its stacks: ${stacks.map(({ name }) => name).join(', ')}`,
    );
  if (path.resolve(from) === path.resolve(to))
    throw badInput('OUTPUT_MISPLACED', `${to} is the plan itself`, 'pass another folder as --out');
  const configuration = await read(from, found);
  const guarded = guards(configuration);
  if (guarded.length > 0 && allowDestroy !== site)
    throw badInput(
      'DESTROY_NOT_CONFIRMED',
      `stack ${stack} holds state (${guarded.map(([address]) => address).join(', ')}), and ${allowDestroy === undefined ? 'nobody allows' : `"${allowDestroy}" does not allow`} to destroy it`,
      `to destroy it with its data, set AIRLOCK_ALLOW_DESTROY=${site} for this one command`,
    );
  const folder = path.join(to, found.folder);
  await demandState(configuration, folder);
  await rm(folder, { recursive: true, force: true });
  await copyPlan(from, to, found.folder);
  for (const [, block] of guarded) delete block.lifecycle?.prevent_destroy;
  await writeFile(path.join(folder, CONFIGURATION), `${JSON.stringify(configuration, null, 2)}\n`);
  return { folder, unguarded: guarded.map(([address]) => address) };
}
