/** Writes docs/gateway-fields.md from the tables of gateway/fields; with --check, fails when the committed page differs. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { fieldPage } from './field-page.js';

const file = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../docs/gateway-fields.md');
const page = await format(fieldPage(), { ...(await resolveConfig(file)), parser: 'markdown' });
const current = await readFile(file, 'utf8').catch(() => '');
if (current !== page) {
  if (process.argv.includes('--check')) {
    console.error('docs/gateway-fields.md differs from gateway/fields; run `npm run generate`');
    process.exitCode = 1;
  } else await writeFile(file, page);
}
