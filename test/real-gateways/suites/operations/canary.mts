/** Another checkpoint takes calls by its weight, then all of them, and gives them back. */
import { expect, type Suite } from '../../../harness/report.mjs';
import type { Rollout } from '../../gateways/rollout.mjs';
import { whatIsWrong, withCallers } from '../../world/callers.mjs';
import type { Recorder } from '../../world/recorder.mjs';
import { programs, short } from './calls.mjs';
import { type Checkpoints, NEXT_KEY, operationsPolicy } from './policy.mjs';

export interface CanaryWorld {
  readonly rollout: Rollout;
  readonly checkpoints: Checkpoints;
  readonly replicas: number;
  /** Before the engines, in the order of the weights. */
  readonly recorders: readonly [Recorder, Recorder];
}

const CALLS = 200;
/** Standard deviations of a fair draw that a share may be off: one run of fifteen thousand is further. */
const DEVIATIONS = 4;

const STEPS: readonly (readonly [string, readonly [number, number]])[] = [
  ['the next checkpoint gets half of the calls', [1, 1]],
  ['and all of them', [0, 1]],
  ['and gives them back', [1, 0]],
];

/** @returns calls that each engine got */
async function sharesOf({ rollout, recorders }: CanaryWorld): Promise<readonly [number, number]> {
  for (const recorder of recorders) recorder.clear();
  for (let at = 0; at < CALLS; at += 1) {
    const wrong = whatIsWrong(await short(rollout.url, NEXT_KEY));
    expect(wrong === undefined, `call ${String(at)}: ${wrong ?? ''}`);
  }
  const [current, next] = recorders;
  return [current.seen().length, next.seen().length];
}

export async function canary(suite: Suite, world: CanaryWorld): Promise<void> {
  const { rollout, checkpoints, replicas } = world;
  for (const [what, weights] of STEPS)
    await suite.check(`${what}, and no call fails meanwhile`, async () => {
      const next = operationsPolicy(checkpoints, { keys: [NEXT_KEY], weights, replicas });
      const calls = await withCallers(programs(rollout.url, NEXT_KEY), () => rollout.replace(next));
      const [toCurrent, toNext] = await sharesOf(world);
      const share = weights[1] / (weights[0] + weights[1]);
      const slack = DEVIATIONS * Math.sqrt(CALLS * share * (1 - share));
      const found = `${String(toCurrent)} : ${String(toNext)}`;
      expect(toCurrent + toNext === CALLS, `${found} of ${String(CALLS)} calls`);
      expect(Math.abs(toNext - CALLS * share) <= slack, `${found} with weights ${weights.join(' : ')}`);
      return `weights ${weights.join(':')}, calls ${found}; ${String(calls)} meanwhile`;
    });
}
