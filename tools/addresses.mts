/**
 * `npm run addresses`: compares the Terraform addresses of every example with the frozen lists in test/stacks/addresses.
 * With `-- --write`, freezes those of today.
 */
import { examples, readPlans, withSynthesis } from './examples.js';
import { checkAddresses, writeAddresses } from './upgrade/committed.js';

const write = process.argv.includes('--write');
const faults: string[] = [];
for (const example of examples()) {
  await withSynthesis(example, (outdir) => {
    const plans = readPlans(outdir);
    if (write) writeAddresses(example, plans);
    else faults.push(...checkAddresses(example, plans));
  });
}
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
