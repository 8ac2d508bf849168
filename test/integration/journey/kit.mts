/** How the suites run the kit: the near side's command line, and the one file that goes across the gap. */
import { airlock as anyAirlock } from '../../harness/airlock.mjs';
import { type Ran, run, type RunOptions, tail } from '../../harness/processes.mjs';
import { expect } from '../../harness/report.mjs';

/** The passphrase of every key the suites make. */
export const PASSPHRASE = 'only for the integration suite';

/** The near side's command line, which knows the passphrase, whatever the exit code. */
export const airlock = (args: readonly string[], options: RunOptions = {}): Promise<Ran> =>
  anyAirlock(args, { ...options, env: { AIRLOCK_KEY_PASSPHRASE: PASSPHRASE, ...options.env } });

/** The same, demanding success. */
export async function airlockOk(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const ran = await airlock(args, options);
  expect(ran.code === 0, `airlock ${args.join(' ')} ended with status ${ran.code}:\n${tail(ran)}`);
  return ran;
}

/** `airlock.mjs` as a far side has it: in a folder with nothing else, on a bare Node. */
export interface FarSide {
  readonly folder: string;
  readonly run: (args: readonly string[], options?: RunOptions) => Promise<Ran>;
  readonly ok: (args: readonly string[], options?: RunOptions) => Promise<Ran>;
}

export function farSide(folder: string): FarSide {
  const go = (args: readonly string[], options: RunOptions = {}): Promise<Ran> =>
    run(process.execPath, ['airlock.mjs', ...args], { cwd: folder, ...options });
  return {
    folder,
    run: go,
    async ok(args, options) {
      const ran = await go(args, options);
      expect(ran.code === 0, `airlock.mjs ${args.join(' ')} ended with status ${ran.code}:\n${tail(ran)}`);
      return ran;
    },
  };
}
