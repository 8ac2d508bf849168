/**
 * `npm run bench:synth`: how long `npm run synth` takes and how much memory, for every example and for sites of about
 * 10, 200 and 2,000 Terraform resources.
 *
 * Each time is the best of several runs: whatever else the machine does only adds. Seconds are shown beside their goals (3 s
 * for an example, 6 s for 2,000 resources) and judge nothing, since they say as much of the machine. Judged are ratios in the
 * same run: 2,000 resources at most 3.5 times what CDKTF alone takes to write them, an example at most 1.8 times the smallest
 * site, and growth close to linear: a resource of the largest site may cost at most 1.5 times the processor time of one of the
 * middle site, start-up not counted.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Table from 'cli-table3';
import { examples, readPlans, ROOT, SITE_FILES } from '../tools/examples.js';
import { addressesOf } from '../tools/upgrade/addresses.js';
import { type Measured, measure } from './measure.mjs';
import { writeSite } from './synth-site.mjs';

const MEBIBYTE = 1024 ** 2;
const ROUNDS = 5;
/** Rounds, and seconds between the later ones, in which a slow machine may recover; a slow plan does not. */
const ROUNDS_AT_MOST = 30;
const PAUSE_SECONDS = 10;
const EXAMPLE_SECONDS = 3;
const LARGE_SECONDS = 6;
const EXAMPLE_RATIO = 1.8;
const LARGE_RATIO = 3.5;
const GROWTH_RATIO = 1.5;
/** Units of `writeSite` that make about so many resources. */
const SIZES = { '10': 0, '200': 24, '2,000': 248 } as const;
const PLAIN_APP = path.join(ROOT, 'bench', 'plain-app.ts');
const EMPTY_APP = `const { App } = require('cdktf'); new App({ outdir: process.argv[1] }).synth();`;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

interface Step extends Measured {
  readonly name: string;
  /** Terraform resources in all stacks; 0 for a baseline. */
  readonly resources: number;
}

interface Command {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Folder of the stacks that it writes.
   *
   * @default - it writes none
   */
  readonly outdir?: string;
}

interface Commands {
  readonly empty: Command;
  readonly smallest: Command;
  readonly middle: Command;
  readonly large: Command;
  /** CDKTF alone, writing what `large` wrote. */
  readonly plain: Command;
  readonly examples: readonly Command[];
}

interface Limit {
  readonly ok: boolean;
  readonly text: string;
  /** What it was measured with. */
  readonly of: readonly Command[];
}

/** `npm run synth` of the site in a folder. */
const synth = (name: string, folder: string, outdir: string): Command => ({
  name,
  args: ['npm', 'run', '--silent', 'synth'],
  env: {
    AIRLOCK_SITE: path.join(folder, SITE_FILES.site),
    AIRLOCK_ENCLAVE: path.join(folder, SITE_FILES.enclave),
    AIRLOCK_LOCK: path.join(folder, SITE_FILES.lock),
    CDKTF_OUTDIR: outdir,
  },
  outdir,
});

/** The fastest and the least of several runs; of memory the most. */
function summary({ name, outdir }: Command, runs: readonly Measured[]): Step {
  const values = (of: keyof Measured): number[] => runs.map((run) => run[of]);
  return {
    name,
    resources: outdir === undefined ? 0 : [...readPlans(outdir).values()].flatMap(addressesOf).length,
    seconds: Math.min(...values('seconds')),
    cpuSeconds: Math.min(...values('cpuSeconds')),
    peakMemory: Math.max(...values('peakMemory')),
    treeMemory: Math.max(...values('treeMemory')),
    peakDisk: 0,
  };
}

/** Processor seconds per resource beyond what the smallest site takes. */
const netSeconds = (step: Step, smallest: Step): number =>
  (step.cpuSeconds - smallest.cpuSeconds) / (step.resources - smallest.resources);

function stepIn(steps: ReadonlyMap<Command, Step>, command: Command): Step {
  const step = steps.get(command);
  if (step === undefined) throw new Error(`${command.name} was not run`);
  return step;
}

/** Every limit, and whether it holds. */
function limitsOf(
  { smallest, middle, large, plain, examples: ofExamples }: Commands,
  steps: ReadonlyMap<Command, Step>,
): Limit[] {
  const stepOf = (command: Command): Step => stepIn(steps, command);
  const ratio = (command: Command, baseline: Command, limit: number): Limit => {
    const [taken, base] = [stepOf(command), stepOf(baseline)];
    const times = taken.seconds / base.seconds;
    const text = `${taken.name} takes ${times.toFixed(2)} × ${base.name}, limit ${limit} ×`;
    return { ok: times < limit, text, of: [command, baseline] };
  };
  const growth = netSeconds(stepOf(large), stepOf(smallest)) / netSeconds(stepOf(middle), stepOf(smallest));
  return [
    ...ofExamples.map((one) => ratio(one, smallest, EXAMPLE_RATIO)),
    ratio(large, plain, LARGE_RATIO),
    {
      ok: growth > 0 && growth < GROWTH_RATIO,
      text: `a resource of ${large.name} costs ${growth.toFixed(2)} × one of ${middle.name}, limit ${GROWTH_RATIO} ×`,
      of: [smallest, middle, large],
    },
  ];
}

