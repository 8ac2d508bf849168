/** Folders of this tier. */
import path from 'node:path';
import { CACHE, ROOT } from '../harness/paths.mjs';

export const INTEGRATION_CACHE = path.join(CACHE, 'integration');
export const CLIENTS = path.join(ROOT, 'test/integration/clients');
