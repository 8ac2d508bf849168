/** Builds `airlock.mjs`: every command, with all that it reads, as one reproducible file for a bare Node. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { readAssets } from '../core/assets';
import type { BundledLicenses } from '../core/bundled-licenses';
import { leaveOut } from './far-side/left-out';
import { licensesOf } from './far-side/licenses';

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
  // Modules run when a command asks for them, and none before the check of Node; an ES module would be linked first.
  format: 'cjs',
  // What parses on a Node that the check refuses: it must get as far as saying so.
  target: 'node14.18',
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'silent',
  plugins: [leaveOut],
} as const;

/** What stands before the bundle: the check, which decides whether anything behind it is evaluated, and what the bundle finds. */
async function header(licenses: BundledLicenses): Promise<string> {
  const check = await readFile(path.join(ROOT, 'scripts/node-version.cjs'), 'utf8');
  const refusedNode = check.slice(check.indexOf('function refusedNode')).trim();
  return [
    '#!/usr/bin/env node',
    "import { createRequire as __airlockRequire } from 'module';",
    "import { fileURLToPath as __airlockPath } from 'url';",
    `const __airlockRefused = (${refusedNode.replace(/;$/, '')})(process.versions.node);`,
    'if (__airlockRefused !== undefined) { console.error(__airlockRefused); process.exitCode = 3; } else {',
    // What Node says of old calls in packages is for those who build, not for those who run it.
    'process.noDeprecation = true;',
    'const require = __airlockRequire(import.meta.url);',
    'const __airlockFile = __airlockPath(import.meta.url);',
    `const __airlockLicenses = ${JSON.stringify(JSON.stringify(licenses))};\n`,
  ].join('\n');
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
  const result = await frugally(() =>
    build({
      ...OPTIONS,
      plugins: [...OPTIONS.plugins],
      entryPoints: [...OPTIONS.entryPoints],
      define: {
        AIRLOCK_ASSETS: JSON.stringify(embedded),
        AIRLOCK_LICENSES: '__airlockLicenses',
        AIRLOCK_FILE: '__airlockFile',
      },
    }),
  );
  const licenses = await licensesOf(ROOT, Object.keys(result.metafile.inputs));
  const [output] = result.outputFiles;
  if (output === undefined) throw new Error('esbuild wrote no file');
  return { bytes: Buffer.from(`${await header(licenses)}${output.text}}\n`), version, licenses };
}
