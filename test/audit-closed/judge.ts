/** Asks the audit about one change of a plan, in memory. */
import { digestOf } from '../../core/digest';
import { AirlockError } from '../../core/errors';
import { once } from '../../core/remember';
import { auditContext, evaluateRules, type Finding } from '../../audit/evaluate';
import { isFailure } from '../../audit/report/report';
import { harmlessPlaces, placeKey } from '../../audit/fields/harmless-places';
import { MANIFEST_FIELDS } from '../../audit/fields/manifest';
import { dispositionsBelow } from '../../audit/fields/unread-fields';
import { kindOfFile } from '../../audit/files/file-kinds';
import { readLeftFiles } from '../../audit/files/read-left-files';
import { stackFolders } from '../../audit/files/unread-files';
import type { Plan, PlanResource, PlanStack } from '../../audit/plan/plan';
import { buildPlan } from '../../audit/plan/build-plan';
import { escapeSegment, jsonNode } from '../../audit/plan/node';
import { type ConfigurationFile, type PlanFiles, readPlanFiles } from '../../audit/plan/read-files';
import { RULES } from '../../audit/rules';
import type { AuditContext, Rule } from '../../audit/rules/rule';
import { parseWaivers } from '../../audit/waivers/parse-waivers';
import { applyWaivers } from '../../audit/waivers/apply-waivers';
import type { Waiver } from '../../audit/waivers/waiver';
import { blueprintOf } from '../../blueprint/blueprint';
import { synthesize } from '../../stacks/app';
import { loadFiles, ROOT } from '../../tools/site-files';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Planned, Spot } from './changes';
import type { FileChange } from './file-changes';
import { foreign } from './foreign';

type Files = Awaited<ReturnType<typeof loadFiles>>;

export interface Example extends Files {
  readonly outdir: string;
  readonly configurations: PlanFiles['configurations'];
  readonly files: PlanFiles;
  readonly left: Plan['left'];
  readonly plan: Plan;
  readonly waivers: readonly Waiver[];
  /** Findings of a plan that another wrote, which the example waives under the names of its own. */
  readonly accepted: ReadonlySet<string>;
  readonly harmless: ReadonlyMap<string, string>;
}

/** `caught`: VIOLATED or UNPROVEN. `refused`: broken input. `harmless`: nothing hangs on the place. */
export type Verdict = 'caught' | 'refused' | 'harmless' | 'survived';

const DAY = '2026-11-29';

const nameOf = ({ rule, subject, check, message }: Finding): string => [rule, subject, check, message].join('\0');

const declared = ({ site, enclave, lock }: Files): Files => ({ site, enclave, lock });

/** Findings that nobody waives, of some rules. */
const unwaived = (rules: readonly Rule[], context: AuditContext, { waivers, accepted }: Example): readonly Finding[] =>
  applyWaivers(evaluateRules(rules, context), waivers, DAY).findings.filter(
    (finding) => isFailure(finding.verdict) && !accepted.has(nameOf(finding)),
  );

/**
 * Synthesizes an example, whose plan passes its audit.
 *
 * @param isForeign whether to write the same plan as somebody without the kit would
 */
export async function loadExample(name: string, outdir: string, isForeign = false): Promise<Example> {
  const folder = path.join(ROOT, 'examples', name);
  const loaded = await loadFiles(folder);
  synthesize({ blueprint: blueprintOf(loaded), outdir });
  const read = await readPlanFiles(outdir);
  const files = isForeign ? { ...read, configurations: read.configurations.map(foreign) } : read;
  const left = await readLeftFiles(outdir, files);
  const file = path.join(folder, 'waivers.yaml');
  const waivers = existsSync(file) ? parseWaivers(readFileSync(file, 'utf8'), file, RULES) : [];
  const plan = buildPlan(files, left);
  const context = auditContext(plan, declared(loaded));
  const bare: Example = {
    ...loaded,
    ...{ outdir, files, left, plan, waivers, configurations: files.configurations, accepted: new Set<string>() },
    harmless: harmlessPlaces(plan.stacks, context.objects),
  };
  const failing = unwaived(RULES, context, bare);
  const isOnlyRenamed = isForeign && failing.length <= waivers.length;
  const [fault] = isOnlyRenamed ? [] : failing;
  if (fault === undefined) return { ...bare, accepted: new Set(failing.map(nameOf)) };
  throw new Error(`the plan of ${name} does not pass as it stands: ${fault.rule} ${fault.subject}: ${fault.message}`);
}

/**
 * Rules, that first which found the last change, then those that found most so far: the first that fails is enough, and changes
 * of one place follow each other. Texts of a whole plan are long to search.
 */
const found = new Map(RULES.map((rule) => [rule, rule.id === 'AIR-PLAN-1' ? 1 : 0]));
let last: Rule | undefined;
function isCaught(context: AuditContext, example: Example): boolean {
  const rank = (rule: Rule): number =>
    rule === last ? Number.MAX_SAFE_INTEGER : rule.id === 'AIR-SEC-1' ? -1 : (found.get(rule) ?? 0);
  const inOrder = [...RULES].sort((one, other) => rank(other) - rank(one));
  last = inOrder.find((rule) => unwaived([rule], context, example).length > 0);
  if (last === undefined) return false;
  found.set(last, (found.get(last) ?? 0) + 1);
  return true;
}

