/**
 * `npm run bench:synth`: how long `npm run synth` takes and how much memory, for every example and for sites of about
 * 10, 200 and 2,000 Terraform resources, as ratios of an empty CDKTF app in the same run.
 *
 * Each time is the best of several runs: whatever else the machine does only adds. Limits: 3 s for an example, 6 s for
 * 2,000 resources, and growth close to linear: a resource of the largest site may cost at most 1.5 times the processor
 * time of one of the middle site, start-up not counted.
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
const EXAMPLE_LIMIT = 3;
const LARGE_LIMIT = 6;
const GROWTH_LIMIT = 1.5;
/** Units of `writeSite` that make about so many resources. */
const SIZES = { '10': 0, '200': 24, '2,000': 248 } as const;
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
   * Seconds above which it runs more often, since a busy machine is no verdict.
   *
   * @default - none
   */
  readonly limit?: number;
  /**
   * Folder of the stacks that it writes.
   *
   * @default - it writes none
   */
  readonly outdir?: string;
}

/** `npm run synth` of the site in a folder. */
const synth = (name: string, folder: string, outdir: string, limit: number): Command => ({
  name,
  args: ['npm', 'run', '--silent', 'synth'],
  env: {
    AIRLOCK_SITE: path.join(folder, SITE_FILES.site),
    AIRLOCK_ENCLAVE: path.join(folder, SITE_FILES.enclave),
    AIRLOCK_LOCK: path.join(folder, SITE_FILES.lock),
    CDKTF_OUTDIR: outdir,
  },
  limit,
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

/** Runs all commands in turn, several times over, so that a busy minute falls on each of them. */
async function runAll(commands: readonly Command[]): Promise<Step[]> {
  const runs = new Map<Command, Measured[]>(commands.map((command) => [command, []]));
  const hasHeld = ([{ limit = Infinity }, done]: [Command, Measured[]]): boolean =>
    done.some(({ seconds }) => seconds < limit);
  for (let round = 0; round < ROUNDS_AT_MOST; round += 1) {
    const wanted = [...runs].filter((run) => round < ROUNDS || !hasHeld(run));
    if (wanted.length === 0) break;
    if (round >= 2 * ROUNDS) await pause(PAUSE_SECONDS * 1000);
    for (const [{ name, args, env = {} }, done] of wanted) {
      const [program = '', ...rest] = args;
      const measured = await measure(program, rest, { cwd: ROOT, env });
      print(`${name}: ${measured.seconds.toFixed(2)} s`);
      done.push(measured);
    }
  }
  return [...runs].map(([command, done]) => summary(command, done));
}

/** Processor seconds per resource beyond what the smallest site takes. */
const netSeconds = (step: Step, smallest: Step): number =>
  (step.cpuSeconds - smallest.cpuSeconds) / (step.resources - smallest.resources);

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

/** Prints a line per limit. @returns how many do not hold */
function judge(ofExamples: readonly Step[], [smallest, middle, large]: readonly [Step, Step, Step]): number {
  const growth = netSeconds(large, smallest) / netSeconds(middle, smallest);
  const limits = [
    ...ofExamples.map(({ name, seconds }) => ({
      ok: seconds < EXAMPLE_LIMIT,
      text: `${name}: ${seconds.toFixed(2)} s, limit ${EXAMPLE_LIMIT} s`,
    })),
    {
      ok: large.seconds < LARGE_LIMIT,
      text: `${large.resources} resources: ${large.seconds.toFixed(2)} s, limit ${LARGE_LIMIT} s`,
    },
    {
      ok: growth > 0 && growth < GROWTH_LIMIT,
      text: `a resource of ${large.resources} costs ${growth.toFixed(2)} × one of ${middle.resources}, limit ${GROWTH_LIMIT} ×`,
    },
  ];
  for (const { ok, text } of limits) print(`${ok ? 'ok  ' : 'FAIL'} ${text}`);
  const failed = limits.filter(({ ok }) => !ok).length;
  print(`${limits.length - failed} passed, ${failed} failed`);
  return failed;
}

async function main(): Promise<void> {
  const [load = 0] = loadavg();
  const folder = await mkdtemp(path.join(tmpdir(), 'airlock-bench-synth-'));
  try {
    const sized = async (size: keyof typeof SIZES): Promise<Command> => {
      const site = path.join(folder, size);
      await writeSite(site, SIZES[size]);
      return synth(`site of ${size}`, site, path.join(site, 'cdktf.out'), LARGE_LIMIT);
    };
    const known = examples();
    const [node, empty, small, middle, large, ...ofExamples] = await runAll([
      { name: 'node -e 0', args: [process.execPath, '-e', '0'] },
      { name: 'empty CDKTF app', args: [process.execPath, '-e', EMPTY_APP, path.join(folder, 'empty')] },
      await sized('10'),
      await sized('200'),
      await sized('2,000'),
      ...known.map(({ name, folder: from }) =>
        synth(`example ${name}`, from, path.join(folder, `example-${name}`), EXAMPLE_LIMIT),
      ),
    ]);
    if (!node || !empty || !small || !middle || !large) throw new Error('a command was not run');
    const sizes = [small, middle, large] as const;
    print(resultTable([node, empty, ...sizes, ...ofExamples], empty, small));
    print(
      `best of ${ROUNDS} rounds; net is CPU time beyond the site of 10; peak is the largest process, tree all together`,
    );
    print(
      `load average before: ${load.toFixed(1)} on ${availableParallelism()} cores; more than none makes all slower`,
    );
    if (judge(ofExamples, sizes) > 0) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
