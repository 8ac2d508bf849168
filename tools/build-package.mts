/** `npm run build:package`: the library as JavaScript with its declarations, in dist/lib; `npm pack` ships it beside airlock.mjs. */
import { spawnSync } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';

const FOLDER = 'dist/lib';

// What an earlier build left would be shipped.
await rm(FOLDER, { recursive: true, force: true });
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.package.json'], { stdio: 'inherit' });
process.exitCode = status ?? 1;
if (status === 0) console.log(`${FOLDER} ${String((await readdir(FOLDER, { recursive: true })).length)} files`);
