import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ASSUMPTIONS } from '../../audit/report/assumptions';
import { RULES } from '../../audit/rules';

const DOCS = readFileSync(path.join(__dirname, '../../docs/audit.md'), 'utf8').replace(/\s+/g, ' ');

describe('docs/audit.md', () => {
  it.each(RULES.map((rule) => [rule.id, rule] as const))('explains %s as the rule does', (id, rule) => {
    expect(DOCS).toContain(`### ${id}: ${rule.title} ${rule.explanation}`);
    expect(DOCS).toMatch(new RegExp(`\\| ${id} +\\|[^|]{20,}\\| ${rule.waivable ? 'yes' : 'no'} +\\|`));
  });

  it('says what the verdicts assume, as the report does', () => {
    const plain = DOCS.slice(DOCS.indexOf('## What it assumes')).replaceAll('`', '').replaceAll('\\*', '*');
    for (const one of ASSUMPTIONS) expect(plain).toContain(`- ${one}`);
  });

  it('speaks of no rule that does not exist', () => {
    const named = new Set([...DOCS.matchAll(/AIR-[A-Z]+-\d+/g)].map(([id]) => id));
    expect([...named].sort()).toEqual(RULES.map(({ id }) => id).sort());
  });
});
