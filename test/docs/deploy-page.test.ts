import { readFileSync } from 'node:fs';
import path from 'node:path';
import { stacksInOrder } from '../../cluster/deployments/plan-tree';
import { examples, withSynthesis } from '../../tools/examples';

const PAGE = readFileSync(path.join(__dirname, '../../docs/deploy.md'), 'utf8');

describe('docs/deploy.md', () => {
  it('applies by plain Terraform every stack that a site may have, in the order of the plan', async () => {
    const [, listed = ''] = /^for stack in (.*); do$/m.exec(PAGE) ?? [];
    const largest = examples().find(({ name }) => name === 'datacenter')!;
    const stacks = await withSynthesis(largest, stacksInOrder);
    expect(listed.split(' ')).toEqual(stacks.map(({ name }) => name));
  });

  it('hands the CDKTF CLI the stacks that are there, wherever it names any', () => {
    const lines = PAGE.split('\n').filter((line) => /npx cdktf (?:deploy|destroy) /.test(line));
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(line).toMatch(/npx cdktf (?:deploy|destroy) \$\(ls cdktf\.out\/stacks\)/);
  });
});
