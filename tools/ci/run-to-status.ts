/** One program to its end, or to the end of its time, with all that it started. */
import { spawn } from 'node:child_process';

/** Status of what was ended for want of time, as timeout(1) says it. */
export const OUT_OF_TIME = 124;
/** Statuses of what somebody stopped: SIGINT and SIGTERM. */
export const STOPPED: readonly number[] = [130, 143];
/** What may be left to clean up after SIGTERM. */
const GRACE_MS = 5000;

export interface RunToStatusOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /**
   * @default - as long as it takes
   */
  readonly limitSeconds?: number;
}

/** Runs a program with this process's output, in a process group of its own; signals to this process go on to it. */
export async function runToStatus(
  program: string,
  args: readonly string[],
  { cwd, env, limitSeconds }: RunToStatusOptions,
): Promise<number> {
  const child = spawn(program, [...args], { cwd, env, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
  const end = (signal: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // It has ended already.
    }
  };
  const forward = (signal: NodeJS.Signals): void => end(signal);
  process.on('SIGINT', forward).on('SIGTERM', forward);
  const state = { late: false };
  const timers = [
    ...(limitSeconds === undefined ? [] : [{ after: limitSeconds * 1000, signal: 'SIGTERM' as const }]),
    ...(limitSeconds === undefined ? [] : [{ after: limitSeconds * 1000 + GRACE_MS, signal: 'SIGKILL' as const }]),
  ].map(({ after, signal }) =>
    setTimeout(() => {
      state.late = true;
      end(signal);
    }, after),
  );
  try {
    const status = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? 143));
    });
    return state.late ? OUT_OF_TIME : status;
  } finally {
    timers.forEach(clearTimeout);
    process.off('SIGINT', forward).off('SIGTERM', forward);
  }
}
