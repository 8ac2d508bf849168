/** What is committed about each example: the frozen addresses, the files and the synthesis that sites have today. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AirlockError } from '../../core/errors';
import { type Example, loadFiles, type Plans, readPlans, ROOT, SITE_FILES } from '../examples';
import { addressFaults, addressLines } from './addresses';
import { destroyed } from './destroyed';

const ADDRESSES = path.join(ROOT, 'test', 'stacks', 'addresses');
const RELEASED = path.join(ROOT, 'test', 'upgrade');

const addressFile = (name: string): string => path.join(ADDRESSES, `${name}.txt`);

/** Names that are committed, but belong to no example any more. */
export function orphans(known: readonly Example[]): string[] {
  const names = [...readdirSync(ADDRESSES).map((file) => path.parse(file).name), ...readdirSync(RELEASED)];
  return [...new Set(names)].filter((name) => known.every((example) => example.name !== name)).sort();
}

/** Differences between the frozen addresses of an example and these plans, in words. */
export function checkAddresses({ name }: Example, plans: Plans): string[] {
  if (!existsSync(addressFile(name))) return [`${name} has no frozen addresses: \`npm run addresses -- --write\``];
  const frozen = readFileSync(addressFile(name), 'utf8').split('\n').filter(Boolean);
  return addressFaults(name, frozen, addressLines(plans));
}

export function writeAddresses({ name }: Example, plans: Plans): void {
  mkdirSync(ADDRESSES, { recursive: true });
  writeFileSync(addressFile(name), `${addressLines(plans).join('\n')}\n`);
}

/** What upgrading an example from its committed synthesis to these plans would destroy, in words. */
export function checkUpgrade({ name }: Example, plans: Plans): string[] {
  const folder = path.join(RELEASED, name);
  if (!existsSync(folder)) return [`${name} has no committed synthesis: \`npm run upgrade -- --write\``];
  return destroyed(readPlans(folder), plans).map((fault) => `${name}: ${fault}`);
}

/** What the kit does not read of the files in a folder, in words. */
export async function formatFaults(folder: string): Promise<string[]> {
  try {
    await loadFiles(folder);
    return [];
  } catch (error) {
    if (!(error instanceof AirlockError)) throw error;
    const faults = error.faults.map(({ path: at, message }) => `${at}: ${message}`);
    return [`the kit no longer reads what sites have: ${[error.message, ...faults].join('; ')}`];
  }
}

/** The same of the files that are committed for an example: each release reads the formats of the last. */
export const checkFormats = async ({ name }: Example): Promise<string[]> =>
  (await formatFaults(path.join(RELEASED, name))).map((fault) => `${name}: ${fault}`);

/** Commits the files of an example and its output as what sites have from now on, without the chart's copies. */
export function writeReleased({ name, folder: from }: Example, outdir: string): void {
  const folder = path.join(RELEASED, name);
  rmSync(folder, { recursive: true, force: true });
  for (const file of Object.values(SITE_FILES))
    cpSync(path.join(from, file), path.join(folder, file), { recursive: true });
  for (const stack of readPlans(outdir).keys()) {
    const file = path.join('stacks', stack, 'cdk.tf.json');
    cpSync(path.join(outdir, file), path.join(folder, file), { recursive: true });
  }
}
