/** `cdktf` and `terraform` against a world's plan, as an infra engineer runs them: offline, with the plan's own lock files. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT } from '../../harness/paths.mjs';
import { mustRun, type Ran, run, tail } from '../../harness/processes.mjs';
import type { World } from './world.mjs';

export const STACKS = ['platform', 'guardrails', 'mirror', 'serving'] as const;

const CDKTF = createRequire(import.meta.url).resolve('cdktf-cli/bundle/bin/cdktf.js');
const TIMEOUT_MS = 150_000;

/** What tells cdktf, Terraform and Airlock where the world's files, providers and cluster are. */
export const environment = ({ folder, plan, kubeconfig }: World): Record<string, string> => ({
  AIRLOCK_SITE: path.join(folder, 'site.yaml'),
  AIRLOCK_ENCLAVE: path.join(folder, 'enclave.yaml'),
  AIRLOCK_LOCK: path.join(folder, 'airlock.lock.json'),
  CDKTF_SKIP_PROVIDER_LOCK: 'true',
  CI: '1',
  HOME: folder,
  NO_COLOR: '1',
  TF_CLI_CONFIG_FILE: path.join(plan, 'terraform.tfrc'),
  TF_IN_AUTOMATION: '1',
  TF_VAR_kubeconfig: kubeconfig('deployer'),
});

/** The CDKTF CLI; it synthesizes first. */
export const cdktf = (world: World, args: readonly string[], env: Record<string, string> = {}): Promise<Ran> =>
  run(process.execPath, [CDKTF, ...args, '--output', world.plan], {
    cwd: ROOT,
    env: { ...environment(world), ...env },
    timeoutMs: TIMEOUT_MS,
  });

export async function mustCdktf(world: World, args: readonly string[], env?: Record<string, string>): Promise<Ran> {
  const ran = await cdktf(world, args, env);
  if (ran.code !== 0)
    throw new Error(`cdktf ${args.join(' ')} ended with status ${String(ran.code)}:\n${tail(ran, 60)}`);
  return ran;
}

/** A change of one resource (Terraform, "JSON Output Format", resource_changes). */
export interface ResourceChange {
  readonly address: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: { readonly values?: readonly string[] } | null;
    readonly after: { readonly values?: readonly string[] } | null;
  };
}

/** Variables beside those of every run, as credentials of a backend. */
type Environment = Readonly<Record<string, string>>;

/** Where and how plain Terraform runs. */
const inStack = (world: World, stack: string, env: Environment = {}) => ({
  cwd: path.join(world.plan, 'stacks', stack),
  env: { ...environment(world), ...env },
  timeoutMs: TIMEOUT_MS,
});

const INIT = ['init', '-input=false', '-no-color'];

/** What plain Terraform would do in one stack. */
export async function plannedChanges(world: World, stack: string, env?: Environment): Promise<ResourceChange[]> {
  const options = inStack(world, stack, env);
  await mustRun('terraform', INIT, options);
  await mustRun('terraform', ['plan', '-input=false', '-no-color', '-out=e2e.plan'], options);
  const { stdout } = await mustRun('terraform', ['show', '-json', 'e2e.plan'], options);
  const { resource_changes: changes = [] } = JSON.parse(stdout) as { readonly resource_changes?: ResourceChange[] };
  return changes.filter(({ change }) => change.actions.some((action) => action !== 'no-op'));
}

/** Deploys one stack with plain Terraform. */
export async function applyStack(world: World, stack: string, env?: Environment): Promise<void> {
  const options = inStack(world, stack, env);
  await mustRun('terraform', INIT, options);
  await mustRun('terraform', ['apply', '-auto-approve', '-input=false', '-no-color'], options);
}

/** Takes one stack away with plain Terraform. */
export async function destroyStack(world: World, stack: string, env?: Environment): Promise<void> {
  await mustRun('terraform', ['destroy', '-auto-approve', '-input=false', '-no-color'], inStack(world, stack, env));
}

/** What Terraform says where it refuses to plan a stack. */
export async function refusedPlan(world: World, stack: string, args: readonly string[] = []): Promise<string> {
  const ran = await run('terraform', ['plan', ...args, '-input=false', '-no-color'], inStack(world, stack));
  if (ran.code === 0) throw new Error('Terraform would do it');
  return ran.stderr;
}

/** Lines that only one of two texts has, marked as a diff marks them. */
export function changedLines(before: string, after: string): string[] {
  const [left, right] = [before.split('\n'), after.split('\n')];
  return [
    ...left.filter((line) => !right.includes(line)).map((line) => `- ${line.trim()}`),
    ...right.filter((line) => !left.includes(line)).map((line) => `+ ${line.trim()}`),
  ];
}
