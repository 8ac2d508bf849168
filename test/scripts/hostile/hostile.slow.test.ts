/** No command prints what a stranger wrote as it is, and no stranger makes a line of ours. */
import fc from 'fast-check';
import { AirlockError } from '../../../core/errors';
import type { Page } from '../../../core/page';
import { errorLines } from '../../../scripts/ui/error-text';
import { phrases } from '../../../scripts/ui/grammar';
import { laidOut } from '../../../scripts/ui/layout';
import { COMMANDS } from '../support/commands';
import { nameOf, stringsOf, withStrings } from './leaves';
import { type Run, RUNS } from './runs';
import { screenOf } from './screen';
import { hostileText, RAW } from './strings';

/** Columns; undefined where output is no terminal. */
const WIDTHS = [undefined, 80, 100, 120];
/** Rounds for each page; each puts another string into every place of its sample. */
const ROUNDS = 12;

/** What a line is: our own word at its begin. Lines of tables and what stands further in are none. */
const KIND =
  /^(?:PASS|FAIL|OK|WARN|REFUSED|ACCEPTED|VIOLATED|UNPROVEN|WAIVED|PROVEN|intact|imported|already imported|same|differs|no drift|unknown|note|warning|error|fix|next|done|not sealed|sealed|mended|problem|from|to|key|cause|\$)\b/;
const kindsOf = (lines: readonly string[]): string[] => lines.flatMap((line) => KIND.exec(line)?.[0] ?? []);

/** What stands further in belongs to the line above it. */
const lastKind = (lines: readonly string[]): string | undefined =>
  KIND.exec(lines.findLast((line) => !/^\s/.test(line)) ?? '')?.[0];

/** Every verb of the table, and nouns that are one. */
const commands = phrases(COMMANDS).filter((phrase) => {
  const { verbs, alone } = COMMANDS[phrase] ?? {};
  return verbs === undefined || alone === true;
});

let used = 0;

interface Trial {
  readonly plain: Page;
  readonly hostile: Page;
}

/** The page of a sample as it is, and with a hostile string in each place. */
function trial({ sample, page, ours, typed }: Run, texts: readonly string[]): Trial {
  const render = page as (from: unknown) => Page;
  // A text alone becomes one in an object, so that it has a place.
  const whole = { sample };
  const inner = stringsOf(sample);
  const places = inner.filter((one) => ours?.test(nameOf(one)) !== true).map((one) => ['sample', ...one]);
  used += places.length;
  const changed = withStrings(whole, places, (before, at) => {
    const text = texts[at % texts.length] ?? '';
    return typed?.test(nameOf(places[at]!.slice(1)) || 'text') === true ? `${before}${text}` : text;
  });
  return { plain: render(sample), hostile: render(changed.sample) };
}

function expectUnforged({ plain, hostile }: Trial): void {
  const [expected, found] = [plain, hostile].map((page) => laidOut(page).split('\n'));
  expect(found!.filter((line) => RAW.test(line))).toEqual([]);
  expect(found!.length).toBe(expected!.length);
  for (const width of WIDTHS) {
    const [before, now] = [plain, hostile].map((page) => laidOut(page, width).split('\n'));
    expect(now!.filter((line) => RAW.test(line))).toEqual([]);
    expect(kindsOf(now!)).toEqual(kindsOf(before!));
    expect(lastKind(now!)).toBe(lastKind(before!));
  }
}

const texts = fc.array(hostileText, { minLength: 8, maxLength: 24 });

it('every command is here', () => {
  expect(Object.keys(RUNS).sort()).toEqual([...commands].sort());
});

describe.each(Object.entries(RUNS))('airlock %s', (_, runs) => {
  it('shows hostile strings in every field as their codes, and none of them makes a line', () => {
    for (const one of runs)
      fc.assert(
        fc.property(texts, (all) => expectUnforged(trial(one, all))),
        { numRuns: ROUNDS, endOnFailure: true },
      );
  });

  it('shows the same on a terminal of 80, 100 and 120 columns', async () => {
    const [all] = fc.sample(texts, { numRuns: 1, seed: 7 });
    for (const one of runs)
      for (const width of [80, 100, 120]) {
        const { plain, hostile } = trial(one, all!);
        const rows = await screenOf(laidOut(hostile, width), width);
        expect(kindsOf(rows.map(({ text }) => text))).toEqual(kindsOf(laidOut(plain, width).split('\n')));
      }
  });
});

it('an error shows what it quotes, a line for each thing that it says', () => {
  fc.assert(
    fc.property(texts, ([what = '', item = '', file = '', path = '', message = '', fix = '', cause = '']) => {
      const faults = [{ file, line: 1, column: 2, path, message, fix }];
      const error = new AirlockError('BUNDLE_DAMAGED', what, {
        fix,
        faults,
        items: [item, item],
        cause: new Error(cause),
      });
      const lines = errorLines(error, false);
      expect(lines.filter((line) => RAW.test(line))).toEqual([]);
      expect(kindsOf(lines)).toEqual(['error', 'fix']);
      expect(lines.length).toBe(6);
      const all = errorLines(error, true);
      expect(all.filter((line) => RAW.test(line))).toEqual([]);
      expect(kindsOf(all)).toEqual(['error', 'fix', 'cause']);
    }),
  );
});

it('two thousand strings were tried', () => {
  expect(used).toBeGreaterThan(2000);
});
