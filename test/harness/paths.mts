/** Where the checkout is, and where installed software is kept between runs. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Kept between runs; `AIRLOCK_KEEP_CACHE` names a folder that outlives a clean clone. */
export const CACHE = process.env['AIRLOCK_KEEP_CACHE'] ?? path.join(ROOT, '.cache');
