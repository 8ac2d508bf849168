/**
 * `npm run bench:audit`: how long `airlock audit` takes and how much memory, for an example's plan and for the same with teams
 * added to about 500, 2,000 and 10,000 resources, by `airlock.mjs` on a bare Node.
 *
 * Judged are ratios in the same run: a resource of a larger plan may cost at most 1.15 times the processor time of one of the next
 * smaller plan, start-up not counted. Seconds and memory are shown beside their goals (8 s and 400 MiB for 10,000 resources) and
 * judge nothing. Each plan must be proven: an audit that stops early is fast. Checkov reads the same beside it.
 */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import Table from 'cli-table3';
import { blueprintOf } from '../blueprint/blueprint.js';
import { synthesize } from '../stacks/app.js';
import { loadFiles, ROOT, SITE_FILES } from '../tools/site-files.js';
import { growPlan } from './audit/grow.mjs';
import { checkovBeside } from './audit/checkov.mjs';
import { type Measured, measure } from './measure.mjs';

const MEBIBYTE = 1024 ** 2;
const EXAMPLE = path.join(ROOT, 'examples/h100-single');
const SIZES = [500, 2_000, 10_000] as const;
const ROUNDS = 3;
/** What is beyond a limit is run again: a slow machine recovers, a slow audit does not. */
const ROUNDS_AT_MOST = 9;
const GROWTH = 1.15;
const GOAL_SECONDS = 8;
const GOAL_MEBIBYTES = 400;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

interface Planned {
  readonly name: string;
  readonly folder: string;
  readonly resources: number;
}

interface Step extends Measured {
  readonly name: string;
  readonly resources: number;
}

/** The quickest of several runs, and the most memory of them. */
function summary(name: string, resources: number, runs: readonly Measured[]): Step {
  const values = (of: keyof Measured): number[] => runs.map((run) => run[of]);
  return {
    ...{ name, resources, peakDisk: 0 },
    seconds: Math.min(...values('seconds')),
    cpuSeconds: Math.min(...values('cpuSeconds')),
    peakMemory: Math.max(...values('peakMemory')),
    treeMemory: Math.max(...values('treeMemory')),
  };
}

/** Processor seconds of a resource beyond what the example takes. */
const each = (step: Step, base: Step): number =>
  (step.cpuSeconds - base.cpuSeconds) / (step.resources - base.resources);

interface Limit {
  readonly ok: boolean;
  readonly text: string;
}

function limitsOf(steps: readonly Step[]): Limit[] {
  const [base, ...grown] = steps;
  if (base === undefined) throw new Error('nothing was measured');
  return grown.slice(1).map((step, at): Limit => {
    const smaller = grown[at] ?? base;
    const growth = each(step, base) / each(smaller, base);
    return {
      ok: growth > 0 && growth <= GROWTH,
      text: `a resource of ${step.name} costs ${growth.toFixed(2)} × one of ${smaller.name}, limit ${String(GROWTH)} ×`,
    };
  });
}

function resultTable(steps: readonly Step[]): string {
  const head = ['what', 'resources', 's', 'CPU s', 'net CPU ms per resource', '× linear', 'peak MiB'];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  const [base] = steps;
  steps.forEach((step, at) => {
    const smaller = steps[at - 1];
    const linear =
      smaller === undefined ? 1 : step.cpuSeconds / smaller.cpuSeconds / (step.resources / smaller.resources);
    table.push([
      step.name,
      String(step.resources),
      step.seconds.toFixed(2),
      step.cpuSeconds.toFixed(2),
      base === undefined || step === base ? '' : (1000 * each(step, base)).toFixed(2),
      smaller === undefined ? '' : linear.toFixed(2),
      (step.peakMemory / MEBIBYTE).toFixed(0),
    ]);
  });
  return table.toString();
}

async function plansIn(folder: string): Promise<readonly Planned[]> {
  const example = path.join(folder, 'example');
  synthesize({ blueprint: blueprintOf(await loadFiles(EXAMPLE)), outdir: example });
  const plans: Planned[] = [];
  for (const size of [0, ...SIZES]) {
    const to = path.join(folder, `plan-${String(size)}`);
    const resources = await growPlan(example, to, size);
    plans.push({ name: size === 0 ? 'example' : `plan of ${size.toLocaleString('en')}`, folder: to, resources });
  }
  return plans;
}

/** Ends with another status than 0, and so throws, where the plan is not proven. */
const audited = (airlock: string, { folder }: Planned): Promise<Measured> =>
  measure(process.execPath, [
    ...[airlock, 'audit', folder],
    ...(['site', 'enclave', 'lock'] as const).flatMap((file) => [`--${file}`, path.join(EXAMPLE, SITE_FILES[file])]),
  ]);

async function main(): Promise<void> {
  const [load = 0] = loadavg();
  const folder = await mkdtemp(path.join(tmpdir(), 'airlock-bench-audit-'));
  try {
    await measure(process.execPath, ['--import', 'tsx', 'tools/build.mts'], { cwd: ROOT });
    const airlock = path.join(folder, 'airlock.mjs');
    await cp(path.join(ROOT, 'dist/airlock.mjs'), airlock);
    const plans = await plansIn(folder);
    const runs = plans.map((): Measured[] => []);
    const steps = (): Step[] => plans.map(({ name, resources }, at) => summary(name, resources, runs[at] ?? []));
    for (let round = 0; round < ROUNDS_AT_MOST; round += 1) {
      if (round >= ROUNDS && limitsOf(steps()).every(({ ok }) => ok)) break;
      for (const [at, plan] of plans.entries()) {
        const run = await audited(airlock, plan);
        print(`${plan.name}: ${run.seconds.toFixed(2)} s`);
        runs[at]?.push(run);
      }
    }
    const measured = steps();
    print(resultTable(measured));
    print(
      `best of ${String(ROUNDS)} rounds or more; net is CPU time beyond the example; × linear is CPU time by resources, to the row above`,
    );
    print(`load average before: ${load.toFixed(1)} on ${String(availableParallelism())} cores`);
    for (const line of await checkovBeside(plans.slice(0, 3))) print(line);
    const { seconds = 0, peakMemory = 0 } = measured.at(-1) ?? {};
    const mebibytes = peakMemory / MEBIBYTE;
    const missed = (isMet: boolean): string => (isMet ? '' : ': missed here');
    print(`10,000 resources: ${seconds.toFixed(1)} s, goal ${String(GOAL_SECONDS)} s${missed(seconds < GOAL_SECONDS)}`);
    print(
      `10,000 resources: ${mebibytes.toFixed(0)} MiB, goal ${String(GOAL_MEBIBYTES)} MiB${missed(mebibytes < GOAL_MEBIBYTES)}`,
    );
    const limits = limitsOf(measured);
    for (const { ok, text } of limits) print(`${ok ? 'ok  ' : 'FAIL'} ${text}`);
    const failed = limits.filter(({ ok }) => !ok).length;
    print(`${String(limits.length - failed)} passed, ${String(failed)} failed`);
    if (failed > 0) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
