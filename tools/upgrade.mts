/**
 * `npm run upgrade`: what an upgrade of every example from its committed synthesis in test/upgrade would destroy, and
 * which of its committed files the kit no longer reads. With `-- --write`, which belongs to a release of the kit,
 * commits the files and the synthesis of today instead.
 */
import { examples, readPlans, withSynthesis } from './examples.js';
import { checkFormats, checkUpgrade, writeReleased } from './upgrade/committed.js';

const write = process.argv.includes('--write');
const faults: string[] = [];
for (const example of examples()) {
  if (!write) faults.push(...(await checkFormats(example)));
  await withSynthesis(example, (outdir) => {
    if (write) writeReleased(example, outdir);
    else faults.push(...checkUpgrade(example, readPlans(outdir)));
  });
}
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
