/**
 * Builds `airlock.mjs`: every command, with all that it reads, as one reproducible file for a bare Node.
 *
 * V8 parses a whole file before it runs the first line, and that would take longer than most commands do. So esbuild splits the
 * code where commands are loaded (`import()` in scripts/commands.mts), and the chunks lie in the file as comments, which
 * far-side/loader.mjs compiles when something asks for them first. In the file come: the loader, the check of Node, the chunks with
 * the sources in each (docs/far-side.md prints one), the line that starts the program.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { readAssets } from '../core/assets';
import type { BundledLicenses } from '../core/bundled-licenses';
import { chunksOf } from './far-side/chunks';
import { leaveOut } from './far-side/left-out';
import { licensesOf } from './far-side/licenses';
import { tableOfTexts, type PackedText } from './far-side/pack';

export interface FarSideBuild {
  readonly bytes: Buffer;
  readonly version: string;
  /** What is inside, as `airlock licenses` prints it. */
  readonly licenses: BundledLicenses;
}

// Not __dirname: a TypeScript loader may give CommonJS modules a wrong one.
const ROOT = path.resolve(path.dirname(__filename), '..');

const OPTIONS = {
  absWorkingDir: ROOT,
  entryPoints: ['scripts/airlock.mts'],
  bundle: true,
  write: false,
  metafile: true,
  platform: 'node',
  format: 'esm',
  splitting: true,
  chunkNames: '[hash]',
  outdir: 'dist',
  target: 'node20.18',
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'silent',
  plugins: [leaveOut],
  define: { AIRLOCK_ASSETS: 'airlock.assets', AIRLOCK_LICENSES: 'airlock.licenses', AIRLOCK_FILE: 'airlock.file' },
} as const;

const source = (file: string): Promise<string> => readFile(path.join(ROOT, file), 'utf8');

/** The loader with the check of Node, the texts behind it, and the line that starts it. */
async function fileOf(texts: readonly PackedText[]): Promise<Buffer> {
  const check = await source('scripts/node-version.cjs');
  const refusedNode = check.slice(check.indexOf('function refusedNode'));
  const loader = await source('tools/far-side/loader.mjs');
  return Buffer.from([loader, refusedNode, tableOfTexts(texts), "start('scripts/airlock.js');\n"].join('\n'));
}

/** What esbuild's process may take before its garbage collector works harder (Go runtime, "GOMEMLIMIT"); it peaks at 250 MiB without. */
const MEMORY_LIMIT = '150MiB';

/** esbuild starts its process at the first build and hands it the environment of that moment. */
async function frugally<T>(work: () => Promise<T>): Promise<T> {
  const before = process.env['GOMEMLIMIT'];
  process.env['GOMEMLIMIT'] = before ?? MEMORY_LIMIT;
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env['GOMEMLIMIT'];
  }
}

/**
 * Same sources and lock file, same bytes: no path, time or host of the machine that built it.
 *
 * @throws Error for a bundled package without the text of its license
 */
export async function buildFarSide(): Promise<FarSideBuild> {
  const assets = readAssets(ROOT);
  const { name, version } = JSON.parse(assets['package.json'] ?? '') as { name: string; version: string };
  // Of package.json only what is asked for: what developers install changes nothing here.
  const embedded = { ...assets, 'package.json': JSON.stringify({ name, version }) };
  const split = await frugally(() =>
    build({ ...OPTIONS, entryPoints: [...OPTIONS.entryPoints], plugins: [...OPTIONS.plugins] }),
  );
  const licenses = await licensesOf(ROOT, Object.keys(split.metafile.inputs));
  const chunks = await chunksOf(split);
  const bytes = await fileOf([
    ...chunks.map(({ name: chunk, code, sources }) => ({ name: chunk, text: code, about: sources.join(' ') })),
    { name: 'assets.json', text: JSON.stringify(embedded), about: 'files that are no code (core/assets.ts)' },
    { name: 'licenses.json', text: JSON.stringify(licenses), about: 'what `airlock licenses` prints' },
  ]);
  return { bytes, version, licenses };
}
