/** What is committed about each example: the frozen addresses, and the synthesis that sites run today. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Example, type Plans, readPlans, ROOT } from '../examples';
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

/** Commits an output folder as what sites run from now on: only the configurations, without the chart's copies. */
export function writeReleased({ name }: Example, outdir: string): void {
  const folder = path.join(RELEASED, name);
  rmSync(folder, { recursive: true, force: true });
  for (const stack of readPlans(outdir).keys()) {
    const file = path.join('stacks', stack, 'cdk.tf.json');
    cpSync(path.join(outdir, file), path.join(folder, file), { recursive: true });
  }
}
