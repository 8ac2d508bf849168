/** Programs that we did not write, as witnesses in unit tests. */
import { spawnSync } from 'node:child_process';

/**
 * `it` where a program is installed; elsewhere its tests are skipped, and that is said.
 *
 * @param program name on the PATH
 * @param args a call that succeeds where it works
 */
export function witnessed(program: string, ...args: string[]): jest.It {
  if (spawnSync(program, args, { stdio: 'ignore' }).status === 0) return it;
  process.stderr.write(`SKIPPED: ${program} is not installed, so the tests that it would witness do not run\n`);
  return it.skip;
}
