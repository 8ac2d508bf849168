/** A tier in a network namespace of its own: no route leads out of it, and its ports clash with nobody's. */
import { spawn } from 'node:child_process';
import { mustRun } from './processes.mjs';

const INSIDE = 'AIRLOCK_TIER_INSIDE';

export const isInside = (): boolean => process.env[INSIDE] === '1';

/**
 * Runs this very program again inside a fresh namespace, and returns its exit code.
 *
 * @param more further namespaces, as options of unshare(1)
 */
export function runInside(...more: readonly string[]): Promise<number> {
  const args = ['--net', ...more, process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const child = spawn('unshare', args, { stdio: 'inherit', env: { ...process.env, [INSIDE]: '1' } });
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on('SIGINT', forward).on('SIGTERM', forward);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

export async function raiseLoopback(): Promise<void> {
  await mustRun('ip', ['link', 'set', 'lo', 'up']);
}

/** @returns what `ip route` shows, for the report */
export async function requireNoRoute(): Promise<string> {
  const { stdout } = await mustRun('ip', ['route', 'show']);
  if (/default|via/.test(stdout)) throw new Error(`a route leads out of the namespace:\n${stdout}`);
  return stdout.trim() === '' ? 'no route at all' : stdout.trim();
}
