import { Draft } from './plans/draft';

describe('a hand-written plan without fault', () => {
  it('is proven by every rule', () => {
    const findings = new Draft().allFindings();
    expect(findings.filter(({ verdict }) => verdict !== 'PROVEN')).toEqual([]);
    expect(new Set(findings.map(({ rule }) => rule)).size).toBe(16);
  });
});
