/** Differences between two syntheses: JSON by value, everything else by bytes. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Contents of every file below a folder, by relative path with forward slashes. */
export type Files = ReadonlyMap<string, Buffer>;

export function filesBelow(folder: string): Files {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = entries.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
  return new Map(
    names.sort().map((name) => [name.split(path.sep).join('/'), readFileSync(path.join(folder, name))] as const),
  );
}

/** JSON pointers (RFC 6901) of the places where two values differ. */
function differingPlaces(one: unknown, other: unknown, place = ''): string[] {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) {
    return one === other ? [] : [place];
  }
  if (Array.isArray(one) !== Array.isArray(other)) return [place];
  const [left, right] = [one as Record<string, unknown>, other as Record<string, unknown>];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].sort().flatMap((key) => {
    const inner = `${place}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    return key in left && key in right ? differingPlaces(left[key], right[key], inner) : [inner];
  });
}

/** Every difference, as `<file>` or `<file>#<JSON pointer>`; empty when the syntheses are equal. */
export function differences(one: Files, other: Files): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].sort().flatMap((name) => {
    const [left, right] = [one.get(name), other.get(name)];
    if (left === undefined || right === undefined) return [name];
    if (left.equals(right)) return [];
    if (!name.endsWith('.json')) return [name];
    const values = [left, right].map((bytes) => JSON.parse(bytes.toString('utf8')) as unknown);
    return differingPlaces(values[0], values[1]).map((place) => `${name}#${place}`);
  });
}

/** Where CDKTF writes its own version: the one difference that a swap of it may make. */
export const isVersionStamp = (difference: string): boolean =>
  difference === 'manifest.json#/version' ||
  /^stacks\/[^/]+\/cdk\.tf\.json#\/~1~1\/metadata\/version$/.test(difference);
