import { RULES } from '../../audit/rules';
import { Draft } from './plans/draft';

describe('a hand-written plan without fault', () => {
  it('is proven by every rule', () => {
    const findings = new Draft().allFindings();
    const others = findings.filter(({ verdict }) => verdict !== 'PROVEN');
    // It has neither a gateway nor traces.
    expect(others.map(({ rule, verdict }) => [rule, verdict])).toEqual([
      ['AIR-DATA-1', 'N/A'],
      ['AIR-DATA-2', 'N/A'],
      ['AIR-CFG-1', 'N/A'],
    ]);
    expect(new Set(findings.map(({ rule }) => rule))).toEqual(new Set(RULES.map(({ id }) => id)));
  });
});
