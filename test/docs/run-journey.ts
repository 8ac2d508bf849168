/** Runs the commands of a page as they are pasted, one after the other, in one shell. */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Journey } from './journeys';
import { ROOT } from './page';

export interface Ran {
  readonly statement: string;
  readonly code: number;
  readonly output: string;
}

/** Where journeys happen. */
export interface Places {
  /** A folder for each journey. */
  readonly folder: string;
  /** `airlock`, `npx airlock` and `node`, and nothing else that could reach out. */
  readonly programs: string;
  /** The built `airlock.mjs`. */
  readonly airlockMjs: string;
}

/** What a journey may not start here, as a program that says so. */
const ABSENT = ['kubectl', 'helm', 'terraform', 'tofu', 'docker', 'npm', 'cdktf'];
const ABSENT_CODE = 97;

/** Writes the programs that journeys start. */
export function writePrograms(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const program = (name: string, ...lines: string[]): void =>
    writeFileSync(path.join(folder, name), ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o755 });
  program('airlock', 'exec node "$AIRLOCK_MJS" "$@"');
  program(
    'npx',
    `[ "$1" = airlock ] || { echo "npx $1 is not run here" >&2; exit ${String(ABSENT_CODE)}; }`,
    'shift',
    'exec airlock "$@"',
  );
  for (const name of ABSENT) program(name, `echo "${name} is not run here" >&2; exit ${String(ABSENT_CODE)}`);
}

const folderOf = (places: Places, page: string): string => path.join(places.folder, page.replaceAll('/', '_'));

/** @returns the folder in which the reader stands */
function prepared(places: Places, { page, from }: Journey): string {
  const folder = folderOf(places, page);
  if (from === undefined) mkdirSync(path.join(folder, 'here'), { recursive: true });
  else if ('example' in from)
    cpSync(path.join(ROOT, 'examples', from.example), path.join(folder, 'here'), { recursive: true });
  else cpSync(path.join(folderOf(places, from.journey), 'here'), path.join(folder, 'here'), { recursive: true });
  return path.join(folder, 'here', ...(from !== undefined && 'journey' in from ? [from.folder] : []));
}

/** What begins like a statement. */
export function startingLike<T>(given: Readonly<Record<string, T>> | undefined, statement: string): T | undefined {
  const start = Object.keys(given ?? {}).find((one) => statement.startsWith(one));
  return start === undefined ? undefined : given?.[start];
}

/** A statement with what its words mean here. */
const meant = ({ values = {} }: Journey, statement: string): string =>
  Object.entries(values).reduce((text, [word, value]) => text.replaceAll(word, value), statement);

/** Waits until a program has said that it serves, and ends it; fails when it ends by itself or says nothing for half a minute. */
const served = (statement: string, sign: string, output: string): string => `${statement.replace(/#.*$/, '')} &
for try in $(seq 300); do
  if grep -qF '${sign}' '${output}' || ! kill -0 $!; then break; fi
  sleep 0.1
done
grep -qF '${sign}' '${output}' && kill $! && wait $!`;

/** The script of a journey: each statement prints into a file of its own, and its exit code into another. */
function scriptOf(journey: Journey, statements: readonly string[], logs: string): string {
  const step = (name: string, text: string, code: number): string =>
    [
      `exec >'${logs}/${name}' 2>&1`,
      text,
      'code=$?',
      `echo "$code" >'${logs}/${name}.code'`,
      `[ $code = ${String(code)} ] || exit 1`,
    ].join('\n');
  const lines = statements.flatMap((statement, at) => {
    const sign = startingLike(journey.serves, statement);
    const text = meant(journey, statement);
    const run = sign === undefined ? text : served(text, sign, `${logs}/${String(at)}`);
    const then = startingLike(journey.then, statement);
    const skipped = startingLike(journey.skips, statement) !== undefined;
    return [
      ...(skipped ? [] : [step(String(at), run, startingLike(journey.exits, statement) ?? 0)]),
      ...(then === undefined ? [] : [step(`${String(at)}-then`, then, 0)]),
    ];
  });
  return [step('before', (journey.before ?? [':']).join(' && \\\n'), 0), ...lines].join('\n');
}

/**
 * Runs a journey to its end, or to the first statement that ends otherwise than the page says.
 *
 * @param statements of the page, in its order
 * @param environment beside that of a reader who has nothing set
 * @returns what ran, with what the reader does in between
 */
export async function runJourney(
  places: Places,
  journey: Journey,
  statements: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<readonly Ran[]> {
  const here = prepared(places, journey);
  const logs = path.join(folderOf(places, journey.page), 'logs');
  mkdirSync(logs);
  const script = path.join(logs, 'script');
  writeFileSync(script, scriptOf(journey, statements, logs));
  const env = {
    PATH: `${places.programs}${path.delimiter}${path.dirname(process.execPath)}${path.delimiter}/usr/bin${path.delimiter}/bin`,
    HOME: path.join(logs, 'no-home'),
    LANG: 'C.UTF-8',
    ROOT,
    AIRLOCK_MJS: places.airlockMjs,
    ...environment,
  };
  await new Promise((resolve) => spawn('bash', [script], { cwd: here, env, stdio: 'ignore' }).on('close', resolve));
  const ran = (name: string, statement: string): Ran[] => {
    const read = (file: string): string | undefined => {
      try {
        return readFileSync(path.join(logs, file), 'utf8');
      } catch {
        return undefined;
      }
    };
    const output = read(name);
    if (output === undefined) return [];
    // A statement that ended the shell has left no code.
    return [{ statement, code: Number(read(`${name}.code`) ?? -1), output }];
  };
  return [
    ...ran('before', 'before'),
    ...statements.flatMap((statement, at) => [
      ...ran(String(at), statement),
      ...ran(`${String(at)}-then`, `after ${statement}`),
    ]),
  ];
}
