/** Programs that go on calling, and count what did not come back whole. */
import { setTimeout as pause } from 'node:timers/promises';
import { expectEqual } from '../../harness/report.mjs';
import type { Answer } from '../call.mjs';

/** @returns what is wrong with an answer; undefined when it is whole */
export function whatIsWrong({ status, body }: Answer): string | undefined {
  if (status !== 200) return `${String(status)} ${body.slice(0, 200)}`;
  const isWhole = body.startsWith('{') ? body.includes('"choices"') : /data: \[DONE\]\s*$/.test(body);
  return isWhole ? undefined : `an answer that ends with ${JSON.stringify(body.slice(-80))}`;
}

/**
 * Calls without a pause while something is done.
 *
 * @param ask one for each program
 * @returns how many calls there were
 * @throws Error naming the calls that failed
 */
export async function withCallers(
  ask: readonly (() => Promise<Answer>)[],
  work: () => Promise<unknown>,
): Promise<number> {
  const failed: string[] = [];
  let [calls, isOver] = [0, false];
  const program = async (one: () => Promise<Answer>): Promise<void> => {
    while (!isOver) {
      const wrong = await one().then(whatIsWrong, (error: unknown) => String(error));
      calls += 1;
      if (wrong !== undefined) failed.push(wrong);
      await pause(20);
    }
  };
  const programs = ask.map(program);
  try {
    await work();
  } finally {
    isOver = true;
    await Promise.all(programs);
  }
  expectEqual(failed, [], `${String(failed.length)} of ${String(calls)} calls failed`);
  return calls;
}
