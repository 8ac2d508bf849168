/** Personal data planted on either side of the gateway. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect, expectEqual, type Suite } from '../../harness/report.mjs';
import type { Collector } from '../../traces/world/collector.mjs';
import { call, CHAT, chat } from '../call.mjs';
import type { RunningGateway } from '../gateways/gateway.mjs';
import { KEYS, PLANTED } from '../policy.mjs';
import type { Recorder } from '../world/recorder.mjs';

/** What is found of the planted texts, and of the keys. */
const found = (text: string, planted: readonly string[]): string[] => planted.filter((one) => text.includes(one));

/** As it stands inside a JSON string, where bytes beyond ASCII may be escaped or not. */
const inJson = (text: string): string[] => [
  ...new Set([text, JSON.stringify(text).slice(1, -1), Buffer.from(text).toString('latin1')]),
];
const PLANTED_ANYHOW = PLANTED.flatMap(inJson);

const ALL = PLANTED.join(' ; ');

export interface Watched {
  readonly gateway: RunningGateway;
  readonly upstream: Recorder;
  /** Before the engine that leaks. */
  readonly leaky: Recorder;
  /** What the engine that leaks says. */
  readonly leak: string;
  readonly collector: Collector;
  /** Between the gateway and the Collector. */
  readonly traced: Recorder;
  /** What the Collector sends on. */
  readonly stored: Recorder;
}

/** Longest wait for the last spans of a call. */
const LAST_BATCH_MS = 60_000;

/** Waits until the gateway has sent its last spans and the Collector has passed all of them on. @returns how many */
async function settled(collector: Collector): Promise<number> {
  // Senders batch for up to five seconds.
  await pause(6000);
  for (let waited = 0; ; waited += 500) {
    const taken = await collector.metric('otelcol_receiver_accepted_spans');
    const left = taken - (await collector.metric('otelcol_exporter_sent_spans'));
    if (left === 0) return taken;
    expect(waited < 30_000, `${String(left)} of ${String(taken)} spans never left the Collector`);
    await pause(500);
  }
}

