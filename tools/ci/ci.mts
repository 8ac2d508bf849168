/**
 * `npm run ci [-- TIER …]`: the slow tiers, each only where something that it depends on has changed since it last passed here.
 * `npm run ci:all [-- TIER …]`: whatever has passed before.
 *
 * A tier runs in a folder with its inputs alone. What fails is run once more before it is believed, and that is said. Ends with
 * status 1 when a tier failed, 2 for a name that no tier has, or an option that does not exist.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CACHE, ROOT } from '../../test/harness/paths.mjs';
import { CUT_SECONDS, decide } from './decide.js';
import { contentsOf, fingerprintOf, machineOf } from './fingerprint.js';
import { checkoutFiles, inputsOf } from './inputs.js';
import { readPassed, writePassed } from './passed.js';
import { OUT_OF_TIME, runToStatus, STOPPED } from './run-to-status.js';
import { Sandbox } from './sandbox.js';
import { type Tier, TIERS } from './tiers.js';

const PASSED = path.join(CACHE, 'passed');
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const began = performance.now();
const seconds = (since: number): number => Math.round((performance.now() - since) / 1000);

const NAMES = TIERS.map(({ name }) => name).join(', ');
const USAGE = `npm run ci [-- TIER …]       each tier whose inputs changed since it last passed here
npm run ci:all [-- TIER …]   whatever has passed before
npm run ci -- --dry-run      what would run, and about how long
tiers: ${NAMES}`;

/** The command line; undefined, and it is said how to write it, where it has an option that does not exist. */
function commandLine() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        all: { type: 'boolean', default: false },
        'dry-run': { type: 'boolean', default: false },
        elapsed: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    print(`error: ${error instanceof Error ? error.message.split('.')[0] : String(error)}\n${USAGE}`);
    return undefined;
  }
}

const line = commandLine();
const values = line?.values ?? { all: false, 'dry-run': false, help: false };
const named = line?.positionals ?? [];
/** Seconds since CI began; undefined for a person, whom nobody hurries. */
const elapsed = (): number | undefined =>
  values.elapsed === undefined ? undefined : Number(values.elapsed) + seconds(began);

/** Runs a tier in its folder. @returns its exit status; 124 where it was ended for want of time */
async function runOnce(tier: Tier, cwd: string): Promise<number> {
  print(`\n=== npm run ${tier.name}`);
  const since = performance.now();
  const now = elapsed();
  const status = await runToStatus('npm', ['run', tier.name], {
    cwd,
    env: { ...process.env, AIRLOCK_KEEP_CACHE: CACHE, CHECKPOINT_DISABLE: '1' },
    ...(now === undefined ? {} : { limitSeconds: Math.max(0, CUT_SECONDS - now) }),
  });
  print(`=== ended with ${status} after ${seconds(since)} s: npm run ${tier.name}`);
  return status;
}

type Outcome =
  | 'passed'
  | 'passed only the second time'
  | 'unchanged since it last passed here'
  | 'left out for want of time'
  | 'would run'
  | 'stopped'
  | 'FAILED';

async function runTier(tier: Tier, sandbox: () => Sandbox, inputs: readonly string[]): Promise<Outcome> {
  const contents = contentsOf(ROOT, inputs);
  const fingerprint = (): string => fingerprintOf(tier, contents, machineOf(tier, ROOT, inputs));
  const passed = readPassed(PASSED, tier.name);
  const now = elapsed();
  const decision = decide(tier, {
    all: values.all,
    fingerprint: fingerprint(),
    ...(passed === undefined ? {} : { passed }),
    ...(now === undefined ? {} : { elapsed: now }),
  });
  if (!decision.run) {
    const outcome = decision.because === 'time' ? 'left out for want of time' : 'unchanged since it last passed here';
    print(`\n=== SKIPPED, ${outcome}: npm run ${tier.name} (${inputs.length} inputs)`);
    return outcome;
  }
  if (values['dry-run']) {
    print(`would run, about ${passed?.seconds ?? tier.coldSeconds} s: npm run ${tier.name} (${inputs.length} inputs)`);
    return 'would run';
  }
  for (const again of [false, true]) {
    if (again) print(`\n=== FAILED, once more: npm run ${tier.name}`);
    const since = performance.now();
    const status = await runOnce(tier, sandbox().fill(inputs));
    if (status === 0) {
      // The machine is looked at anew, since what the tier needs may have been installed on the way; files are not.
      writePassed(PASSED, tier.name, { fingerprint: fingerprint(), seconds: seconds(since) });
      return again ? 'passed only the second time' : 'passed';
    }
    if (STOPPED.includes(status)) return 'stopped';
    if (status === OUT_OF_TIME) break;
  }
  return 'FAILED';
}

async function runAll(tiers: readonly Tier[]): Promise<void> {
  const inputs = await inputsOf(tiers, ROOT, checkoutFiles(ROOT));
  const outcomes = new Map<string, Outcome>();
  let made: Sandbox | undefined;
  try {
    for (const tier of tiers) {
      const outcome = await runTier(tier, () => (made ??= new Sandbox(ROOT)), inputs.get(tier.name) ?? []);
      outcomes.set(tier.name, outcome);
      if (outcome === 'stopped') break;
    }
  } finally {
    made?.remove();
  }
  print('');
  for (const [name, outcome] of outcomes) print(`=== ${name}: ${outcome}`);
  if ([...outcomes.values()].some((outcome) => outcome === 'FAILED' || outcome === 'stopped')) process.exitCode = 1;
}

const unknown = named.filter((name) => TIERS.every((tier) => tier.name !== name));
if (line === undefined) process.exitCode = 2;
else if (values.help) print(USAGE);
else if (unknown.length > 0) {
  print(`no tier "${unknown.join(', ')}"; there are: ${NAMES}`);
  process.exitCode = 2;
} else {
  await runAll(named.length === 0 ? TIERS : TIERS.filter(({ name }) => named.includes(name)));
}
