/**
 * Writes site/generated/*.ts from the JSON Schemas; with --check, fails when a committed file differs.
 */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type JSONSchema, compile } from 'json-schema-to-typescript';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const check = process.argv.includes('--check');
const schemas = (await readdir(path.join(root, 'site/schema'))).filter((name) => name.endsWith('.schema.json')).sort();
const drifted: string[] = [];

for (const name of schemas) {
  const schema = JSON.parse(await readFile(path.join(root, 'site/schema', name), 'utf8')) as JSONSchema;
  const types = await compile(schema, name, {
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
    bannerComment: `/* Generated from site/schema/${name} by \`npm run generate\`; do not edit. */`,
    style: { singleQuote: true, printWidth: 120 },
  });
  const target = path.join(root, 'site/generated', name.replace('.schema.json', '.ts'));
  const current = await readFile(target, 'utf8').catch(() => '');
  if (current === types) continue;
  if (check) drifted.push(path.relative(root, target));
  else await writeFile(target, types);
}

if (drifted.length > 0) {
  console.error(`generated types differ from their schemas: ${drifted.join(', ')}; run \`npm run generate\``);
  process.exitCode = 1;
}
