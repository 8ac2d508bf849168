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

/** The check comes first, and what it refuses is never evaluated. */
async function frame(): Promise<{ readonly banner: string; readonly footer: string }> {
  const check = await readFile(path.join(ROOT, 'scripts/node-version.cjs'), 'utf8');
  const body = check
    .slice(check.indexOf('module.exports ='))
    .replace('module.exports =', 'const __airlockNode =')
    .trim();
  return {
    banner: [
      '#!/usr/bin/env node',
      "import { createRequire as __airlockRequire } from 'module';",
      "import { fileURLToPath as __airlockPath } from 'url';",
      body,
      'const __airlockRefused = __airlockNode(process.versions.node);',
      'if (__airlockRefused !== undefined) { console.error(__airlockRefused); process.exitCode = 3; } else {',
      'const require = __airlockRequire(import.meta.url);',
      'const __airlockFile = __airlockPath(import.meta.url);',
    ].join('\n'),
    footer: '}',
  };
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
  const { banner, footer } = await frame();
  const built = (licenses: BundledLicenses) =>
    build({
      ...OPTIONS,
      plugins: [...OPTIONS.plugins],
      entryPoints: [...OPTIONS.entryPoints],
      define: {
        AIRLOCK_ASSETS: JSON.stringify(embedded),
        AIRLOCK_LICENSES: JSON.stringify(licenses),
        AIRLOCK_FILE: '__airlockFile',
      },
      banner: { js: banner },
      footer: { js: footer },
    });
  const { metafile } = await built({ packages: [], texts: [] });
  const licenses = await licensesOf(ROOT, Object.keys(metafile.inputs));
  const result = await built(licenses);
  const [output] = result.outputFiles;
  if (output === undefined) throw new Error('esbuild wrote no file');
  return { bytes: Buffer.from(output.contents), version, licenses };
}
