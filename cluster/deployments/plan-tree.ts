/** A synthesized plan as a folder of files: its identity, and what must be copied to have it again. */
import { cp, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { isReadByTerraform, readPlanFiles } from '../../audit/plan/read-files';
import { canonicalJson } from '../../core/canonical-json';
import { type Digest, digestOf } from '../../core/digest';
import { badInput, checkFailed } from '../../core/errors';
import { makeFolders } from '../../core/make-folders';

/** Providers' hashes: part of a plan, but Terraform may add to them. */
const PROVIDER_LOCK = '.terraform.lock.hcl';
/** What synthesis writes at the top. */
const AT_THE_TOP = ['manifest.json', 'terraform.tfrc'];
/** Folder of charts and other files beside a configuration (CDKTF, TerraformAsset). */
const ASSETS = 'assets';
/**
 * Whether a file is part of the plan. What people and Terraform leave beside it is not: state, saved plans, which hold
 * values of Secrets, and what was printed of them.
 *
 * @param file path below the plan's folder, with forward slashes
 */
function isOfThePlan(file: string): boolean {
  const folders = file.split('/');
  const name = folders.pop() ?? '';
  const inside = folders.find((folder) => folder === ASSETS || folder === '.terraform');
  if (inside !== undefined) return inside === ASSETS;
  if (folders.length === 0 && AT_THE_TOP.includes(name)) return true;
  return name === PROVIDER_LOCK || isReadByTerraform(name);
}

/**
 * Identity of a plan: over every file of it but the providers' hashes.
 *
 * @throws AirlockError (input) when it is no plan, (check) when it holds links, which stand for something else
 */
export async function planDigest(folder: string): Promise<Digest> {
  const { configurations, assets, strange } = await readPlanFiles(folder);
  if (strange.length > 0) {
    throw checkFailed(
      'PLAN_HOLDS_LINKS',
      `${folder} holds what is no file: ${strange.join(', ')}`,
      'synthesize the plan afresh',
    );
  }
  const ours = [...assets].filter(([file]) => isOfThePlan(file));
  const files = [...configurations.map(({ file, digest }) => [file, digest] as const), ...ours];
  return digestOf(canonicalJson(Object.fromEntries(files)));
}

/** Files of a plan, provider locks included, as paths below its folder. */
async function planFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((file) => isOfThePlan(file.split(path.sep).join('/')))
    .sort();
}

/**
 * Copies the files of a plan into a folder that may hold others.
 *
 * @param below folder of the plan, such as a stack's, that alone is copied
 */
export async function copyPlan(from: string, to: string, below = ''): Promise<void> {
  const files = await planFiles(from);
  for (const file of files.filter((one) => !path.relative(below, one).startsWith('..'))) {
    await makeFolders(path.dirname(path.join(to, file)));
    await cp(path.join(from, file), path.join(to, file));
  }
}

/** Puts one plan in the place of another; what Terraform keeps there stays. */
export async function replacePlan(folder: string, by: string): Promise<void> {
  for (const file of await planFiles(folder)) await rm(path.join(folder, file));
  await copyPlan(by, folder);
}

interface Manifest {
  readonly stacks: Readonly<
    Record<string, { readonly workingDirectory: string; readonly dependencies?: readonly string[] }>
  >;
}

export interface PlanStack {
  readonly name: string;
  /** Folder below the plan. */
  readonly folder: string;
}

/**
 * Stacks in an order in which each comes after those that it depends on.
 *
 * @throws AirlockError (input) when they depend on each other in a circle
 */
export async function stacksInOrder(folder: string): Promise<PlanStack[]> {
  const text = await readFile(path.join(folder, 'manifest.json'), 'utf8').catch(() => undefined);
  if (text === undefined)
    throw badInput('PLAN_INVALID', `${folder} has no manifest.json`, 'pass the folder that `cdktf synth` wrote');
  const { stacks } = JSON.parse(text) as Manifest;
  const ordered: PlanStack[] = [];
  const left = new Map(Object.entries(stacks).sort(([a], [b]) => (a < b ? -1 : 1)));
  while (left.size > 0) {
    const next = [...left].find(([, { dependencies = [] }]) => dependencies.every((name) => !left.has(name)));
    if (next === undefined)
      throw badInput('PLAN_INVALID', `stacks depend on each other: ${[...left.keys()].join(', ')}`);
    left.delete(next[0]);
    ordered.push({ name: next[0], folder: next[1].workingDirectory });
  }
  return ordered;
}
