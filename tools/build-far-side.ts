/** Builds `airlock.mjs`: everything the far side needs, as one reproducible file for a bare Node. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

export interface FarSideBuild {
  readonly bytes: Buffer;
  readonly version: string;
}

// Not __dirname: a TypeScript loader may give CommonJS modules a wrong one.
const ROOT = path.resolve(path.dirname(__filename), '..');

/** Same sources and lock file, same bytes: no path, time or host of the machine that built it. */
export async function buildFarSide(): Promise<FarSideBuild> {
  const { version } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints: ['scripts/far-side.mts'],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    legalComments: 'none',
    logLevel: 'silent',
    define: { AIRLOCK_VERSION: JSON.stringify(version) },
    // Bundled CommonJS packages call `require` for Node's own modules.
    banner: {
      js: "#!/usr/bin/env node\nimport { createRequire as __airlockRequire } from 'node:module';\nconst require = __airlockRequire(import.meta.url);",
    },
  });
  const [output] = result.outputFiles;
  if (output === undefined) throw new Error('esbuild wrote no file');
  return { bytes: Buffer.from(output.contents), version };
}
