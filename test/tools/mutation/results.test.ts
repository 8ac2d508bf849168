import { digestOf } from '../../../core/digest';
import { type Mutant, parseResults, resultOf, unexplained } from '../../../tools/mutation/results';

const DIGEST = digestOf('a source and its tests');
const mutant = (change: Partial<Mutant> = {}): Mutant => ({
  mutator: 'EqualityOperator',
  status: 'Killed',
  original: 'a < b',
  replacement: 'a <= b',
  ...change,
});

describe('what mutation of a file came to', () => {
  it('counts each mutant once, and those that were noticed as the score', () => {
    const statuses = ['Killed', 'Killed', 'Timeout', 'Survived', 'NoCoverage', 'Killed'];
    const mutants = statuses.map((status) => mutant({ status }));
    expect(resultOf(DIGEST, mutants, undefined)).toMatchObject({
      ...{ digest: DIGEST, mutants: 6, killed: 3, timeout: 1, survived: 1, noCoverage: 1, score: 66.6 },
    });
  });

  it('leaves out mutants that do not run', () => {
    const mutants = ['Killed', 'CompileError', 'RuntimeError', 'Ignored'].map((status) => mutant({ status }));
    expect(resultOf(DIGEST, mutants, undefined)).toMatchObject({ mutants: 1, score: 100, survivors: [] });
  });

  it('is whole only where nothing survived', () => {
    const mutants = [mutant({ status: 'Survived' }), ...Array.from({ length: 9999 }, () => mutant())];
    expect(resultOf(DIGEST, mutants, undefined).score).toBe(99.9);
    expect(resultOf(DIGEST, [], undefined).score).toBe(100);
  });

  it('names the survivors by what they change, however often and wherever, in an order of their own', () => {
    const lived = { status: 'Survived' };
    const block = mutant({ ...lived, mutator: 'BlockStatement', original: '{\n    one();\n  }', replacement: '{}' });
    const moved = { ...block, original: '{\n  one();\n}' };
    const uncovered = mutant({ status: 'NoCoverage', mutator: 'ArrowFunction' });
    const { survivors } = resultOf(DIGEST, [mutant(lived), block, moved, uncovered, mutant()], undefined);
    expect(survivors).toEqual([
      { mutator: 'ArrowFunction', original: 'a < b', replacement: 'a <= b', count: 1 },
      { mutator: 'BlockStatement', original: '{ one(); }', replacement: '{}', count: 2 },
      { mutator: 'EqualityOperator', original: 'a < b', replacement: 'a <= b', count: 1 },
    ]);
  });

  it('tells a long block by how it begins', () => {
    const { survivors } = resultOf(DIGEST, [mutant({ status: 'Survived', original: 'x'.repeat(1000) })], undefined);
    expect(survivors[0]?.original).toBe(`${'x'.repeat(159)}…`);
  });

  it('keeps the reason of a survivor as long as it lives, and of no other', () => {
    const lived = mutant({ status: 'Survived' });
    const first = resultOf(DIGEST, [lived], undefined);
    expect(unexplained(first)).toHaveLength(1);
    const explained = { ...first, survivors: first.survivors.map((one) => ({ ...one, reason: 'both are the same' })) };
    const again = resultOf(DIGEST, [lived, { ...lived, replacement: 'a > b' }], explained);
    expect(again.survivors.map(({ replacement, reason }) => [replacement, reason])).toEqual([
      ['a <= b', 'both are the same'],
      ['a > b', undefined],
    ]);
    expect(unexplained(again).map(({ replacement }) => replacement)).toEqual(['a > b']);
    expect(resultOf(DIGEST, [mutant()], again).survivors).toEqual([]);
  });

  it('is read back as it was written', () => {
    const results = { 'core/a.ts': resultOf(DIGEST, [mutant({ status: 'Survived' })], undefined) };
    expect(parseResults(JSON.stringify(results))).toEqual(results);
  });
});
