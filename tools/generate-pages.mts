/** Writes the pages of docs/ that are tables of the sources; with --check, fails when a committed page differs. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { errorPage } from './error-page.js';
import { fieldPage } from './field-page.js';

const PAGES = [
  { name: 'docs/gateway-fields.md', source: 'gateway/fields', make: fieldPage },
  { name: 'docs/errors.md', source: 'core/error-codes', make: errorPage },
];

for (const { name, source, make } of PAGES) {
  const file = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', name);
  const page = await format(make(), { ...(await resolveConfig(file)), parser: 'markdown' });
  const current = await readFile(file, 'utf8').catch(() => '');
  if (current === page) continue;
  if (process.argv.includes('--check')) {
    console.error(`${name} differs from ${source}; run \`npm run generate\``);
    process.exitCode = 1;
  } else await writeFile(file, page);
}
