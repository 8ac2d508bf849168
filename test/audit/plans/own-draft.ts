/** The plan that the kit's own stacks make of a site, to change in memory: synthesized once, and judged rule by rule. */
import { auditContext, evaluateRules, type Finding } from '../../../audit/evaluate';
import { buildPlan } from '../../../audit/plan/build-plan';
import { type PlanFiles, readPlanFiles } from '../../../audit/plan/read-files';
import { RULES } from '../../../audit/rules';
import { blueprintOf } from '../../../blueprint/blueprint';
import { synthesize } from '../../../stacks/app';
import { type Inputs, withFolderLater } from '../../stacks/synthesized';
import { escaped } from './draft';

export type Json = Record<string, unknown>;

/** Stacks by name, as their `cdk.tf.json` has them. */
export type Stacks = Readonly<Record<string, Json>>;

/** A value on a path; it must be there. */
export function valueOn(json: unknown, ...keys: readonly (string | number)[]): Json {
  return keys.reduce<unknown>((value, key) => {
    const next = (value as Json | undefined)?.[key];
    if (next === undefined) throw new Error(`there is no ${keys.join('.')}: ${String(key)}`);
    return next;
  }, json) as Json;
}

/** Resources of a type, by name. */
export const resourcesOf = (stack: Json | undefined, type: string): Record<string, Json> =>
  valueOn(stack, 'resource', type) as Record<string, Json>;

/** Changes the objects of a release. */
export function inRelease(stack: Json | undefined, part: string, change: (objects: Json[]) => unknown): void {
  const [, release] = Object.entries(resourcesOf(stack, 'helm_release')).find(([name]) => name.includes(part)) ?? [];
  if (release === undefined) throw new Error(`there is no release ${part}`);
  const [text = ''] = release['values'] as string[];
  const values = JSON.parse(text.replace(/\$\$\{/g, '${').replace(/%%\{/g, '%{')) as { objects: Json[] };
  change(values.objects);
  release['values'] = [escaped(JSON.stringify(values))];
}

export class OwnDraft {
  private constructor(
    private readonly inputs: Inputs,
    private readonly files: PlanFiles,
  ) {}

  public static of(inputs: Inputs): Promise<OwnDraft> {
    return withFolderLater(async (folder) => {
      synthesize({ blueprint: blueprintOf(inputs), outdir: folder });
      return new OwnDraft(inputs, await readPlanFiles(folder));
    });
  }

  /** Findings of a rule that fail, as lines, once stacks, or what they are held against, were changed. */
  public failures(rule: string, change: (stacks: Stacks, judged: Inputs) => unknown = () => undefined): string[] {
    return this.findings(rule, change)
      .filter(({ verdict }) => verdict === 'VIOLATED' || verdict === 'UNPROVEN')
      .map(({ verdict, check = '', subject }) => `${verdict} [${check}] ${subject}`);
  }

  public findings(rule: string, change: (stacks: Stacks, judged: Inputs) => unknown = () => undefined): Finding[] {
    const configurations = this.files.configurations.map((one) => ({ ...one, value: structuredClone(one.value) }));
    const judged = structuredClone(this.inputs);
    change(Object.fromEntries(configurations.map(({ stack, value }) => [stack, value as Json])), judged);
    const plan = buildPlan({ ...this.files, configurations }, new Map());
    return evaluateRules(
      RULES.filter(({ id }) => id === rule),
      auditContext(plan, judged),
    );
  }
}
