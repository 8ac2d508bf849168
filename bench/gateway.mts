/**
 * `npm run bench:gateway [-- --rounds 4 --seconds 1.25]`: calls per second and added latency of gateways, of their redaction
 * and of their traces, beside calls straight to the same engine in the same run.
 *
 * The engine is llama.cpp with a tiny model that answers one token. All ways are measured in turn, round after round, so that
 * whatever else the machine does disturbs all alike. LiteLLM comes from PyPI; `AIRLOCK_AGENTGATEWAY` names a binary of
 * agentgateway. Traces go to a real Collector, whose store takes everything at once.
 *
 * Runs in a network namespace of its own, without a route to the outside. Time is shown, never judged: it ends with 1 when a
 * call failed, a round is incomplete, or spans were lost.
 */
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { isInside, raiseLoopback, requireNoRoute, runInside } from '../test/harness/network-namespace.mjs';
import { tail } from '../test/harness/processes.mjs';
import { print, runToStatus } from '../test/harness/tier.mjs';
import { CHAT } from '../test/real-gateways/call.mjs';
import { installGateways } from '../test/real-gateways/install.mjs';
import { figureTable } from './gateway/figures.mjs';
import { applyLoad, type Outcome } from './gateway/load.mjs';
import { PACKS } from './gateway/policy.mjs';
import { makeWorld, PROGRAMS, type Way, type World } from './gateway/ways.mjs';

/** Calls of each way and kind before the first that counts: programs load much of themselves at their first call. */
const WARM_UP_SECONDS = 0.3;

/** Nothing of it is redacted, so that the engine has the same work on every way. */
const PROMPT =
  'Please summarize: the insured reports that water came through the ceiling of the kitchen on a Sunday evening. ' +
  'A plumber closed the valve the same night and found a cracked joint behind the wall. ' +
  'The floor has to dry for three weeks before it can be laid again, and two cupboards are lost.';

interface Kind {
  readonly clients: number;
  readonly streamed: boolean;
}

const KINDS: readonly Kind[] = [1, 8].flatMap((clients) => [false, true].map((streamed) => ({ clients, streamed })));
const titleOf = ({ clients, streamed }: Kind): string =>
  `${clients} client${clients === 1 ? '' : 's'}, ${streamed ? 'streamed' : 'whole answers'}`;

const ask = ({ url, key, model }: Way, { clients, streamed }: Kind, seconds: number): Promise<Outcome> =>
  applyLoad({
    ...{ url, path: CHAT, clients, seconds },
    headers: {
      'content-type': 'application/json',
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify({
      ...{ model: model(streamed), messages: [{ role: 'user', content: PROMPT }], max_tokens: 1, stream: streamed },
    }),
    answer: streamed ? 'data: [DONE]' : '"choices"',
  });

interface Measured {
  readonly kind: Kind;
  readonly way: Way;
  readonly rounds: Outcome[];
}

/** Every other round goes backwards, so that a machine that gets busier does not always meet the same way last. */
async function measure(ways: readonly Way[], rounds: number, seconds: number): Promise<Measured[]> {
  const measured = KINDS.flatMap((kind) => ways.map((way): Measured => ({ kind, way, rounds: [] })));
  for (const { kind, way } of measured) await ask(way, kind, WARM_UP_SECONDS);
  for (let round = 0; round < rounds; round += 1) {
    for (const each of round % 2 === 0 ? measured : measured.toReversed())
      each.rounds.push(await ask(each.way, each.kind, seconds));
    print(`round ${round + 1} of ${rounds}; load average ${loadavg()[0]?.toFixed(1)}`);
  }
  return measured;
}

const failed = ({ failures }: Outcome): boolean => failures.length > 0;

/** What no figure is worth anything without. @returns how many do not hold */
async function judge(measured: readonly Measured[], { ways, collector }: World): Promise<number> {
  const outcomes = measured.flatMap(({ rounds }) => rounds);
  const failures = measured.flatMap(({ way, kind, rounds }) =>
    rounds.flatMap((each) => each.failures).map((failure) => `${way.name}, ${titleOf(kind)}: ${failure}`),
  );
  const empty = outcomes.filter(({ milliseconds }) => milliseconds.length === 0).length;
  const calls = outcomes.reduce((sum, { milliseconds }) => sum + milliseconds.length, 0);
  const [taken, refused] = [
    await collector.metric('otelcol_receiver_accepted_spans'),
    await collector.metric('otelcol_exporter_enqueue_failed_spans'),
  ];
  const traced = measured
    .filter(({ way }) => way.traced)
    .flatMap(({ rounds }) => rounds)
    .reduce((sum, { milliseconds }) => sum + milliseconds.length, 0);
  const limits = [
    { ok: failures.length === 0, text: `${failures.length} of ${calls + failures.length} calls failed` },
    { ok: empty === 0, text: `${empty} of ${outcomes.length} measurements on ${ways.length} ways without an answer` },
    { ok: taken >= traced, text: `the Collector took ${taken} spans of at least ${traced} calls with traces` },
    { ok: refused === 0, text: `the Collector refused ${refused} spans` },
  ];
  for (const failure of failures.slice(0, 5)) print(failure);
  for (const way of new Set(measured.filter(({ rounds }) => rounds.some(failed)).map((each) => each.way)))
    print(`${way.name} said last:\n${tail({ stdout: way.output(), stderr: '' }, 5)}`);
  for (const { ok, text } of limits) print(`${ok ? 'ok  ' : 'FAIL'} ${text}`);
  const wrong = limits.filter(({ ok }) => !ok).length;
  print(`${limits.length - wrong} passed, ${wrong} failed`);
  return wrong;
}

async function inside(rounds: number, seconds: number): Promise<number> {
  await raiseLoopback();
  await requireNoRoute();
  const before = loadavg()[0]?.toFixed(1);
  const world = await makeWorld();
  try {
    const measured = await measure(world.ways, rounds, seconds);
    for (const kind of KINDS) {
      const mine = measured.filter((each) => each.kind === kind);
      print(titleOf(kind));
      print(figureTable(new Map(mine.map(({ way, rounds: done }) => [way.name, done]))));
    }
    print(`${rounds} rounds of ${seconds} s; redaction by the packs ${PACKS.join(', ')}; clients share the cores`);
    print(`load average before: ${before} on ${availableParallelism()} cores; more than none makes all slower`);
    if (!('agentgateway' in PROGRAMS))
      print('SKIPPED: agentgateway: AIRLOCK_AGENTGATEWAY names no binary, and no package registry has one');
    return (await judge(measured, world)) > 0 ? 1 : 0;
  } finally {
    await world.close();
  }
}

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '4' }, seconds: { type: 'string', default: '1.25' } },
});
await runToStatus(async () => {
  if (isInside()) return inside(Number(values.rounds), Number(values.seconds));
  await installGateways();
  return runInside();
});
