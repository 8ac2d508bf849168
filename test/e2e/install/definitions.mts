/** Custom resource definitions of others, taken from the modules that publish them and kept in the cache. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import type { PlainObject } from '../../../audit/kubernetes/plain.js';
import { exists, moduleFolder } from '../../harness/go.mjs';
import { CACHE } from '../../harness/paths.mjs';
import { type DefinitionSource, DEFINITIONS } from './versions.mjs';

export const DEFINITIONS_FOLDER = path.join(CACHE, 'definitions');

const cached = ({ name, version }: DefinitionSource): string =>
  path.join(DEFINITIONS_FOLDER, `${name}-${version}.json`);

async function download({ module, version, file, name }: DefinitionSource): Promise<PlainObject> {
  const folder = await moduleFolder(module, version, DEFINITIONS_FOLDER);
  const documents = (await readFile(path.join(folder, file), 'utf8')).split(/^---$/m);
  const document = documents.find(
    (text) => /^kind: CustomResourceDefinition$/m.test(text) && text.includes(`  name: ${name}\n`),
  );
  if (document === undefined) throw new Error(`${module}@${version} has no definition ${name} in ${file}`);
  return parse(document) as PlainObject;
}

/** Puts every definition into the cache. */
export async function installDefinitions(): Promise<string> {
  await mkdir(DEFINITIONS_FOLDER, { recursive: true });
  let fresh = 0;
  for (const source of DEFINITIONS) {
    if (await exists(cached(source))) continue;
    await writeFile(cached(source), `${JSON.stringify(await download(source))}\n`);
    fresh += 1;
  }
  return `${String(DEFINITIONS.length)} definitions, ${String(fresh)} of them new`;
}

export const definitions = (): Promise<PlainObject[]> =>
  Promise.all(DEFINITIONS.map(async (source) => JSON.parse(await readFile(cached(source), 'utf8')) as PlainObject));
