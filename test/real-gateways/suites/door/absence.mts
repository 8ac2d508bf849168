/** Engines that fail or are away, and callers that would not be charged. */
import { setTimeout as pause } from 'node:timers/promises';
import { expectEqual, type Suite } from '../../../harness/report.mjs';
import { chat } from '../../call.mjs';
import type { RunningGateway } from '../../gateways/gateway.mjs';
import { KEYS } from '../../policy.mjs';
import type { ToldEngine } from '../../world/told.mjs';

const times = async (count: number, ask: () => Promise<{ status: number }>): Promise<number[]> => {
  const statuses = [];
  for (let at = 0; at < count; at += 1) statuses.push((await ask()).status);
  return statuses;
};

export async function absence(suite: Suite, { url }: RunningGateway, told: ToldEngine): Promise<void> {
  await suite.check('calls that fail take nothing from those of others', async () => {
    const failed: number[] = [];
    for (const status of [500, 503, 429, 400]) {
      told.tell({ status });
      failed.push(...(await times(3, () => chat(url, 'open', KEYS.team))));
      told.tell({});
      expectEqual((await chat(url, 'open', KEYS.small)).status, 200, `after ${String(status)}`);
    }
    expectEqual(
      failed,
      [500, 503, 429, 400].flatMap((status) => [status, status, status]),
      'the failing calls',
    );
    return failed.join(' ');
  });
  await suite.check('503 while no engine is there, streamed or not', async () => {
    const statuses = await times(3, () => chat(url, 'gone', KEYS.team));
    statuses.push(...(await times(3, () => chat(url, 'gone', KEYS.team, 'Hello.', { stream: true }))));
    expectEqual([...new Set(statuses)], [503], statuses.join(' '));
    return statuses.join(' ');
  });
  await suite.check('others answer while one of several is away', async () => {
    const statuses = await times(10, () => chat(url, 'canary', KEYS.team));
    statuses.push(...(await times(3, () => chat(url, 'spare', KEYS.team))));
    expectEqual([...new Set(statuses)], [200], statuses.join(' '));
    return statuses.join(' ');
  });
  await suite.check('no field keeps a call from being charged', async () => {
    expectEqual((await chat(url, 'open', KEYS.small, 'Hello.', { 'no-log': true })).status, 400, 'no-log');
    const statuses: number[] = [];
    for (let at = 0; at < 12; at += 1) {
      statuses.push(
        (await chat(url, 'open', KEYS.small, 'Hello.', { stream: true, stream_options: { include_usage: false } }))
          .status,
      );
      // Tokens are charged after the answer.
      await pause(300);
    }
    expectEqual(statuses.at(-1), 429, statuses.join(' '));
    return statuses.join(' ');
  });
}
