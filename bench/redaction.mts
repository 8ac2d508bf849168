/**
 * `npm run bench:redaction [-- --each 100]`: precision and recall of the redaction packs on a labelled corpus, whose values
 * python-stdnum verifies; what the engines of the gateways and the collector find, which must be the same; and their time on
 * hostile texts, which must grow as the text does.
 *
 * Ends with 1 when a value is not redacted in a promised form, engines differ, the corpus is wrong, or time is not linear.
 */
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { REDACTION_PACKS, type RedactionPattern } from '../catalog/redaction/index.js';
import { type Corpus, makeCorpus } from '../test/catalog/redaction/corpus/corpus.js';
import { type Measurement, measurePattern } from '../test/catalog/redaction/corpus/measure.js';
import {
  askWitness,
  ENGINES,
  isInstalled,
  type Job,
  type Outcome,
  type Slowest,
  type Witness,
} from './redaction/engines.mjs';

const SEED = 20261126;
/** Characters of the first hostile text, and seconds that it must take to be measured. */
const SIZE = 16_384;
const LEAST = 0.004;
/** A text so many times as long may take at most so many times as long; in quadratic time it would be 16. */
const TIMES = 4;
const RATIO_LIMIT = 8;
/** What the shared syntax refuses: quadratic where an engine goes back, so that the measurement can fail. */
const CONTROL = { patterns: ['[a-z]+@'], units: [['a']], size: 4096, texts: [] };

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const percent = (share: number | undefined): string => (share === undefined ? '' : `${(100 * share).toFixed(1)} %`);
const table = (head: string[], rows: readonly (readonly string[])[]): string => {
  const made = new Table({ head, style: { head: [], border: [], compact: true } });
  made.push(...rows.map((row) => [...row]));
  return made.toString();
};

interface Verdict {
  readonly ok: boolean;
  readonly text: string;
}

const PATTERNS: readonly RedactionPattern[] = Object.values(REDACTION_PACKS).flatMap((pack) => pack.patterns);

const rowOf = (name: string, { recall, promised, precision, mistaken, trapped, wrongTaken }: Measurement): string[] => [
  name,
  percent(recall.printed),
  percent(recall.labelled),
  percent(recall.bare),
  percent(promised),
  percent(precision),
  String(mistaken.length),
  String(trapped.length),
  percent(wrongTaken),
];

/** A pack as if it were one pattern. */
function packRow(name: string, parts: readonly Measurement[]): string[] {
  const sum = (of: (each: Measurement) => number): number => parts.reduce((total, each) => total + of(each), 0);
  const [found, planted] = [sum((each) => each.found), sum((each) => each.planted)];
  const mistaken = new Set(parts.flatMap((each) => each.mistaken)).size;
  const trapped = new Set(parts.flatMap((each) => each.trapped)).size;
  return [name, percent(found / planted), percent(found / (found + mistaken)), String(mistaken), String(trapped)];
}

function measurePacks(corpus: Corpus): Verdict {
  const measured = new Map(PATTERNS.map((pattern) => [pattern.name, measurePattern(pattern, corpus)]));
  const traps = `traps of ${corpus.traps.length}`;
  const everyday = `mistaken of ${corpus.everyday.length}`;
  const head = ['pattern', 'printed', 'labelled', 'bare', 'recall', 'precision', everyday, traps, 'wrong digit taken'];
  print(
    table(
      head,
      [...measured].map(([name, each]) => rowOf(name, each)),
    ),
  );
  const packs = Object.entries(REDACTION_PACKS).map(([name, { patterns }]) =>
    packRow(
      name,
      patterns.flatMap((pattern) => measured.get(pattern.name) ?? []),
    ),
  );
  print(table(['pack', 'recall', 'precision', everyday, traps], packs));
  const missed = [...measured.values()].filter(({ promised }) => promised < 1).map(({ pattern }) => pattern);
  return { ok: missed.length === 0, text: `values not redacted in a promised form: ${missed.join(', ') || 'none'}` };
}

/** Whether the corpus is what it says, by those who did not make it; and telephone numbers that they wrote. */
function judgeCorpus({ planted, wrong }: Corpus, { valid, version }: Witness): Verdict {
  const all = [...planted.map((each) => ({ ...each, good: true })), ...wrong.map((each) => ({ ...each, good: false }))];
  const known = all.filter((_, at) => valid[at] !== null);
  const differing = all.filter(({ good }, at) => valid[at] !== null && valid[at] !== good);
  const kinds = new Set(known.map(({ kind }) => kind)).size;
  for (const { kind, value, good } of differing.slice(0, 5)) print(`${kind} ${value}: ${good ? 'invalid' : 'valid'}`);
  return {
    ok: differing.length === 0,
    text: `${version}: ${known.length - differing.length} of ${known.length} values of ${kinds} kinds are as the corpus says`,
  };
}

function measureTelephones({ telephones }: Witness): void {
  const expressions = REDACTION_PACKS.contact.patterns.map(({ pattern }) => new RegExp(pattern, 'gu'));
  const isGone = (text: string): boolean =>
    !/[0-9]/.test(expressions.reduce((left, expression) => left.replace(expression, ''), text));
  const rows = [
    ['E164', ''],
    ['international', ''],
    ['national', ''],
    ['national', 'Tel. '],
  ].map(([form = '', before = '']) => {
    const mine = telephones.filter((each) => each.form === form);
    const found = mine.filter(({ text }) => isGone(`${before}${text}`));
    return [`${before}${form}`, String(mine.length), percent(found.length / mine.length)];
  });
  print(table(['telephone numbers as libphonenumber writes them', 'numbers', 'redacted in full'], rows));
}

