/**
 * Writes types from the JSON Schemas; with --check, fails when a committed file differs.
 */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type JSONSchema, compile } from 'json-schema-to-typescript';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const check = process.argv.includes('--check');
const ENDING = '.schema.json';
/** Each schema, and the file of its types. */
const schemas: [string, string][] = [
  ...(await readdir(path.join(root, 'site/schema')))
    .filter((name) => name.endsWith(ENDING))
    .sort()
    .map((name): [string, string] => [`site/schema/${name}`, `site/generated/${name.replace(ENDING, '.ts')}`]),
  ['gateway/agentgateway/config.schema.json', 'gateway/generated/agentgateway.ts'],
  ['guard/config/guard.schema.json', 'guard/generated/guard.ts'],
];
const drifted: string[] = [];

/**
 * References to lists without what is said beside them: a type of its own, numbered, would be made for each of those; the name of
 * the definition says it once.
 */
function withoutTwins(value: unknown, definitions: Readonly<Record<string, { type?: unknown }>>): unknown {
  if (Array.isArray(value)) return value.map((one) => withoutTwins(one, definitions));
  if (typeof value !== 'object' || value === null) return value;
  const { $ref } = value as { $ref?: unknown };
  const name = typeof $ref === 'string' ? $ref.replace('#/$defs/', '') : '';
  if (definitions[name]?.type === 'array') return { $ref };
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, withoutTwins(child, definitions)]));
}

for (const [source, typesFile] of schemas) {
  const text = JSON.parse(await readFile(path.join(root, source), 'utf8')) as { $defs?: Record<string, object> };
  const schema = withoutTwins(text, text.$defs ?? {}) as JSONSchema;
  const types = await compile(schema, path.basename(source), {
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
    bannerComment: `/* Generated from ${source} by \`npm run generate\`; do not edit. */`,
    style: { singleQuote: true, printWidth: 120 },
  });
  const target = path.join(root, typesFile);
  const current = await readFile(target, 'utf8').catch(() => '');
  if (current === types) continue;
  if (check) drifted.push(path.relative(root, target));
  else await writeFile(target, types);
}

if (drifted.length > 0) {
  console.error(`generated types differ from their schemas: ${drifted.join(', ')}; run \`npm run generate\``);
  process.exitCode = 1;
}
