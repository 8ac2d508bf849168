/** Terraform or OpenTofu, as far as going back needs it. */
import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { badInput, environmentFailed } from '../../core/errors';
import type { PlanStack } from './plan-tree';

export interface TerraformOptions {
  /** Name or path of the program. */
  readonly program: string;
  /** Folder of the plan that it runs in. */
  readonly plan: string;
  /** Added to this process's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Told what the program says, as it comes. */
  readonly log: (text: string) => void;
}

/** What Terraform would do with one stack. */
export interface StackChanges {
  readonly stack: string;
  readonly add: number;
  readonly change: number;
  readonly destroy: number;
}

const SAVED = 'airlock-rollback.tfplan';
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
  public async plan(stack: PlanStack): Promise<StackChanges> {
    await this.run(stack, ['init', ...QUIET]);
    await this.run(stack, ['plan', ...QUIET, `-out=${SAVED}`]);
    const shown = JSON.parse(await this.run(stack, ['show', '-json', SAVED], true)) as Shown;
    const actions = (shown.resource_changes ?? []).map(({ change }) => change.actions);
    const count = (action: string): number => actions.filter((all) => all.includes(action)).length;
    return { stack: stack.name, add: count('create'), change: count('update'), destroy: count('delete') };
  }

  /** Does exactly what was planned. */
  public async apply(stack: PlanStack): Promise<void> {
    await this.run(stack, ['apply', ...QUIET, SAVED]);
  }

  /** Saved plans hold values of the state. */
  public async forget(stack: PlanStack): Promise<void> {
    await rm(path.join(this.options.plan, stack.folder, SAVED), { force: true });
  }

  private run(stack: PlanStack, args: readonly string[], silent = false): Promise<string> {
    const { program, plan, env, log } = this.options;
    const cwd = path.join(plan, stack.folder);
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
      const [out, err]: [Buffer[], Buffer[]] = [[], []];
      child.stdout.on('data', (chunk: Buffer) => {
        out.push(chunk);
        if (!silent) log(chunk.toString());
      });
      child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
      child.on('error', (error: NodeJS.ErrnoException) =>
        reject(
          error.code === 'ENOENT'
            ? badInput(
                'PROGRAM_MISSING',
                `there is no program ${program}`,
                'install terraform or tofu, or name it with --terraform <path>',
              )
            : environmentFailed(
                'PROGRAM_UNUSABLE',
                `cannot run ${program}: ${error.message}`,
                'check its permissions',
                error,
              ),
        ),
      );
      child.on('close', (code) => {
        if (code === 0) resolve(Buffer.concat(out).toString());
        else
          reject(
            environmentFailed(
              'TERRAFORM_FAILED',
              `${program} ${args[0] ?? ''} of stack ${stack.name}: ${Buffer.concat(err).toString().trim()}`,
              'what was planned but not applied has not happened; run it again when the cause is gone',
            ),
          );
      });
    });
  }
}
