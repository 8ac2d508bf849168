/** What people may use, who come with a token of an issuer: the gateway, the rate-limit service and its store together. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect, expectEqual, type Suite } from '../../harness/report.mjs';
import { RATE_LIMIT_PORT } from '../../../gateway/rate-limit/service.js';
import { chat } from '../call.mjs';
import { type GatewayProgram, startGateway } from '../gateways/gateway.mjs';
import { acceptancePolicy, type Engines, KEYS } from '../policy.mjs';
import { startRateLimit } from '../world/rate-limit.mjs';
import type { Issuer } from './issuer.mjs';

/** Some calls of a few tokens each. */
const BUDGET = 120;
/** Ports of another pod of the gateway. */
const SHIFT = 2000;

export async function people(
  suite: Suite,
  program: GatewayProgram,
  engines: Engines,
  { budgets, issuer }: { readonly budgets: boolean; readonly issuer: Issuer },
): Promise<void> {
  const budgeted = {
    ...issuer.policy,
    ...{ workflows: ['claims', 'stream'], subjects: ['anna', 'ben', 'carl'] },
    budgets: [{ tokens: BUDGET, window: '30d' }],
  };
  const counting = await startRateLimit([budgeted]);
  const policy = {
    ...acceptancePolicy(engines, { withLeaver: false, withBudgets: budgets, issuers: [budgeted] }),
    rateLimit: { host: '127.0.0.1', port: RATE_LIMIT_PORT },
  };
  const gateway = await startGateway(program, { ...policy, keys: policy.keys.filter(({ name }) => name === 'team') });
  const tokenOf = (sub: string): string => issuer.token({ ...issuer.claims, sub });
  const asked = async (url: string, model: string, credential: string): Promise<number> => {
    const { status } = await chat(url, model, credential, 'Count to ten, please.', { stream: model === 'stream' });
    // Tokens are told to the service after the answer.
    await pause(200);
    return status;
  };
  const untilRefused = async (model: string, sub: string): Promise<number[]> => {
    const statuses: number[] = [];
    while (statuses.length < BUDGET && statuses.at(-1) !== 429)
      statuses.push(await asked(gateway.url, model, tokenOf(sub)));
    expect(statuses.length > 1, `statuses ${statuses.join(' ')}`);
    expectEqual([...new Set(statuses)], [200, 429], `statuses ${statuses.join(' ')}`);
    return statuses;
  };

  await suite.check('the calls of a person end in 429; another person and a key go on', async () => {
    const statuses = await untilRefused('claims', 'anna');
    const others = [await asked(gateway.url, 'claims', tokenOf('ben')), await asked(gateway.url, 'claims', KEYS.team)];
    expectEqual(others, [200, 200], 'another person and a key');
    return `${String(statuses.length - 1)} calls of ${String(BUDGET)} tokens, then 429`;
  });
  await suite.check('streams are counted as well', async () => {
    const statuses = await untilRefused('stream', 'carl');
    return `${String(statuses.length - 1)} calls of ${String(BUDGET)} tokens, then 429`;
  });
  await suite.check('another pod of the gateway knows what this one has counted', async () => {
    const other = await startGateway({ ...program, portShift: SHIFT }, policy);
    const statuses = [await asked(other.url, 'claims', tokenOf('anna')), await asked(other.url, 'claims', KEYS.team)];
    await other.stop();
    expectEqual(statuses, [429, 200], 'a person without tokens, and a key');
    return statuses.join(' ');
  });
  await suite.check('a token that names nobody is refused, since nobody could be charged', async () => {
    const { sub, ...nameless } = issuer.claims;
    const tokens = [nameless, { ...nameless, sub: '' }].map((claims) => issuer.token(claims));
    const statuses = [];
    for (const token of tokens) statuses.push(await asked(gateway.url, 'claims', token));
    expect(
      statuses.every((status) => status === 401 || status === 403),
      `${statuses.join(' ')} without ${String(sub)}`,
    );
    return statuses.join(' ');
  });
  await suite.check('while nobody counts, people are refused, and keys go on', async () => {
    await counting.close();
    const { status } = await chat(gateway.url, 'claims', tokenOf('ben'));
    expect(status >= 500, `a person: ${String(status)}`);
    const key = await asked(gateway.url, 'claims', KEYS.team);
    expectEqual(key, 200, 'a key');
    return `${String(status)}, and ${String(key)} for a key`;
  });
  await gateway.stop();
}
