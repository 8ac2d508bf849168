/** Where the tier keeps what it installs. */
import path from 'node:path';
import { CACHE, ROOT } from '../harness/paths.mjs';

export const CLIENTS = path.join(ROOT, 'test/traces/clients');
export const TRACES_CACHE = path.join(CACHE, 'traces');