/** Seconds beside what they should be on two quiet cores. */
function goalsOf({ large, examples: ofExamples }: Commands, steps: ReadonlyMap<Command, Step>): string[] {
  const goal = (command: Command, limit: number): string => {
    const { name, seconds } = stepIn(steps, command);
    return `${name}: ${seconds.toFixed(2)} s, goal ${limit} s${seconds < limit ? '' : ': missed here'}`;
  };
  return [...ofExamples.map((one) => goal(one, EXAMPLE_SECONDS)), goal(large, LARGE_SECONDS)];
}

function resultTable(steps: readonly Step[], empty: Step, smallest: Step): string {
  const head = ['what', 'resources', 's', '× empty app', 'CPU s', 'net ms per resource', 'peak MiB', 'tree MiB'];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const step of steps) {
    const grows = step.resources > 2 * smallest.resources;
    table.push([
      step.name,
      step.resources === 0 ? '' : String(step.resources),
      step.seconds.toFixed(2),
      (step.seconds / empty.seconds).toFixed(2),
      step.cpuSeconds.toFixed(2),
      grows ? (1000 * netSeconds(step, smallest)).toFixed(2) : '',
      (step.peakMemory / MEBIBYTE).toFixed(0),
      (step.treeMemory / MEBIBYTE).toFixed(0),
    ]);
  }
  return table.toString();
}

async function commandsIn(folder: string): Promise<Commands> {
  const sized = async (size: keyof typeof SIZES): Promise<Command> => {
    const site = path.join(folder, size);
    await writeSite(site, SIZES[size]);
    return synth(`site of ${size}`, site, path.join(site, 'cdktf.out'));
  };
  const large = await sized('2,000');
  return {
    empty: { name: 'empty CDKTF app', args: [process.execPath, '-e', EMPTY_APP, path.join(folder, 'empty')] },
    smallest: await sized('10'),
    middle: await sized('200'),
    large,
    plain: {
      name: 'the same by CDKTF alone',
      args: [process.execPath, '--import', 'tsx', PLAIN_APP, large.outdir ?? '', path.join(folder, 'plain')],
    },
    examples: examples().map(({ name, folder: from }) =>
      synth(`example ${name}`, from, path.join(folder, `example-${name}`)),
    ),
  };
}

/**
 * Runs all commands in turn, several times over, so that a busy minute falls on each of them; then those of a limit that
 * does not hold yet, in the hope of a quieter one.
 */
async function main(): Promise<void> {
  const [load = 0] = loadavg();
  const folder = await mkdtemp(path.join(tmpdir(), 'airlock-bench-synth-'));
  try {
    const commands = await commandsIn(folder);
    const { empty, smallest, middle, large, plain, examples: ofExamples } = commands;
    const all = [empty, smallest, middle, large, plain, ...ofExamples];
    const runs = new Map<Command, Measured[]>(all.map((command) => [command, []]));
    const steps = (): ReadonlyMap<Command, Step> =>
      new Map([...runs].map(([command, done]) => [command, summary(command, done)]));
    for (let round = 0; round < ROUNDS_AT_MOST; round += 1) {
      const wanted = new Set(
        round < ROUNDS ? all : limitsOf(commands, steps()).flatMap(({ ok, of }) => (ok ? [] : of)),
      );
      if (wanted.size === 0) break;
      if (round >= 2 * ROUNDS) await pause(PAUSE_SECONDS * 1000);
      for (const command of wanted) {
        const [program = '', ...args] = command.args;
        const run = await measure(program, args, { cwd: ROOT, env: command.env ?? {} });
        print(`${command.name}: ${run.seconds.toFixed(2)} s`);
        runs.get(command)?.push(run);
      }
    }
    const measured = steps();
    print(resultTable([...measured.values()], stepIn(measured, empty), stepIn(measured, smallest)));
    print(`best of ${ROUNDS} rounds or more; net is CPU time beyond the site of 10; tree is all processes together`);
    print(`load average before: ${load.toFixed(1)} on ${availableParallelism()} cores`);
    goalsOf(commands, measured).forEach(print);
    const limits = limitsOf(commands, measured);
    for (const { ok, text } of limits) print(`${ok ? 'ok  ' : 'FAIL'} ${text}`);
    const failed = limits.filter(({ ok }) => !ok).length;
    print(`${limits.length - failed} passed, ${failed} failed`);
    if (failed > 0) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
