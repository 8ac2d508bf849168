/** Waiting for what can be seen, however long the machine takes for it. */
import { setTimeout as pause } from 'node:timers/promises';

/** Only so that a run ends at all. */
const AT_MOST_SECONDS = 240;

/**
 * @param what it waits for, as the error says it
 * @returns seconds that it took
 */
export async function until(what: string, seen: () => Promise<boolean>): Promise<number> {
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  while (!(await seen())) {
    if (seconds() > AT_MOST_SECONDS) throw new Error(`${what}: not seen within ${String(AT_MOST_SECONDS)} s`);
    await pause(250);
  }
  return seconds();
}
