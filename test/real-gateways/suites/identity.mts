/** Who gets in, to which model, and for how long. */
import { expect, expectEqual, type Suite } from '../../harness/report.mjs';
import { call, chat } from '../call.mjs';
import type { RunningGateway } from '../gateways/gateway.mjs';
import { acceptancePolicy, type Engines, KEYS, SMALL_BUDGET } from '../policy.mjs';
import type { Recorder } from '../world/recorder.mjs';

/** Statuses that mean "you may not". */
const REFUSED = [401, 403];

export async function identity(
  suite: Suite,
  gateway: RunningGateway,
  upstream: Recorder,
  engines: Engines,
  { budgets, issuers }: { budgets: boolean; issuers?: Parameters<typeof acceptancePolicy>[1]['issuers'] },
): Promise<void> {
  const { url } = gateway;
  const refused = async (what: string, ask: () => Promise<{ status: number; body: string }>): Promise<void> => {
    await suite.check(what, async () => {
      upstream.clear();
      const { status, body } = await ask();
      expect(REFUSED.includes(status), `${String(status)} ${body.slice(0, 200)}`);
      expectEqual(upstream.seen().length, 0, 'calls that reached an engine');
      return String(status);
    });
  };
  await suite.check('a key of the policy calls its model', async () => {
    const { status, body } = await chat(url, 'claims', KEYS.team);
    expectEqual(status, 200, body.slice(0, 400));
    return String(status);
  });
  await refused('an anonymous call is refused', () => chat(url, 'claims', undefined));
  await refused('a foreign key is refused', () => chat(url, 'claims', 'sk-nobody-knows-this'));
  await refused('the hash of a key is no key', () =>
    chat(
      url,
      'claims',
      gateway.spec.files.map(({ content }) => /sha256:[0-9a-f]{64}/.exec(content)?.[0]).find(Boolean),
    ),
  );
  await refused('a model outside the list of the key is refused', () => chat(url, 'other', KEYS.team));
  await refused('a model that nobody offers is refused', () => chat(url, 'tiny-chat', KEYS.team));
  await refused('the internal name of a model is refused', () => chat(url, 'claims--plain', KEYS.team));
  await suite.check('a key sees its own models in the list, and no other', async () => {
    const { status, body } = await call(url, '/v1/models', { key: KEYS.small });
    expectEqual(status, 200, body.slice(0, 200));
    const names = (JSON.parse(body) as { data: { id: string }[] }).data.map(({ id }) => id);
    expectEqual(names, ['claims'], 'models');
    return names.join(', ');
  });
  await suite.check('a key that the next policy lacks is refused, and the others go on', async () => {
    expectEqual((await chat(url, 'claims', KEYS.leaver)).status, 200, 'before');
    await gateway.restart(
      acceptancePolicy(engines, {
        withLeaver: false,
        withBudgets: budgets,
        ...(issuers === undefined ? {} : { issuers }),
      }),
    );
    const { status } = await chat(url, 'claims', KEYS.leaver);
    expect(REFUSED.includes(status), `after: ${String(status)}`);
    expectEqual((await chat(url, 'claims', KEYS.team)).status, 200, 'another key after');
    return `200, then ${String(status)}`;
  });
  await suite.check('calls go on with the next serving while the first is dead', async () => {
    const statuses = [];
    for (let at = 0; at < 6; at += 1) statuses.push((await chat(url, 'spare', KEYS.team)).status);
    expectEqual(statuses.slice(-3), [200, 200, 200], `statuses ${statuses.join(' ')}\nthe last three`);
    return statuses.join(' ');
  });
  if (!budgets) {
    suite.skip('a budget that is used up ends in 429', 'this build of the gateway has no budgets');
    return;
  }
  await suite.check('a budget that is used up ends in 429, also after a restart', async () => {
    const statuses: number[] = [];
    for (let at = 0; at < SMALL_BUDGET && !statuses.includes(429); at += 1) {
      statuses.push((await chat(url, 'claims', KEYS.small, 'Count to ten, please.')).status);
      // Tokens are charged after the answer.
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expectEqual(statuses.at(-1), 429, `statuses ${statuses.join(' ')}\nthe last`);
    expectEqual((await chat(url, 'claims', KEYS.team)).status, 200, 'another key meanwhile');
    await gateway.restart(
      acceptancePolicy(engines, {
        withLeaver: false,
        withBudgets: true,
        ...(issuers === undefined ? {} : { issuers }),
      }),
    );
    expectEqual((await chat(url, 'claims', KEYS.small)).status, 429, 'after a restart');
    return `${String(statuses.length - 1)} calls of ${String(SMALL_BUDGET)} tokens, then 429`;
  });
}