/** Texts that may make an engine go back: near misses of the pattern, and runs that many of them begin with. */
function hostileUnits({ matches }: RedactionPattern): string[] {
  const runs = ['a', '1', '0', ' ', '1 ', '0.', 'a.', 'a@', 'a@a.', '1:', '::', '\\n', 'é', '1-', '4 ', 'ab1'];
  const near = matches.flatMap((text) => [
    text,
    text.slice(0, -1),
    text.slice(1),
    text.slice(0, text.length >> 1),
    `${text}9`,
  ]);
  return [...runs, ...near].filter((unit) => unit !== '');
}

/** How many searches find something else than the first engine does. */
function differences(first: Outcome, other: Outcome): number {
  return first.matches.flatMap((texts, pattern) =>
    texts.filter((found, text) => JSON.stringify(found) !== JSON.stringify(other.matches[pattern]?.[text])),
  ).length;
}

const greatest = (slowest: readonly Slowest[], of: (each: Slowest) => number): Slowest | undefined =>
  [...slowest].sort((a, b) => of(b) - of(a))[0];

/** What a site in one country takes. */
const SITE: readonly RedactionPattern[] = [
  REDACTION_PACKS.contact,
  REDACTION_PACKS.payment,
  REDACTION_PACKS.de,
].flatMap(({ patterns }) => patterns);

/** Times are microseconds for each character: `contact`, `payment` and `de` together, and all packs. */
const ENGINE_HEAD = [
  'engine',
  'everyday text: 3 packs',
  'all',
  'hostile text: all',
  'slowest',
  'ratio, mean',
  'most',
  'control',
];

function engineRow(of: string, { version, slowest }: Outcome, ordinary: Outcome, control: Outcome): string[] {
  const worst = greatest(slowest, ({ nanoseconds }) => nanoseconds);
  const together = (each: readonly Slowest[], patterns = PATTERNS): string => {
    const counted = each.filter((_, at) => patterns.some((pattern) => pattern === PATTERNS[at]));
    return (counted.reduce((sum, { nanoseconds }) => sum + nanoseconds, 0) / 1000).toFixed(2);
  };
  return [
    `${version} (${of})`,
    together(ordinary.slowest, SITE),
    together(ordinary.slowest),
    together(slowest),
    worst === undefined ? '' : `${PATTERNS[slowest.indexOf(worst)]?.name} ${(worst.nanoseconds / 1000).toFixed(2)}`,
    (slowest.reduce((sum, { ratio }) => sum + ratio, 0) / slowest.length).toFixed(2),
    greatest(slowest, ({ ratio }) => ratio)?.ratio.toFixed(2) ?? '',
    control.slowest[0]?.ratio.toFixed(2) ?? '',
  ];
}

async function runEngines(corpus: Corpus): Promise<Verdict[]> {
  const job: Job = {
    patterns: PATTERNS.map(({ pattern }) => pattern),
    texts: [...corpus.planted.map(({ text }) => text), ...corpus.everyday, ...corpus.traps],
    units: PATTERNS.map(hostileUnits),
    size: SIZE,
    times: TIMES,
    least: LEAST,
    limit: RATIO_LIMIT,
    ignoreCase: true,
  };
  const [verdicts, rows]: [Verdict[], string[][]] = [[], []];
  let first: Outcome | undefined;
  for (const { name, of, needs, goesBack, answer } of ENGINES) {
    if (!(await isInstalled(needs))) {
      print(`SKIPPED: ${needs} is not installed, so ${name} is not measured`);
      continue;
    }
    const outcome = await answer(job);
    const control = await answer({ ...job, ...CONTROL });
    const ordinary = await answer({ ...job, texts: [], units: PATTERNS.map(() => [corpus.everyday.join('\n')]) });
    rows.push(engineRow(of, outcome, ordinary, control));
    const most = greatest(outcome.slowest, ({ ratio }) => ratio)?.ratio ?? Infinity;
    verdicts.push({
      ok: most < RATIO_LIMIT,
      text: `${name}: ${TIMES} times the hostile text takes at most ${most.toFixed(2)} times as long, limit ${RATIO_LIMIT}`,
    });
    if (goesBack) {
      const ratio = control.slowest[0]?.ratio ?? 0;
      verdicts.push({
        ok: ratio > RATIO_LIMIT,
        text: `${name}: ${ratio.toFixed(2)} times for a pattern without a limit`,
      });
    }
    if (first !== undefined) {
      const searches = job.texts.length * job.patterns.length;
      const differing = differences(first, outcome);
      verdicts.push({ ok: differing === 0, text: `${name} and V8 differ in ${differing} of ${searches} searches` });
    }
    first ??= outcome;
  }
  print(table(ENGINE_HEAD, rows));
  return verdicts;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { each: { type: 'string', default: '100' } } });
  const corpus = makeCorpus(SEED, Number(values.each));
  print(
    `seed ${SEED}: ${corpus.planted.length} planted values, ${corpus.wrong.length} with a wrong check digit, ` +
      `${corpus.everyday.length} everyday texts, ${corpus.traps.length} traps`,
  );
  const verdicts = [measurePacks(corpus)];
  if (await isInstalled('python3')) {
    const witness = await askWitness([...corpus.planted, ...corpus.wrong].map(({ kind, value }) => ({ kind, value })));
    verdicts.push(judgeCorpus(corpus, witness));
    measureTelephones(witness);
  } else print('SKIPPED: python3 is not installed, so nothing verifies the corpus');
  verdicts.push(...(await runEngines(makeCorpus(SEED, Math.min(40, Number(values.each))))));
  for (const { ok, text } of verdicts) print(`${ok ? 'ok  ' : 'FAIL'} ${text}`);
  const failed = verdicts.filter(({ ok }) => !ok).length;
  print(`${verdicts.length - failed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

await main();