export async function redaction(
  suite: Suite,
  { gateway, upstream, leaky, leak, collector, traced, stored }: Watched,
): Promise<void> {
  const { url } = gateway;
  const reached = (recorder = upstream): string =>
    recorder
      .seen()
      .map(({ body, headers }) => `${headers}\n${body}`)
      .join('\n');
  await suite.check('the control: without redaction both directions show planted data', async () => {
    leaky.clear();
    const { status, body } = await chat(url, 'open', KEYS.team, ALL, { max_tokens: 200 });
    expectEqual(status, 200, body.slice(0, 300));
    expect(
      found(reached(leaky), PLANTED_ANYHOW).length >= PLANTED.length / 2,
      `only these came: ${found(reached(leaky), PLANTED_ANYHOW).join(' | ')}`,
    );
    expect(body.includes(leak), `the answer lacks ${leak}: ${body.slice(0, 400)}`);
    return `${String(PLANTED.length)} texts, and the leak of the engine`;
  });
  const masked = async (what: string, model: string, more: Readonly<Record<string, unknown>>): Promise<void> => {
    await suite.check(what, async () => {
      const bad: string[] = [];
      for (const one of PLANTED) {
        upstream.clear();
        const { status, body } = await chat(url, model, KEYS.team, `Please note ${one} for me.`, more);
        expectEqual(status, 200, `${one}: ${body.slice(0, 300)}`);
        expectEqual(upstream.seen().length, 1, `${one}: calls that reached the engine`);
        if (found(reached(), inJson(one)).length > 0) bad.push(one);
      }
      expectEqual(bad, [], 'texts that reached the engine');
      return `${String(PLANTED.length)} of ${String(PLANTED.length)} masked`;
    });
  };
  await masked('planted data never reaches the engine', 'claims', {});
  await masked('planted data never reaches the engine when the answer is streamed', 'stream', { stream: true });
  await suite.check(
    'it is masked in the system prompt, in parts, in results of tools and in turns before',
    async () => {
      const [first = '', second = '', third = '', fourth = ''] = PLANTED;
      upstream.clear();
      const messages = [
        { role: 'system', content: `Know ${first}.` },
        { role: 'user', content: [{ type: 'text', text: `And ${second}.` }] },
        { role: 'assistant', content: `I said ${third}.` },
        { role: 'user', content: `Well, ${fourth}.` },
      ];
      const { status, body } = await call(url, CHAT, {
        key: KEYS.team,
        body: { model: 'claims', messages, max_tokens: 4 },
      });
      expectEqual(status, 200, body.slice(0, 300));
      expectEqual(
        found(reached(), [first, second, third, fourth].flatMap(inJson)),
        [],
        'texts that reached the engine',
      );
      return 'four places';
    },
  );
  await suite.check('a workflow that rejects answers 400, and the engine sees nothing', async () => {
    upstream.clear();
    for (const one of PLANTED) {
      const { status, body } = await chat(url, 'strict', KEYS.team, `Please note ${one} for me.`);
      expectEqual(status, 400, `${one}: ${body.slice(0, 200)}`);
      expectEqual(found(body, inJson(one)), [], 'the refusal repeats it');
    }
    expectEqual(upstream.seen().length, 0, 'calls that reached the engine');
    expectEqual((await chat(url, 'strict', KEYS.team, 'Nothing personal.')).status, 200, 'a harmless call');
    return `${String(PLANTED.length)} of ${String(PLANTED.length)}`;
  });
  await suite.check('planted data in an answer is masked', async () => {
    const { status, body } = await chat(url, 'leaky', KEYS.team, 'What do you know?', { max_tokens: 200 });
    expectEqual(status, 200, body.slice(0, 300));
    expect(!body.includes(leak), body.slice(0, 400));
    return JSON.stringify(
      (JSON.parse(body) as { choices: { message: { content: string } }[] }).choices[0]?.message.content,
    );
  });
  await suite.check('planted data in an answer is refused where the workflow says so, streamed or not', async () => {
    for (const stream of [false, true]) {
      const { body } = await chat(url, 'leak-strict', KEYS.team, 'What do you know?', { max_tokens: 200, stream });
      const said = [...body.matchAll(/"content":"((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text).join('');
      expect(!said.includes(leak) && !body.includes(leak), `stream ${String(stream)}: ${body.slice(0, 400)}`);
    }
    return 'both';
  });
  await suite.check('nothing planted and no key stands in the output of the gateway', () => {
    const output = gateway.output();
    expect(output.length > 0, 'the gateway said nothing');
    expectEqual(found(output, [...PLANTED_ANYHOW, ...Object.values(KEYS), leak]), [], 'in its output');
    return Promise.resolve(`${String(Math.ceil(output.length / 1024))} KiB of output`);
  });
  await suite.check('no key reaches an engine or a trace', async () => {
    const spans = await settled(collector);
    expectEqual(found(upstream.everything() + leaky.everything(), Object.values(KEYS)), [], 'at the engine');
    expect(traced.everything().includes('claims'), 'no trace came');
    expectEqual(found(traced.everything() + stored.everything(), Object.values(KEYS)), [], 'in traces');
    return `${String(spans)} spans`;
  });
  await suite.check('the control: before the Collector traces show planted data, and behind it calls', async () => {
    const words = ['claims', 'open', 'leaky', 'stream', 'Please note'];
    const missing = (): string[] => words.filter((text) => !stored.everything().includes(text));
    // A busy gateway sends its last batch late.
    for (let waited = 0; missing().length > 0 && waited < LAST_BATCH_MS; waited += 500) await pause(500);
    const before = found(traced.everything(), PLANTED_ANYHOW);
    expect(before.length >= PLANTED.length / 2, `only these came: ${before.join(' | ')}`);
    expect(traced.everything().includes(leak), `no span has the answer ${leak}`);
    expectEqual(missing(), [], 'workflows and words of prompts that did not come');
    return `${String(before.length)} texts before it`;
  });
  await suite.check('nothing planted in any call of the run is in what the Collector sends to the store', () => {
    expectEqual(found(stored.everything(), [...PLANTED_ANYHOW, leak]), [], 'in traces');
    return Promise.resolve(`${String(Math.ceil(stored.everything().length / 1024))} KiB of traces`);
  });
}
