/** Writes the pages of docs/ that are tables of the sources; with --check, fails when a committed page differs. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { COMMANDS } from '../scripts/commands.mjs';
import { wholeProgram } from '../scripts/ui/program.mjs';
import guard from '../guard/config/guard.schema.json' with { type: 'json' };
import enclave from '../site/schema/enclave.schema.json' with { type: 'json' };
import lock from '../site/schema/lock.schema.json' with { type: 'json' };
import site from '../site/schema/site.schema.json' with { type: 'json' };
import trust from '../site/schema/trust.schema.json' with { type: 'json' };
import { argumentPage } from './argument-page.js';
import { errorPage } from './error-page.js';
import { fieldPage } from './field-page.js';
import { commandPage } from './reference/command-page.js';
import { ENCLAVE_HEAD, GUARD_HEAD, LOCK_HEAD, SITE_HEAD, TRUST_HEAD } from './reference/heads.js';
import { schemaPage } from './reference/schema-page.js';

const program = await wholeProgram('airlock', '', COMMANDS);

const PAGES = [
  { name: 'docs/gateway-fields.md', source: 'gateway/fields', make: fieldPage },
  { name: 'docs/errors.md', source: 'core/error-codes', make: errorPage },
  { name: 'docs/reference/engine-arguments.md', source: 'engines', make: argumentPage },
  { name: 'docs/reference/commands.md', source: 'scripts/commands', make: () => commandPage(program, COMMANDS) },
  { name: 'docs/reference/site.md', source: 'site/schema', make: () => schemaPage(SITE_HEAD, site) },
  { name: 'docs/reference/enclave.md', source: 'site/schema', make: () => schemaPage(ENCLAVE_HEAD, enclave) },
  { name: 'docs/reference/lock.md', source: 'site/schema', make: () => schemaPage(LOCK_HEAD, lock) },
  { name: 'docs/reference/guard.md', source: 'guard/config', make: () => schemaPage(GUARD_HEAD, guard) },
  { name: 'docs/reference/trust.md', source: 'site/schema', make: () => schemaPage(TRUST_HEAD, trust) },
];

for (const { name, source, make } of PAGES) {
  const file = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', name);
  const page = await format(make(), { ...(await resolveConfig(file)), parser: 'markdown' });
  const current = await readFile(file, 'utf8').catch(() => '');
  if (current === page) continue;
  if (process.argv.includes('--check')) {
    console.error(`${name} differs from ${source}; run \`npm run generate:reference\``);
    process.exitCode = 1;
  } else {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, page);
  }
}
