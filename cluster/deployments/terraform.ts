/** Terraform or OpenTofu, as far as a deployment and the way back need it. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { AirlockError, badInput, environmentFailed } from '../../core/errors';
import { runProgram } from '../../core/programs';
import { linesOf, type Line, show } from '../../core/visible';
import type { PlanStack } from './plan-tree';

export interface TerraformOptions {
  /** Name or path of the program. */
  readonly program: string;
  /** Folder of the plan that it runs in. */
  readonly plan: string;
  /** Set for it, beside what it may see of this process's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Told what the program says, line by line. */
  readonly log: (line: Line) => void;
  /**
   * Names of the only variables that it may see of this process's environment; its lock files are read, and never written.
   *
   * @default - what tells it where cluster, state and providers are
   */
  readonly seesAlone?: readonly string[];
}

/** A saved plan. */
export interface PlannedStack {
  readonly changes: StackChanges;
  /** What `terraform show -json` prints of it. */
  readonly shown: unknown;
}

/** What Terraform would do with one stack. */
export interface StackChanges {
  readonly stack: string;
  readonly add: number;
  readonly change: number;
  readonly destroy: number;
}

/**
 * How it reaches the cluster and its state (stacks/state-backend.ts), and what it writes into its log. Variables that change what
 * is planned are none of them: TF_CLI_ARGS, TF_WORKSPACE, TF_REATTACH_PROVIDERS.
 */
const SEEN = [
  ...['TF_CLI_CONFIG_FILE', 'TF_HTTP_*', 'TF_VAR_kubeconfig', 'TF_VAR_kube-context', 'TF_LOG*', 'TF_IN_AUTOMATION'],
  ...['KUBECONFIG', 'KUBE_*', 'PG*', 'CHECKPOINT_DISABLE'],
];
const SAVED = 'airlock.tfplan';
/** Terraform writes its state and lets go of its lock when it is asked to end; until what is under way at the cluster has ended. */
const GRACE_MS = 10 * 60 * 1000;
const QUIET = ['-input=false', '-no-color'];

interface Shown {
  readonly resource_changes?: readonly { readonly change: { readonly actions: readonly string[] } }[];
}

export class Terraform {
  public constructor(private readonly options: TerraformOptions) {}

  /**
   * Plans one stack and saves the plan for {@link apply}.
   *
   * @throws AirlockError (environment) when Terraform refuses
   */
  public async plan(stack: PlanStack): Promise<PlannedStack> {
    const { seesAlone } = this.options;
    await this.run(stack, ['init', ...QUIET, ...(seesAlone === undefined ? [] : ['-lockfile=readonly'])]);
    await this.run(stack, ['plan', ...QUIET, `-out=${SAVED}`]);
    const shown = JSON.parse(await this.run(stack, ['show', '-json', SAVED], true)) as Shown;
    const actions = (shown.resource_changes ?? []).map(({ change }) => change.actions);
    const count = (action: string): number => actions.filter((all) => all.includes(action)).length;
    const changes = { stack: stack.name, add: count('create'), change: count('update'), destroy: count('delete') };
    return { changes, shown };
  }

  /** Does exactly what was planned. */
  public async apply(stack: PlanStack): Promise<void> {
    await this.run(stack, ['apply', ...QUIET, SAVED]);
  }

  /** Saved plans hold values of the state. */
  public async forget(stack: PlanStack): Promise<void> {
    await rm(path.join(this.options.plan, stack.folder, SAVED), { force: true });
  }

  private async run(stack: PlanStack, args: readonly string[], silent = false): Promise<string> {
    const { program, plan, env, log, seesAlone } = this.options;
    const cwd = path.join(plan, stack.folder);
    // Behind the stack's name, so that nothing it says looks like a line of ours.
    const onLine = (line: string): void => log(show`${stack.name} | ${line}`);
    const seen = seesAlone === undefined ? { sees: SEEN } : { sees: seesAlone, alone: true };
    const ran = await runProgram(program, args, {
      ...seen,
      env,
      cwd,
      graceMs: GRACE_MS,
      ...(silent ? {} : { onLine }),
    }).catch((error: unknown) => {
      const { code, message } = error as NodeJS.ErrnoException;
      throw code === 'ENOENT'
        ? badInput(
            'PROGRAM_MISSING',
            `there is no program ${program}`,
            'install terraform or tofu, or name it with --terraform <path>',
          )
        : environmentFailed('PROGRAM_UNUSABLE', `cannot run ${program}: ${message}`, 'check its permissions', error);
    });
    if (ran.code === 0) return ran.stdout.toString();
    throw new AirlockError(
      'TERRAFORM_FAILED',
      `${path.basename(program)} ${args[0] ?? ''} of stack ${stack.name} failed:`,
      {
        items: linesOf(ran.stderr.trim()),
        fix: 'what was planned but not applied has not happened; run it again when the cause is gone',
      },
    );
  }
}
