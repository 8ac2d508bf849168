import { REDACTION_PACKS } from '../../../catalog/redaction';
import { KINDS, makeCorpus } from './corpus/corpus';
import { measurePattern } from './corpus/measure';

const patterns = Object.values(REDACTION_PACKS).flatMap((pack) => pack.patterns);
const corpus = makeCorpus(20261126, 30);
const measured = new Map(patterns.map((pattern) => [pattern.name, measurePattern(pattern, corpus)]));
const names = patterns.map(({ name }) => name);

/** As `docs/redaction.md` states them, on everyday texts; all others take none of them. */
const PRECISION: Readonly<Record<string, number>> = {
  'contact-phone-international': 0.95,
  'contact-phone-national': 0.65,
  'payment-card': 0.95,
  'ie-pps': 0.95,
};

describe('patterns on a corpus made from published formats', () => {
  it('know how to make everything that a pack finds, and nothing else', () => {
    expect(Object.keys(KINDS).sort()).toEqual([...names].sort());
  });

  it.each(names)('%s redacts every value in the forms that it promises', (name) => {
    const { promised, planted } = measured.get(name)!;
    expect(planted).toBeGreaterThanOrEqual(30);
    expect(promised).toBe(1);
  });

  it.each(names)('%s takes no more everyday texts than stated', (name) => {
    const { precision, mistaken } = measured.get(name)!;
    const stated = PRECISION[name];
    if (stated === undefined) expect(mistaken).toEqual([]);
    else expect(precision).toBeGreaterThanOrEqual(stated);
  });

  it('take traps, so the measurement can fail', () => {
    const trapped = [...measured.values()].filter((each) => each.trapped.length > 0).map(({ pattern }) => pattern);
    expect(trapped).toEqual(expect.arrayContaining(['contact-email', 'network-ipv4', 'us-ssn', 'de-tax-id']));
  });

  it('miss bare digits where a label is needed, as their limits say', () => {
    for (const name of ['nl-bsn', 'pl-pesel', 'de-tax-id', 'us-ssn']) {
      expect([name, measured.get(name)?.recall.bare]).toEqual([name, 0]);
      expect(patterns.find((pattern) => pattern.name === name)?.limits).toMatch(/without a label/);
    }
  });
});
