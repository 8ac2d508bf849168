import { digestOf } from '../../../core/digest';
import type { Table } from '../../../core/page';
import type { SealStatement } from '../../../offline-bundle/trust/seal';
import {
  type Check,
  countChecks,
  fail,
  failures,
  note,
  pass,
  skipped,
  type VerifyReport,
} from '../../../offline-bundle/verify/report';
import { extractPage, findings, sealNotes, trustedLines, verifyPage } from '../../../offline-bundle/verify/text';

const NOW = new Date('2026-11-24T08:00:00Z');
const ROOT = digestOf('root');
const SEAL: SealStatement = {
  ...{ site: 'nordlicht', root: ROOT, lock: digestOf('lock'), previous: null },
  ...{ sequence: 7, sealedAt: '2026-11-23T20:00:00Z' },
};

const report = (checks: readonly Check[], change: Partial<VerifyReport> = {}): VerifyReport => ({
  format: 1,
  result: failures(checks).length === 0 ? 'pass' : 'fail',
  ...{
    root: ROOT,
    site: 'nordlicht',
    trusted: ['a'.repeat(16)],
    signers: ['a'.repeat(16), 'b'.repeat(16)],
    seal: SEAL,
  },
  counts: countChecks(checks),
  ...{ blobs: 12, bytes: 4_700_000_000, checks },
  ...change,
});

const GOOD = [pass('blob', 'model', '1 bytes'), pass('index', 'index.json', 'names it')];
const BAD = fail('blob', 'model', 'changed', 'SHA-256');

describe('a verification as people read it', () => {
  it('of an intact bundle is one line: what it is, and who vouches for it', () => {
    expect(verifyPage(report(GOOD), NOW)).toEqual([
      [],
      `intact: nordlicht ${ROOT}: 12 blobs, 4.70 GB, 2 checks passed; sealed by ${'a'.repeat(16)}, ${'b'.repeat(16)} ` +
        '(sequence 7, 2026-11-23T20:00:00Z)',
    ]);
  });

  it('says so where nobody vouches for it', () => {
    const { seal, ...rest } = report(GOOD, { signers: [] });
    expect(seal).toBe(SEAL);
    expect(verifyPage(rest, NOW)).toEqual([
      [],
      `intact: nordlicht ${ROOT}: 12 blobs, 4.70 GB, 2 checks passed; NOT SEALED: nobody vouches for it`,
    ]);
  });

  it('ends with the verdict where it is refused, however little is known of it', () => {
    const page = verifyPage(report([...GOOD, BAD]), NOW) as unknown as unknown[];
    expect(page.at(-1)).toBe(`REFUSED: nordlicht ${ROOT}: 1 of 3 checks failed`);
    const { root, site, ...rest } = report([...GOOD, BAD, skipped('seal', 'seals', 'none')]);
    expect([root, site]).toEqual([ROOT, 'nordlicht']);
    expect((verifyPage(rest, NOW) as unknown as unknown[]).at(-1)).toBe('REFUSED: bundle: 1 of 3 checks failed');
  });

  it('notes what is odd about a seal that holds, before the verdict', () => {
    const odd = report(GOOD, { seal: { ...SEAL, sealedAt: '2099-01-01T00:00:00Z' } });
    const words = 'note: sealed at 2099-01-01T00:00:00Z, which is in the future by the clock here (2026-11-24)';
    expect((verifyPage(odd, NOW) as unknown as unknown[]).slice(0, 2)).toEqual([[], words]);
    expect(sealNotes(odd.seal, NOW)).toEqual([words]);
    expect([sealNotes(SEAL, NOW), sealNotes(undefined, NOW)]).toEqual([[], []]);
  });
});

describe('the findings', () => {
  it('are failures, then what was left out or is worth a note; nothing where all passed', () => {
    const checks = [note('seal', 'a', 'odd'), ...GOOD, skipped('seal', 'b', 'not counted'), BAD];
    expect(findings(checks)).toEqual([
      {
        head: ['finding', 'what', 'detail'],
        rows: [
          [['changed'], ['model'], ['SHA-256']],
          [['note'], ['a'], ['odd']],
          [['skipped'], ['b'], ['not counted']],
        ],
      },
    ]);
    expect(findings(GOOD)).toEqual([]);
  });

  it('have a fault; one of an older report that has none is a failure all the same', () => {
    const { fault, ...bare } = BAD;
    expect(fault).toBe('changed');
    expect((findings([bare]) as unknown as [Table])[0].rows).toEqual([[['fail'], ['model'], ['SHA-256']]]);
  });

  it('are as many as a person reads, and the rest is counted', () => {
    const of = (count: number): [Table, ...unknown[]] =>
      findings(Array.from({ length: count }, () => BAD)) as unknown as [Table, ...unknown[]];
    const [table, ...more] = of(43);
    expect([table.rows.length, more]).toEqual([40, ['… and 3 more; --json prints them all']]);
    expect(of(40)).toHaveLength(1);
    expect(of(41)[1]).toBe('… and 1 more; --json prints them all');
  });
});

it('each trusted key is shown with its file', () => {
  expect(trustedLines([{ id: 'a'.repeat(16) }, { id: 'b'.repeat(16) }], ['a.pub', 'b.pub'])).toEqual([
    `trusted here: key ${'a'.repeat(16)} (a.pub)`,
    `trusted here: key ${'b'.repeat(16)} (b.pub)`,
  ]);
  expect(trustedLines([{ id: 'a'.repeat(16) }], [])).toEqual([`trusted here: key ${'a'.repeat(16)} ()`]);
});

describe('what was taken out of a bundle', () => {
  it('is told with its digest, and what to do next', () => {
    const digest = digestOf('site');
    expect(extractPage(report(GOOD), [{ file: 'record/site.yaml', digest, size: 4 }], 'record')).toEqual([
      [],
      expect.stringMatching(/^intact: nordlicht /),
      `wrote record/site.yaml  ${digest}`,
      'next: put enclave.yaml into record, then run airlock synth there',
    ]);
  });

  it('is nothing of one that was refused', () => {
    expect(extractPage(report([BAD]), [], 'record')).toHaveLength(2);
  });
});
