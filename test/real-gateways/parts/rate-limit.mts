/** The rate-limit service with a real store, asked as agentgateway asks it (crates/agentgateway/src/http/remoteratelimit.rs). */
import { setTimeout as pause } from 'node:timers/promises';
import { RATE_LIMIT_DOMAIN } from '../../../gateway/rate-limit/descriptors.js';
import { rateLimitSpec } from '../../../gateway/rate-limit/service.js';
import type { IssuerPolicy } from '../../../gateway/policy.js';
import { expect, expectEqual, type Report } from '../../harness/report.mjs';
import { call } from '../call.mjs';
import { isCounting, JSON_URL, listeners, startRateLimit } from '../world/rate-limit.mjs';

const WINDOW = '30d';
const WINDOW_SECONDS = 30 * 86_400;

const issuer = (name: string, tokens: number): IssuerPolicy => ({
  ...{ name, issuer: `https://${name}.example`, audiences: ['a'], jwks: '{}', workflows: ['claims'] },
  budgets: [{ tokens, window: WINDOW }],
});

/** Tells the service what a call took, or asks with 0. @returns the status: 429 where nothing is left */
async function count(of: string, subject: string, tokens: number): Promise<number> {
  const entries = [
    { key: 'window', value: WINDOW },
    { key: 'issuer', value: of },
    { key: 'subject', value: subject },
  ];
  const body = { domain: RATE_LIMIT_DOMAIN, descriptors: [{ entries, hitsAddend: String(tokens) }] };
  return (await call(JSON_URL, '/json', { body })).status;
}

export async function withRateLimit(report: Report): Promise<void> {
  const suite = report.suite('rate-limit');
  const issuers = [issuer('staff', 100), issuer('partners', 10)];
  const world = await startRateLimit(issuers);
  const asked = (of: string, subject: string): Promise<number> => count(of, subject, 0);
  /** How many questions the service answers with an error before all of its connections to the store are good again. */
  const found = async (): Promise<number> => {
    let [errors, inARow] = [0, 0];
    for (let at = 0; at < 200; at += 1) {
      if ((await asked('staff', 'zoe')) === 200) inARow += 1;
      else [errors, inARow] = [errors + 1, 0];
      if (inARow === 2 * Number(rateLimitSpec([], '').env['REDIS_POOL_SIZE'])) return errors;
      await pause(50);
    }
    throw new Error(`the service does not find its store again:\n${world.output().slice(-1000)}`);
  };

  await suite.check('asking takes nothing, and who has used more than the budget gets 429', async () => {
    const statuses = [];
    for (let at = 0; at < 5; at += 1) statuses.push(await asked('staff', 'anna'));
    await count('staff', 'anna', 60);
    statuses.push(await asked('staff', 'anna'));
    await count('staff', 'anna', 60);
    statuses.push(await asked('staff', 'anna'));
    expectEqual(statuses, [200, 200, 200, 200, 200, 200, 429], 'statuses');
    return statuses.join(' ');
  });
  await suite.check('each person and each issuer has a count of its own', async () => {
    const statuses = [await asked('staff', 'ben'), await asked('partners', 'anna')];
    await count('partners', 'anna', 11);
    statuses.push(await asked('partners', 'anna'), await asked('staff', 'ben'), await asked('nobody', 'anna'));
    expectEqual(statuses, [200, 200, 429, 200, 200], 'statuses');
    return statuses.join(' ');
  });
  await suite.check('counts go with their window', async () => {
    const names = (await world.store('--scan')).split('\n').filter((name) => name !== '');
    const left = await Promise.all(names.map(async (name) => Number(await world.store('TTL', name))));
    expect(names.length > 0, 'the store has no count');
    for (const seconds of left)
      expect(seconds > 0 && seconds <= WINDOW_SECONDS + 60, `a count has ${String(seconds)} s`);
    return `${String(names.length)} counts, the last ends in ${String(Math.max(...left))} s`;
  });
  for (const [signal, wait] of [
    ['SIGTERM', 0],
    ['SIGKILL', 2000],
  ] as const)
    await suite.check(`counts are there again after ${signal} of the store`, async () => {
      await count('staff', `carl-${signal}`, 200);
      // Counts are on disk within a second.
      await pause(wait);
      await world.stopStore(signal);
      await world.startStore();
      const errors = await found();
      const people = [`carl-${signal}`, 'anna', 'ben'];
      const statuses = [];
      for (const subject of people) statuses.push(await asked('staff', subject));
      expectEqual(statuses, [429, 429, 200], 'statuses');
      return `${statuses.join(' ')}, after ${String(errors)} errors`;
    });
  await suite.check('another budget holds for what was counted before', async () => {
    await world.restart([issuer('staff', 1000), issuer('partners', 10)]);
    const statuses = [await asked('staff', 'anna'), await asked('partners', 'anna')];
    expectEqual(statuses, [200, 429], 'statuses');
    return statuses.join(' ');
  });
  await suite.check('it is ready where nobody has a budget, and counts nothing', async () => {
    await world.restart([]);
    const status = await asked('partners', 'anna');
    await world.restart(issuers);
    expectEqual([status, await asked('partners', 'anna')], [200, 429], 'without budgets, and with them again');
    return `${String(status)}, then 429`;
  });
  await suite.check('only the port of gRPC leaves the pod, and the store asks for its password', async () => {
    const open = (await listeners()).filter((address) => /:(6070|8080|8081|6379)$/.test(address));
    const own = open.filter((address) => !address.endsWith(':6379'));
    expectEqual(own, ['*:8081', '127.0.0.1:6070', '127.0.0.1:8080'], 'listeners of the service');
    const said = await world.storeUnasked('GET', 'anything');
    expect(said.includes('NOAUTH'), said);
    return own.join(' ');
  });
  await suite.check('without its store the service gives no answer and is not ready, and finds it again', async () => {
    await world.stopStore('SIGTERM');
    const status = await asked('staff', 'ben');
    expect(status >= 400 && status !== 429, String(status));
    for (let at = 0; (await isCounting()) && at < 50; at += 1) await asked('staff', 'ben');
    expect(!(await isCounting()), 'its probe finds it ready');
    await world.startStore();
    const errors = await found();
    expect(await isCounting(), 'its probe does not find it ready again');
    expectEqual([await asked('staff', 'ben'), await asked('partners', 'anna')], [200, 429], 'afterwards');
    return `${String(status)}; found again after ${String(errors)} errors`;
  });
  await world.close();
}
