import { digestOf } from '../../../core/digest';
import { compare, tableOf } from '../../../tools/mutation/compare';
import { type FileResult, type Mutant, resultOf } from '../../../tools/mutation/results';

const result = (...statuses: string[]): FileResult =>
  resultOf(
    digestOf('a'),
    statuses.map((status): Mutant => ({ mutator: 'M', status, original: 'a', replacement: status })),
    undefined,
  );
const HALF = result('Killed', 'Survived');
const WHOLE = result('Killed', 'Timeout');

describe('two results', () => {
  it('are the same where no score changed', () => {
    expect(compare({ a: HALF }, { a: { ...HALF, digest: digestOf('b') } })).toEqual([]);
  });

  it('tell which file fell, before all else', () => {
    const before = { a: HALF, b: WHOLE, c: HALF, d: HALF };
    const after = { a: WHOLE, b: HALF, c: HALF, e: WHOLE };
    expect(compare(before, after)).toEqual([
      { file: 'b', kind: 'fell', text: 'fell from 100.0 to 50.0' },
      { file: 'a', kind: 'rose', text: 'rose from 50.0 to 100.0' },
      { file: 'd', kind: 'gone', text: 'gone, was 50.0' },
      { file: 'e', kind: 'new', text: 'new, 100.0' },
    ]);
  });
});

it('a table has a line for each file: its score, and what is behind it', () => {
  const explained = { ...HALF, survivors: HALF.survivors.map((survivor) => ({ ...survivor, reason: 'equal' })) };
  expect(tableOf({ 'core/a.ts': WHOLE, 'b.ts': HALF, 'c.ts': explained, 'd.ts': result('NoCoverage') })).toEqual([
    'core/a.ts  100.0  2 mutants, 1 killed, 1 timed out',
    'b.ts        50.0  2 mutants, 1 killed, 1 survived, 1 unexplained',
    'c.ts        50.0  2 mutants, 1 killed, 1 survived',
    'd.ts         0.0  1 mutants, 0 killed, 1 not covered, 1 unexplained',
  ]);
});