const pointerOf = (keys: readonly string[]): string => keys.map((key) => `/${escapeSegment(key)}`).join('');

/** Whether a list of harmless places names this very place, or every leaf below it. */
function isHarmless(
  harmless: ReadonlyMap<string, string>,
  { file, outer, inner }: Spot,
  below: readonly (readonly string[])[],
): boolean {
  const key = (more: readonly string[]): string =>
    placeKey(file, {
      pointer: pointerOf(inner === undefined ? [...outer, ...more] : outer),
      ...(inner === undefined ? {} : { inner: pointerOf([...inner, ...more]) }),
    });
  return harmless.has(key([])) || (below.length > 0 && below.every((more) => harmless.has(key(more))));
}

const MANIFEST = 'manifest.json';
/** Kinds of which audit/files/file-kinds.ts says that nothing reads them. */
const HARMLESS_FILES: readonly string[] = ['document', 'unread-by-terraform'];

/** Whether the table of the list of stacks calls every leaf harmless. */
const isHarmlessInManifest = (leaves: FileChange['below'] = []): boolean =>
  leaves.length > 0 &&
  leaves.every((keys) => {
    const value = keys.reduceRight<unknown>((inner, key) => (/^\d+$/.test(key) ? [inner] : { [key]: inner }), 'x');
    const found = dispositionsBelow(jsonNode(value, { pointer: '' }), MANIFEST_FIELDS);
    return found.some(({ disposition }) => 'reason' in disposition);
  });

/** What the audit says of a folder; its files have no harmless places but those of configurations. */
export async function judgeFolder(
  example: Example,
  folder: string,
  { file, below }: Omit<FileChange, 'make'>,
): Promise<Verdict> {
  try {
    const read = await readPlanFiles(folder);
    // The same bytes are the same value: nothing is worked out twice of what no change has touched.
    const known = (one: ConfigurationFile): ConfigurationFile =>
      example.configurations.find(
        ({ file, stack, digest }) => file === one.file && stack === one.stack && digest === one.digest,
      ) ?? one;
    const files = { ...read, configurations: read.configurations.map(known) };
    const plan = buildPlan(files, await readLeftFiles(folder, files));
    if (isCaught(auditContext(plan, declared(example)), example)) return 'caught';
    return (file === MANIFEST && isHarmlessInManifest(below)) ||
      HARMLESS_FILES.includes(kindOfFile(file, stackFolders(plan)) ?? '')
      ? 'harmless'
      : 'survived';
  } catch (error) {
    if (error instanceof AirlockError) return 'refused';
    throw error;
  }
}

const valueOf = (configuration: unknown, { type, name }: PlanResource): unknown =>
  (configuration as { resource?: Record<string, Record<string, unknown>> }).resource?.[type]?.[name];
/** What is written in it is what it says, whatever the rest of its file says. */
const isLiteral = once((value: object): boolean => !/(?<!\$)\$\{|(?<!%)%\{/.test(JSON.stringify(value)));

/** A resource as it was read before, so that nothing is worked out twice of what no change has touched. */
function asBefore(before: Example, changed: PlanStack, value: unknown): PlanStack {
  const old = before.files.configurations.find(({ file }) => file === changed.file)?.value;
  const known = new Map(
    before.plan.stacks
      .filter(({ file }) => file === changed.file)
      .flatMap(({ resources }) => resources.map((resource) => [resource.address, resource] as const)),
  );
  const resources = changed.resources.map((resource) => {
    const was = valueOf(old, resource);
    const isSame = typeof was === 'object' && was !== null && was === valueOf(value, resource) && isLiteral(was);
    return isSame ? (known.get(resource.address) ?? resource) : resource;
  });
  return { ...changed, resources };
}

/** What the audit says of a plan with one change. */
export function judge(example: Example, { spot, what, below, make }: Planned): Verdict {
  const value = make();
  // Only the report shows it.
  const digest = digestOf(what);
  const configurations = example.files.configurations.map((one) =>
    one.file === spot.file ? { ...one, value, digest } : one,
  );
  try {
    const built = buildPlan({ ...example.files, configurations }, example.left);
    const stacks = built.stacks.map((stack) => (stack.file === spot.file ? asBefore(example, stack, value) : stack));
    const plan = { ...built, stacks };
    const context = auditContext(plan, declared(example));
    if (isCaught(context, example)) return 'caught';
    const ofFile = (one: { readonly file: string }): boolean => one.file === spot.file;
    const after = (): ReadonlyMap<string, string> =>
      harmlessPlaces(
        plan.stacks.filter(ofFile),
        context.objects.filter(({ resource }) => ofFile(resource)),
      );
    return isHarmless(example.harmless, spot, below) || isHarmless(after(), spot, below) ? 'harmless' : 'survived';
  } catch (error) {
    if (error instanceof AirlockError) return 'refused';
    throw error;
  }
}
