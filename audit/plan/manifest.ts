/** CDKTF's list of stacks, `manifest.json`. */
import path from 'node:path';
import { badInput } from '../../core/errors';
import { MANIFEST_FIELDS } from '../fields/manifest';
import { unreadFields } from '../fields/unread-fields';
import { jsonNode } from './node';

export const PLAN_FIX = 'pass the folder that `cdktf synth` wrote (cdktf.out), or one that holds a cdk.tf.json';

/** A stack as the list names it. */
export interface ManifestStack {
  readonly name: string;
  readonly synthesizedStackPath: string;
  /** Where `airlock deploy` and the CDKTF CLI run Terraform. */
  readonly workingDirectory: string;
}

/** Refuses what no reader of the list knows, and what leads to no stack. */
function refuseStrange(value: unknown, stacks: readonly Readonly<Record<string, unknown>>[]): void {
  const [unread] = unreadFields(jsonNode(value, { pointer: '' }), MANIFEST_FIELDS);
  if (unread !== undefined)
    throw badInput(
      'PLAN_INVALID',
      `manifest.json: nobody knows what ${unread.path} does, or does with this value`,
      PLAN_FIX,
    );
  const names = new Set(stacks.map(({ name }) => name));
  const lists = stacks.flatMap(({ dependencies = [] }) =>
    Array.isArray(dependencies) ? (dependencies as unknown[]) : [dependencies],
  );
  const strange = lists.find((name) => !names.has(name));
  if (strange !== undefined)
    throw badInput(
      'PLAN_INVALID',
      `manifest.json lets a stack wait for ${JSON.stringify(strange)}, which it does not list`,
      PLAN_FIX,
    );
}

/** @throws AirlockError (input) for a list that is none, or that says what nobody knows */
export function manifestStacks(value: unknown): ManifestStack[] {
  const stacks = (value as { stacks?: Record<string, Partial<ManifestStack>> } | null)?.stacks;
  if (typeof stacks !== 'object' || (stacks as unknown) === null)
    throw badInput('PLAN_INVALID', 'manifest.json lists no stacks', PLAN_FIX);
  refuseStrange(value, Object.values(stacks));
  return Object.values(stacks).map(({ name, synthesizedStackPath, workingDirectory }) => {
    if (typeof name !== 'string' || typeof synthesizedStackPath !== 'string') {
      throw badInput('PLAN_INVALID', 'manifest.json has a stack without name or synthesizedStackPath', PLAN_FIX);
    }
    if (workingDirectory !== path.posix.dirname(synthesizedStackPath)) {
      throw badInput(
        'PLAN_INVALID',
        workingDirectory === undefined
          ? `manifest.json does not say in which folder stack "${name}" runs`
          : `manifest.json lets stack "${name}" run in another folder than that of its configuration`,
        PLAN_FIX,
      );
    }
    return { name, workingDirectory, synthesizedStackPath: path.posix.normalize(synthesizedStackPath) };
  });
}
