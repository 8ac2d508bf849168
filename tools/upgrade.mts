/**
 * `npm run upgrade`: what an upgrade of every example from its committed synthesis in test/upgrade would destroy, and
 * which of its committed files the kit no longer reads; and what upgrades from the plans of test/corpus would destroy. With
 * `-- --write`, which belongs to a release of the kit, commits the files and the synthesis of the examples instead.
 */
import { partOf, releaseFolder, releases } from './corpus/places.js';
import { examples, readPlans, withSynthesis } from './examples.js';
import { checkFormats, checkUpgrade, writeReleased } from './upgrade/committed.js';
import { destroyed } from './upgrade/destroyed.js';

const write = process.argv.includes('--write');
const faults: string[] = [];
for (const example of examples()) {
  if (!write) faults.push(...(await checkFormats(example)));
  await withSynthesis(example, (outdir) => {
    if (write) writeReleased(example, outdir);
    else faults.push(...checkUpgrade(example, readPlans(outdir)));
  });
}
if (!write) {
  for (const release of releases()) {
    const example = { name: `corpus ${release}`, folder: releaseFolder(release) };
    const before = readPlans(partOf(release, 'plan'));
    await withSynthesis(example, (outdir) => {
      faults.push(...destroyed(before, readPlans(outdir)).map((fault) => `${example.name}: ${fault}`));
    });
  }
}
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
