/** The kit's own command line, as its users start it from a checkout. */
import path from 'node:path';
import { ROOT } from './paths.mjs';
import { type Ran, run, type RunOptions } from './processes.mjs';

/** `node scripts/airlock.cjs …`, whatever the exit code. */
export const airlock = (args: readonly string[], options?: RunOptions): Promise<Ran> =>
  run(process.execPath, [path.join(ROOT, 'scripts/airlock.cjs'), ...args], options);
