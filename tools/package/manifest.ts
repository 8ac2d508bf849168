/** What package.json says of the package that others install. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

// Not __dirname: a TypeScript loader may give CommonJS modules a wrong one.
export const ROOT = path.resolve(path.dirname(__filename), '../..');

/** Compiled sources, as tsconfig.package.json writes them. */
export const LIBRARY = 'dist/lib';

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly files: readonly string[];
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly typesVersions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

export const readManifest = (root = ROOT): Manifest =>
  JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest;

/** Names of the entry points, sorted: `core` is what others import as `airlock/core`. */
export const entriesOf = ({ exports }: Pick<Manifest, 'exports'>): string[] =>
  Object.entries(exports)
    .filter(([, target]) => typeof target === 'object')
    .map(([name]) => name.replace(/^\.\//, ''))
    .sort();
