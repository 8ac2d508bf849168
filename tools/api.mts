/**
 * `npm run api`: what the package's entry points export, against the reports in `api/`; `-- --write` takes the change over.
 * Reads what `npm run build:package` built.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { API_FOLDER, apiReports, changedLines } from './package/api-reports.js';
import { ROOT } from './package/manifest.js';

const folder = path.join(ROOT, API_FOLDER);

async function committed(): Promise<Map<string, string>> {
  await mkdir(folder, { recursive: true });
  const names = (await readdir(folder)).filter((name) => name.endsWith('.api.md'));
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(path.join(folder, name), 'utf8')] as const)),
  );
}

const [{ reports, unnamed, undocumented }, before] = [apiReports(), await committed()];
const changed = [...new Set([...before.keys(), ...reports.keys()])]
  .sort()
  .filter((name) => before.get(name) !== reports.get(name));

for (const name of changed) {
  console.log(`${API_FOLDER}/${name}`);
  for (const line of changedLines(before.get(name) ?? '', reports.get(name) ?? '')) console.log(`  ${line}`);
}
for (const name of unnamed) console.log(`named in a signature and exported nowhere: ${name}`);
for (const name of undocumented) console.log(`exported without a doc comment: ${name}`);
if (process.argv.includes('--write')) {
  for (const name of changed) {
    const text = reports.get(name);
    if (text === undefined) await rm(path.join(folder, name));
    else await writeFile(path.join(folder, name), text);
  }
} else if (changed.length > 0) {
  console.log('exports changed: take it over with `npm run api -- --write`, and add a changeset (docs/versioning.md)');
  process.exitCode = 1;
}
if (unnamed.length + undocumented.length > 0) process.exitCode = 1;
