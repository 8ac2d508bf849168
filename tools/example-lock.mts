/** `npm run example-lock -- FOLDER …`: writes the lock of an example; see tools/example-lock/lock.ts. */
import path from 'node:path';
import { badInput } from '../core/errors.js';
import { asAirlockError } from '../core/system-errors.js';
import { saveLock } from '../offline-bundle/resolve/lock-on-disk.js';
import { printError } from '../scripts/ui/output.mjs';
import { loadSite } from '../site/load-site.js';
import { exampleLock } from './example-lock/lock.js';
import { SITE_FILES } from './examples.js';

const folders = process.argv.slice(2);
try {
  if (folders.length === 0)
    throw badInput('USAGE_MISSING_ARGUMENT', 'no folder is named', 'npm run example-lock -- examples/edge-cpu');
  for (const folder of folders) {
    const site = await loadSite(path.join(folder, SITE_FILES.site));
    const file = path.join(folder, SITE_FILES.lock);
    const written = await saveLock(await exampleLock(site), file);
    process.stdout.write(`${file}: ${written ? 'written' : 'unchanged'}\n`);
  }
} catch (error) {
  const failure = asAirlockError(error);
  printError(failure, { json: false, verbose: false });
  process.exitCode = failure.exitCode;
}
