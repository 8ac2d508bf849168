/**
 * `npm run bench:synth`: how long `npm run synth` takes and how much memory, for every example and for sites of about
 * 10, 200 and 2,000 Terraform resources, as ratios of an empty CDKTF app in the same run.
 *
 * Each time is the best of several runs: whatever else the machine does only adds. Limits: 3 s for an example, 6 s for
 * 2,000 resources, and growth close to linear: no resource of the largest site may cost 1.5 times one of the middle site.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Table from 'cli-table3';
import { examples, readPlans, ROOT, SITE_FILES } from '../tools/examples.js';
import { addressesOf } from '../tools/upgrade/addresses.js';
import { type Measured, measure } from './measure.mjs';
import { writeSite } from './synth-site.mjs';

const MEBIBYTE = 1024 ** 2;
const RUNS = 3;
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

/** The fastest run, with the largest memory of any. */
async function best(name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Step> {
  const [command = '', ...rest] = args;
  const runs: Measured[] = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await measure(command, rest, { cwd: ROOT, env }));
  const largest = (of: (run: Measured) => number): number => Math.max(...runs.map(of));
  return {
    name,
    resources: 0,
    seconds: Math.min(...runs.map(({ seconds }) => seconds)),
    peakMemory: largest(({ peakMemory }) => peakMemory),
    treeMemory: largest(({ treeMemory }) => treeMemory),
    peakDisk: 0,
  };
}

/** `npm run synth` of the site in a folder. */
async function synth(name: string, folder: string, outdir: string): Promise<Step> {
  const step = await best(name, ['npm', 'run', '--silent', 'synth'], {
    AIRLOCK_SITE: path.join(folder, SITE_FILES.site),
    AIRLOCK_ENCLAVE: path.join(folder, SITE_FILES.enclave),
    AIRLOCK_LOCK: path.join(folder, SITE_FILES.lock),
    CDKTF_OUTDIR: outdir,
  });
  const resources = [...readPlans(outdir).values()].flatMap(addressesOf).length;
  print(`${name}: ${resources} resources in ${step.seconds.toFixed(2)} s`);
  return { ...step, resources };
}

/** Seconds per resource beyond what the smallest site takes. */
const netSeconds = (step: Step, smallest: Step): number =>
  (step.seconds - smallest.seconds) / (step.resources - smallest.resources);

function resultTable(steps: readonly Step[], empty: Step, smallest: Step): string {
  const head = ['what', 'resources', 's', '× empty app', 'net ms per resource', 'peak MiB', 'all processes MiB'];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const step of steps) {
    const grows = step.resources > 2 * smallest.resources;
    table.push([
      step.name,
      step.resources === 0 ? '' : String(step.resources),
      step.seconds.toFixed(2),
      (step.seconds / empty.seconds).toFixed(2),
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
  const folder = await mkdtemp(path.join(tmpdir(), 'airlock-bench-synth-'));
  try {
    const node = await best('node -e 0', [process.execPath, '-e', '0']);
    const empty = await best('empty CDKTF app', [process.execPath, '-e', EMPTY_APP, path.join(folder, 'empty')]);
    const sized = async (size: keyof typeof SIZES): Promise<Step> => {
      const site = path.join(folder, size);
      await writeSite(site, SIZES[size]);
      return synth(`site of ${size}`, site, path.join(site, 'cdktf.out'));
    };
    const sizes = [await sized('10'), await sized('200'), await sized('2,000')] as const;
    const ofExamples: Step[] = [];
    for (const { name, folder: from } of examples()) {
      ofExamples.push(await synth(`example ${name}`, from, path.join(folder, name)));
    }
    print(resultTable([node, empty, ...sizes, ...ofExamples], empty, sizes[0]));
    print(
      `best of ${RUNS} runs of \`npm run synth\`; peak is the largest process, in both columns the high-water mark`,
    );
    if (judge(ofExamples, sizes) > 0) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
