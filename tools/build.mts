/** `npm run build`: writes dist/airlock.mjs and prints its digest. */
import { mkdir, writeFile } from 'node:fs/promises';
import { digestOf } from '../core/digest.js';
import { buildFarSide } from './build-far-side.js';

const { bytes, version } = await buildFarSide();
await mkdir('dist', { recursive: true });
await writeFile('dist/airlock.mjs', bytes, { mode: 0o755 });
console.log(`dist/airlock.mjs ${version} ${digestOf(bytes)} ${String(bytes.length)} bytes`);
