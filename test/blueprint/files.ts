/** The three files of each example, and ways to change a leaf of them. */
import path from 'node:path';
import { readFileSync } from 'node:fs';
import type { Inputs } from '../../blueprint/inputs';
import { parseEnclave } from '../../site/load-enclave';
import { parseSite } from '../../site/load-site';
import { parseLock } from '../../site/lock/lock-file';
import { examples } from '../../tools/examples';

export const FILES = { site: 'site.yaml', enclave: 'enclave.yaml', lock: 'airlock.lock.json' } as const;

/** Every example and the fixture, by name. */
export const EXAMPLES: readonly (readonly [string, string])[] = examples().map(({ name, folder }) => [name, folder]);

/** Read afresh, to be changed in place. */
export function filesOf(folder: string): Inputs {
  const text = (file: string): string => readFileSync(path.join(folder, file), 'utf8');
  // Copies, since anchors of YAML are one object in several places.
  return JSON.parse(
    JSON.stringify({
      site: parseSite(text(FILES.site), FILES.site),
      enclave: parseEnclave(text(FILES.enclave), FILES.enclave),
      lock: parseLock(text(FILES.lock), FILES.lock),
    }),
  ) as Inputs;
}

/** As their loaders take them; what they refuse is no file of a site. */
export const validated = ({ site, enclave, lock }: Inputs): Inputs => ({
  site: parseSite(JSON.stringify(site), FILES.site),
  enclave: parseEnclave(JSON.stringify(enclave), FILES.enclave),
  lock: parseLock(JSON.stringify(lock), FILES.lock),
});

export type Steps = readonly (string | number)[];

/** Paths of all numbers, strings and booleans of a value. */
export function leavesOf(value: unknown, at: Steps = []): Steps[] {
  if (typeof value !== 'object' || value === null) return [at];
  return Object.entries(value).flatMap(([key, inner]) =>
    leavesOf(inner, [...at, Array.isArray(value) ? Number(key) : key]),
  );
}

export const valueAt = (root: unknown, steps: Steps): unknown =>
  steps.reduce((inner: unknown, step) => Reflect.get(inner as object, step) as unknown, root);

/** Puts another value of the same type in the place of a leaf. */
export function changeLeaf(root: unknown, steps: Steps): void {
  const parent = valueAt(root, steps.slice(0, -1)) as object;
  const last = steps.at(-1) ?? '';
  const value = Reflect.get(parent, last) as unknown;
  const other = typeof value === 'number' ? value + 1 : typeof value === 'boolean' ? !value : `${String(value)}x`;
  Reflect.set(parent, last, other);
}

/** Takes a leaf away. */
export function removeLeaf(root: unknown, steps: Steps): void {
  const parent = valueAt(root, steps.slice(0, -1)) as object;
  const last = steps.at(-1) ?? '';
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else Reflect.deleteProperty(parent, last);
}

/**
 * Leaves below a path as decisions name it: `servings[0].engine`, and `images[engine-vllm]`, which names an entry.
 */
export function covers(root: unknown, named: string, steps: Steps): boolean {
  const keys = named.match(/[^.[\]]+|\[[^\]]+\]/g) ?? [];
  let inner: unknown = root;
  for (const [at, key] of keys.entries()) {
    const name = key.replace(/^\[|\]$/g, '');
    const step = steps[at];
    if (step === undefined || inner === undefined) return false;
    if (Array.isArray(inner) && !/^\d+$/.test(name)) {
      const index = inner.findIndex((one) => (one as { name?: string }).name === name);
      if (index !== step) return false;
    } else if (String(step) !== name) return false;
    inner = Reflect.get(inner as object, step) as unknown;
  }
  return true;
}
