/** The engines that read redaction patterns: each finds the same, or the patterns are not shared. */
import { cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { CACHE, ROOT } from '../../test/harness/paths.mjs';
import { mustRun, run } from '../../test/harness/processes.mjs';

const HERE = path.join(ROOT, 'bench/redaction');
const FOLDER = path.join(CACHE, 'redaction');
const LONG = { timeoutMs: 600_000 };

export interface Job {
  readonly patterns: readonly string[];
  readonly texts: readonly string[];
  /** For each pattern the texts that, repeated, may be slow. */
  readonly units: readonly (readonly string[])[];
  /** Characters of the first try; doubled until matching takes `least` seconds. */
  readonly size: number;
  readonly least: number;
  /** How many times longer the text is whose time is compared. */
  readonly times: number;
  /** Ratio from which on a measurement is not believed before it has been repeated often. */
  readonly limit: number;
  /** Python only, as LiteLLM has it. */
  readonly ignoreCase: boolean;
}

export interface Slowest {
  readonly unit: string;
  /** For each character of the repeated unit. */
  readonly nanoseconds: number;
  /** Time of the longer text to time of the text. */
  readonly ratio: number;
}

export interface Outcome {
  readonly version: string;
  /** By pattern and text. */
  readonly matches: readonly (readonly (readonly string[])[])[];
  readonly slowest: readonly Slowest[];
}

/** In turn, and the best of each: a busy machine only ever makes one dearer. More rounds while the ratio is too high. */
const [ROUNDS, ROUNDS_AT_MOST] = [5, 50];

/** Of this process: what else a busy machine does is not counted. */
function seconds(expression: RegExp, text: string): number {
  const began = process.cpuUsage();
  expression.lastIndex = 0;
  while (expression.test(text)); // goes on from the last match, and keeps none
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1e6;
}

const fill = (unit: string, size: number): string => unit.repeat(Math.floor(size / unit.length) + 1);

function slowestInV8(
  expression: RegExp,
  units: readonly string[],
  { size, least, limit, times: manifold }: Job,
): Slowest {
  const times = units.map((each) => [seconds(expression, fill(each, size)), each] as const);
  const unit = times.reduce((slow, each) => (each[0] > slow[0] ? each : slow))[1];
  let length = size;
  while (seconds(expression, fill(unit, length)) < least) length *= 2;
  const text = fill(unit, length);
  const longer = text.repeat(manifold);
  let [once, more] = [Infinity, Infinity];
  for (let round = 0; round < ROUNDS || (round < ROUNDS_AT_MOST && more / once >= limit); round += 1) {
    once = Math.min(once, seconds(expression, text));
    more = Math.min(more, seconds(expression, longer));
  }
  return { unit, nanoseconds: (1e9 * once) / text.length, ratio: more / once };
}

function v8(job: Job): Outcome {
  const expressions = job.patterns.map((pattern) => new RegExp(pattern, 'gu'));
  return {
    version: `V8 ${process.versions.v8}`,
    matches: expressions.map((expression) => job.texts.map((text) => text.match(expression) ?? [])),
    slowest: expressions.map((expression, at) => slowestInV8(expression, job.units[at] ?? [], job)),
  };
}

const answer = async (command: string, args: readonly string[], input: unknown): Promise<unknown> =>
  JSON.parse((await mustRun(command, args, { ...LONG, input: JSON.stringify(input) })).stdout);

async function go(job: Job): Promise<Outcome> {
  const program = path.join(FOLDER, 'match-go');
  await mustRun('go', ['build', '-o', program, path.join(HERE, 'match.go')], LONG);
  return (await answer(program, [], job)) as Outcome;
}

async function rust(job: Job): Promise<Outcome> {
  const sources = path.join(FOLDER, 'rust');
  await cp(path.join(HERE, 'rust'), sources, { recursive: true });
  await mustRun('cargo', ['build', '--release', '--quiet'], { ...LONG, cwd: sources });
  return (await answer(path.join(sources, 'target/release/match'), [], job)) as Outcome;
}

const python = async (job: Job): Promise<Outcome> =>
  (await answer('python3', [path.join(HERE, 'match.py')], job)) as Outcome;

export interface Engine {
  readonly name: string;
  /** Who compiles patterns with it. */
  readonly of: string;
  readonly needs: string;
  /** Whether it goes back when it fails, so that a pattern without limits takes quadratic time. */
  readonly goesBack: boolean;
  readonly answer: (job: Job) => Outcome | Promise<Outcome>;
}

export const ENGINES: readonly Engine[] = [
  { name: 'V8', of: 'unit tests', needs: 'node', goesBack: true, answer: v8 },
  { name: 'Go regexp', of: 'OpenTelemetry Collector', needs: 'go', goesBack: false, answer: go },
  { name: 'Rust regex', of: 'agentgateway', needs: 'cargo', goesBack: false, answer: rust },
  { name: 'Python re', of: 'LiteLLM', needs: 'python3', goesBack: true, answer: python },
];

export async function isInstalled(program: string): Promise<boolean> {
  await mkdir(FOLDER, { recursive: true });
  const asked = await run(program, [program === 'go' ? 'version' : '--version']).catch(() => undefined);
  return asked?.code === 0;
}

export interface Witness {
  readonly version: string;
  /** Undefined where it does not know the kind. */
  readonly valid: readonly (boolean | null)[];
  readonly telephones: readonly { readonly region: string; readonly form: string; readonly text: string }[];
}

/** Libraries of others, in a virtual environment. */
export async function askWitness(
  values: readonly { readonly kind: string; readonly value: string }[],
): Promise<Witness> {
  const venv = path.join(FOLDER, 'venv');
  await mustRun('python3', ['-m', 'venv', venv], LONG);
  const pip = ['-m', 'pip', '--disable-pip-version-check', '--quiet', 'install'];
  await mustRun(path.join(venv, 'bin/python'), [...pip, '-r', path.join(HERE, 'requirements.txt')], LONG);
  return (await answer(path.join(venv, 'bin/python'), [path.join(HERE, 'witness.py')], values)) as Witness;
}
