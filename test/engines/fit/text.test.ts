import type { Table } from '../../../core/page';
import type { Estimate } from '../../../engines/fit/estimate';
import type { Fit } from '../../../engines/fit/fit';
import { type FitAnswer, fitPage } from '../../../engines/fit/text';

const estimate = (needGiB: number, haveGiB: number): Estimate => ({
  ...{ weightsGiB: 16.04, overheadGiB: 1.2, cacheGiB: 1, stateGiB: 0, share: 1 },
  ...{ needGiB, haveGiB, fits: needGiB <= haveGiB },
});

const FITS: Fit = {
  verdict: 'fits',
  notUnderstood: [],
  hopeful: estimate(18.24, 72.91),
  careful: estimate(20.86, 66.57),
  kvBytesPerToken: 131_072,
  context: 8192,
  sequences: 55,
  arithmetic: 'weights + overhead',
  changes: [],
};

const answer = (change: Partial<Fit> = {}, more: Partial<FitAnswer> = {}): FitAnswer => ({
  serving: 'chat',
  where: 'pool "h100"',
  fit: { ...FITS, ...change },
  ...more,
});

/** Rows as texts, and the lines below the table. */
function read(...answers: FitAnswer[]): { head: readonly string[]; rows: string[][]; lines: unknown[] } {
  const [first, ...lines] = fitPage(answers) as unknown as readonly [Table, ...unknown[]];
  return { head: first.head, rows: first.rows.map((row) => row.map((cell) => cell.join())), lines };
}

describe('whether models fit, as people read it', () => {
  it('is a row of numbers for each serving, and its arithmetic below', () => {
    expect(read(answer(), answer({ sequences: 0 }, { serving: 'draft' }))).toEqual({
      head: ['serving', 'on', 'weights GiB/GPU', 'cache KiB/token', 'context', 'sequences', 'needs GiB/GPU', 'verdict'],
      rows: [
        ['chat', 'pool "h100"', '16.0', '128.0', '8192', '55', '18.2 of 72.9', 'fits'],
        ['draft', 'pool "h100"', '16.0', '128.0', '8192', '0', '18.2 of 72.9', 'fits'],
      ],
      lines: ['- chat: weights + overhead', '- draft: weights + overhead'],
    });
  });

  it('marks what nobody knows, and says what is not understood', () => {
    const unknown = { kvBytesPerToken: undefined, context: undefined, sequences: undefined };
    const { rows, lines } = read(
      answer({ ...unknown, verdict: 'unknown', notUnderstood: ['its cache', 'its layers'] }),
    );
    expect(rows).toEqual([['chat', 'pool "h100"', '16.0', '?', '?', '?', '18.2 of 72.9', 'unknown']]);
    expect(lines).toEqual(['- chat: weights + overhead', '  not understood: its cache; its layers']);
  });

  it('says of a tight one what careful constants need', () => {
    expect(read(answer({ verdict: 'tight' })).lines).toEqual([
      '- chat: weights + overhead',
      '  tight: by careful constants 20.9 of 66.6 GiB; try it before you count on it',
    ]);
  });

  it('says of one that does not fit what would, or that nothing does', () => {
    expect(read(answer({ verdict: 'no', changes: ['gpus: 2', 'maxModelLen: 4096'] })).lines).toEqual([
      '- chat: weights + overhead',
      '  it fits with gpus: 2, or maxModelLen: 4096',
    ]);
    expect(read(answer({ verdict: 'no' })).lines).toEqual([
      '- chat: weights + overhead',
      '  no smaller change makes it fit: more memory, or a smaller or quantized model',
    ]);
  });

  it('names who overrules it, where there is something to overrule', () => {
    const overrule = { approver: 'ops@site.example', reason: 'it ran in March' };
    expect(read(answer({ verdict: 'unknown' }, { overrule })).lines).toEqual([
      '- chat: weights + overhead',
      '  ops@site.example overrules it: it ran in March',
    ]);
    expect(read(answer({}, { overrule })).lines).toEqual(['- chat: weights + overhead']);
  });

  it('leaves out the numbers of a serving without GPUs, and says why', () => {
    const bare = { serving: 'embed', where: 'pool "edge"' };
    expect(read(bare, { ...bare, note: 'it runs on CPUs' })).toMatchObject({
      rows: [
        ['embed', 'pool "edge"', '', '', '', '', '', 'no GPUs'],
        ['embed', 'pool "edge"', '', '', '', '', '', 'no GPUs'],
      ],
      lines: ['- embed: it runs on CPUs'],
    });
  });
});
