/** The tarball of a release, and what can be said of it without installing it. */
import { readFile, stat } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { ASSETS } from '../../core/assets.js';
import { API_FOLDER, apiReports, changedLines } from '../../tools/package/api-reports.js';
import { entriesOf, LIBRARY, type Manifest } from '../../tools/package/manifest.js';
import { filesBelow } from '../fork/differences.js';
import { ROOT } from '../harness/paths.mjs';
import { mustRun } from '../harness/processes.mjs';

export interface Tarball {
  readonly file: string;
  /** Paths inside the package, sorted. */
  readonly names: readonly string[];
  /** Bytes of the compressed file. */
  readonly size: number;
}

export async function readTarball(file: string): Promise<Tarball> {
  const [{ stdout }, { size }] = await Promise.all([mustRun('tar', ['-tzf', file]), stat(file)]);
  const names = stdout.split('\n').filter((name) => name !== '' && !name.endsWith('/'));
  return { file, names: names.map((name) => name.replace(/^package\//, '')).sort(), size };
}

/** What each file of the package is for; what is of no kind has no place in it. */
const KINDS: readonly RegExp[] = [
  /^(?:package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
  /^dist\/airlock\.mjs$/,
  /^dist\/lib\/[a-z-]+\/.+\.(?:js|d\.ts|json)$/,
  /^scripts\/(?:airlock|node-version)\.cjs$/,
  /^charts\/envelope\/.+$/,
  /^gateway\/litellm\/\w+\.py$/,
];

/** @throws Error for a file of no kind, and for an asset or entry that is not there */
export function checkContents({ names, size }: Tarball, manifest: Manifest): string {
  const odd = names.filter((name) => KINDS.every((kind) => !kind.test(name)));
  if (odd.length > 0) throw new Error(`nobody needs these: ${odd.join(', ')}`);
  const needed = [
    ...ASSETS,
    ...entriesOf(manifest).flatMap((entry) =>
      [`${entry}/index.js`, `${entry}/index.d.ts`].map((name) => `${LIBRARY}/${name}`),
    ),
  ];
  const missing = needed.filter((one) => !names.some((name) => name === one || name.startsWith(`${one}/`)));
  if (missing.length > 0) throw new Error(`missing: ${missing.join(', ')}`);
  return `${String(names.length)} files, ${(size / 1e6).toFixed(1)} MB`;
}

const SPECIFIER = /\b(?:require\(|import\(|from )["']([^."'][^"']*)["']/g;
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** @throws Error where code or declarations name other packages than package.json does */
export function checkDependencies({ name, dependencies, peerDependencies }: Manifest): string {
  const used = new Set<string>();
  for (const [file, bytes] of filesBelow(path.join(ROOT, LIBRARY)))
    if (/\.(?:js|d\.ts)$/.test(file))
      for (const [, specifier = ''] of bytes
        .toString('utf8')
        .replace(/\/\*[\s\S]*?\*\//g, '')
        .matchAll(SPECIFIER))
        if (!isBuiltin(specifier)) used.add(packageOf(specifier));
  used.delete(name);
  const declared = [...Object.keys(dependencies), ...Object.keys(peerDependencies)].sort();
  const found = [...used].sort();
  if (found.join() !== declared.join()) throw new Error(`used: ${found.join(', ')}\ndeclared: ${declared.join(', ')}`);
  return `${String(declared.length)} packages`;
}

/** A checker of packages on the tarball; its exit status is the verdict. */
export async function judged(program: 'attw' | 'publint', { file }: Tarball): Promise<string> {
  const args = { attw: [file], publint: ['run', file, '--strict'] }[program];
  const { stdout } = await mustRun(path.join(ROOT, 'node_modules/.bin', program), args, { cwd: ROOT });
  return stdout.match(/All good!/)?.[0] ?? `${String(stdout.match(/🟢/gu)?.length ?? 0)} resolutions`;
}

/** @throws Error with the lines that differ from the committed reports */
export async function checkApi(): Promise<string> {
  const { reports, unnamed, undocumented } = apiReports();
  if (undocumented.length > 0) throw new Error(`exported without a doc comment: ${undocumented.join(', ')}`);
  if (unnamed.length > 0) throw new Error(`named in a signature and exported nowhere: ${unnamed.join(', ')}`);
  const committed = [...filesBelow(path.join(ROOT, API_FOLDER)).keys()];
  const faults: string[] = committed.filter((name) => !reports.has(name)).map((name) => `${name} is of no entry`);
  for (const [name, text] of reports) {
    const before = await readFile(path.join(ROOT, API_FOLDER, name), 'utf8').catch(() => '');
    if (before !== text) faults.push(name, ...changedLines(before, text));
  }
  if (faults.length > 0)
    throw new Error(`exports changed; \`npm run api -- --write\` takes it over:\n${faults.join('\n')}`);
  return `${String(reports.size)} entries`;
}
