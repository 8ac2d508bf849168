import { readFileSync } from 'node:fs';
import path from 'node:path';
import { stacksInOrder } from '../../cluster/deployments/plan-tree';
import { examples, withSynthesis } from '../../tools/examples';

const PAGE = readFileSync(path.join(__dirname, '../../docs/deploy.md'), 'utf8');

/** By which `airlock synth` takes its three files where nobody can pass it options. */
const VARIABLES = ['AIRLOCK_SITE', 'AIRLOCK_ENCLAVE', 'AIRLOCK_LOCK'];

describe('docs/deploy.md', () => {
  it('applies by plain Terraform every stack that a site may have, in the order of the plan', async () => {
    const [, listed = ''] = /^for stack in (.*); do$/m.exec(PAGE) ?? [];
    const largest = examples().find(({ name }) => name === 'datacenter')!;
    const stacks = await withSynthesis(largest, stacksInOrder);
    expect(listed.split(' ')).toEqual(stacks.map(({ name }) => name));
  });

  it('hands the CDKTF CLI the stacks that are there, and tells it of the site’s files', () => {
    const lines = PAGE.split('\n').filter((line) => /npx cdktf (?:deploy|destroy) /.test(line));
    expect(lines.length).toBeGreaterThan(1);
    // It synthesizes by itself, in a folder with a cdktf.json: the checkout, where no site lies.
    const [, block = ''] =
      /```sh\n([^]*?npx cdktf deploy [^]*?)```/.exec(PAGE.slice(PAGE.indexOf('With the CDKTF CLI'))) ?? [];
    for (const variable of VARIABLES) expect(block).toMatch(new RegExp(`^export .*\\b${variable}=my-site/`, 'm'));
    for (const line of lines) expect(line).toMatch(/npx cdktf (?:deploy|destroy) \$\(ls cdktf\.out\/stacks\)/);
  });
});
