/** Asks the audit about one change of a plan, in memory. */
import { digestOf } from '../../core/digest';
import { AirlockError } from '../../core/errors';
import { auditContext, evaluateRules, type Finding } from '../../audit/evaluate';
import { isFailure } from '../../audit/report/report';
import { harmlessPlaces, placeKey } from '../../audit/fields/harmless-places';
import { readLeftFiles } from '../../audit/files/read-left-files';
import type { Plan } from '../../audit/plan/plan';
import { buildPlan } from '../../audit/plan/build-plan';
import { escapeSegment } from '../../audit/plan/node';
import { type PlanFiles, readPlanFiles } from '../../audit/plan/read-files';
import { RULES } from '../../audit/rules';
import { parseWaivers } from '../../audit/waivers/parse-waivers';
import { applyWaivers } from '../../audit/waivers/apply-waivers';
import type { Waiver } from '../../audit/waivers/waiver';
import { blueprintOf } from '../../blueprint/blueprint';
import { synthesize } from '../../stacks/app';
import { loadFiles, ROOT } from '../../tools/site-files';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Planned, Spot } from './changes';

type Files = Awaited<ReturnType<typeof loadFiles>>;

export interface Example extends Files {
  readonly configurations: PlanFiles['configurations'];
  readonly files: PlanFiles;
  readonly left: Plan['left'];
  readonly waivers: readonly Waiver[];
  readonly harmless: ReadonlyMap<string, string>;
}

/** `caught`: VIOLATED or UNPROVEN. `refused`: broken input. `harmless`: nothing hangs on the place. */
export type Verdict = 'caught' | 'refused' | 'harmless' | 'survived';

const DAY = '2026-11-29';

/** Synthesizes an example, whose plan passes its audit. */
export async function loadExample(name: string, outdir: string): Promise<Example> {
  const folder = path.join(ROOT, 'examples', name);
  const loaded = await loadFiles(folder);
  synthesize({ blueprint: blueprintOf(loaded), outdir });
  const files = await readPlanFiles(outdir);
  const left = await readLeftFiles(outdir, files);
  const file = path.join(folder, 'waivers.yaml');
  const waivers = existsSync(file) ? parseWaivers(readFileSync(file, 'utf8'), file, RULES) : [];
  const plan = buildPlan(files, left);
  const { objects } = auditContext(plan, loaded);
  const example = {
    ...loaded,
    configurations: files.configurations,
    files,
    left,
    waivers,
    harmless: harmlessPlaces(plan.stacks, objects),
  };
  const [fault] = failures(example, files);
  if (fault === undefined) return example;
  throw new Error(`the plan of ${name} does not pass as it stands: ${fault.rule} ${fault.subject}: ${fault.message}`);
}

function failures({ waivers, left, ...declared }: Omit<Example, 'harmless'>, files: PlanFiles): readonly Finding[] {
  const found = evaluateRules(RULES, auditContext(buildPlan(files, left), declared));
  const { findings } = applyWaivers(found, waivers, DAY);
  return findings.filter(({ verdict }) => isFailure(verdict));
}

const pointerOf = (keys: readonly string[]): string => keys.map((key) => `/${escapeSegment(key)}`).join('');

/** Whether the list of harmless places names this very place, or every leaf below it. */
function isHarmless(
  { harmless }: Example,
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

/** What the audit says of a plan with one change. */
export function judge(example: Example, { spot, below, make }: Planned): Verdict {
  const value = make();
  const configurations = example.files.configurations.map((one) =>
    one.file === spot.file ? { ...one, value, digest: digestOf(JSON.stringify(value)) } : one,
  );
  try {
    if (failures(example, { ...example.files, configurations }).length > 0) return 'caught';
  } catch (error) {
    if (error instanceof AirlockError) return 'refused';
    throw error;
  }
  return isHarmless(example, spot, below) ? 'harmless' : 'survived';
}
