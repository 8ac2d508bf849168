/** What a request to LiteLLM may hold: cases come from our tables, and from LiteLLM's own sources. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { REQUEST_FIELDS } from '../../../../gateway/fields/index.js';
import { type ApiPath, PATHS } from '../../../../gateway/policy.js';
import { everyPlace, sample } from '../../../gateway/fields/samples.js';
import { mustRun } from '../../../harness/processes.mjs';
import { expect, expectEqual, type Suite } from '../../../harness/report.mjs';
import { type Answer, call, CHAT, type CallOptions } from '../../call.mjs';
import type { RunningGateway } from '../../gateways/gateway.mjs';
import { KEYS } from '../../policy.mjs';
import type { ToldEngine } from '../../world/told.mjs';

type Json = Readonly<Record<string, unknown>>;

const MESSAGES = { messages: [{ role: 'user', content: 'Hello.' }] };
const BASE: Readonly<Record<ApiPath, Json>> = {
  chat: MESSAGES,
  responses: { input: 'Hello.' },
  messages: { ...MESSAGES, max_tokens: 8 },
  embeddings: { input: 'Hello.' },
};
const API_PATHS = Object.keys(PATHS) as ApiPath[];
/** Of the pack of contacts; no client sends it by itself. */
const PLANTED = 'erika.mustermann@example.org';
/** Of the pack of payments: the number with which card networks test. */
const PLANTED_CARD = 4111111111111111;
const SCRIPT = fileURLToPath(new URL('../../clients/litellm_switches.py', import.meta.url));

interface Switches {
  readonly fields: readonly string[];
  readonly headers: readonly string[];
}

async function switchesOf(python: string): Promise<Switches> {
  const { stdout } = await mustRun(python, [path.resolve(SCRIPT)], { env: { LITELLM_LOCAL_MODEL_COST_MAP: 'True' } });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Switches;
}

interface Refusal {
  readonly error: { readonly message: string; readonly param: string | null; readonly code: string };
}

export async function requests(suite: Suite, { url }: RunningGateway, told: ToldEngine, python: string): Promise<void> {
  const post = (api: ApiPath, more: Json, options: CallOptions = {}): Promise<Answer> =>
    call(url, PATHS[api], { key: KEYS.team, body: { model: 'open', ...BASE[api], ...more }, ...options });
  /** @returns what is wrong with a refusal, undefined where nothing is */
  const notRefused = ({ status, body }: Answer, field: string): string | undefined => {
    if (status !== 400) return `${field}: ${String(status)} ${body.slice(0, 200)}`;
    const { message, param } = (JSON.parse(body) as Refusal).error;
    return message.includes(field) && param === field && !body.includes('planted-value') ? undefined : body;
  };
  const allRefused = async (
    what: string,
    cases: readonly (readonly [string, () => Promise<Answer>])[],
  ): Promise<void> => {
    await suite.check(what, async () => {
      told.clear();
      const wrong: string[] = [];
      for (const [field, ask] of cases)
        wrong.push(...[notRefused(await ask(), field)].filter((one) => one !== undefined));
      expect(cases.length > 0, 'no case');
      expectEqual(wrong, [], 'not refused by name');
      expectEqual(told.asked().length, 0, 'calls that reached the engine');
      return `${String(cases.length)} refused`;
    });
  };

  const switches = await switchesOf(python);
  await suite.check("LiteLLM's sources name its switches", () => {
    const known = ['extra_body', 'fallbacks', 'no-log', 'metadata', 'api_base', 'mock_response', 'user_config'];
    expectEqual(
      known.filter((name) => !switches.fields.includes(name)),
      [],
      'missing',
    );
    expect(switches.headers.includes('x-litellm-timeout'), switches.headers.join(' '));
    return Promise.resolve(`${String(switches.fields.length)} fields, ${String(switches.headers.length)} headers`);
  });
  for (const api of API_PATHS)
    await allRefused(
      `each of LiteLLM's own fields is refused by name on ${PATHS[api]}`,
      [...switches.fields, 'specific_deployment', 'deployment_id', 'extra_headers', 'extra_query', 'no_such_field']
        .filter((name) => !(name in REQUEST_FIELDS[api]))
        .map((name) => [name, () => post(api, { [name]: 'planted-value' })] as const),
    );
  await allRefused(
    "each of LiteLLM's own headers is refused by name",
    switches.headers.map((name) => [name, () => post('chat', {}, { headers: { [name]: 'planted-value' } })] as const),
  );
  for (const api of API_PATHS) {
    const inner = everyPlace(REQUEST_FIELDS[api]).filter(({ shape }) => shape.is === 'object');
    if (inner.length > 0)
      await allRefused(
        `a field that no table has is refused in every object of ${PATHS[api]}`,
        inner.map(({ at, field, shape, put }) => [
          `${at}.no_such_field`,
          () => post(api, { [field]: put({ ...(sample(shape) as Json), no_such_field: 'planted-value' }) }),
        ]),
      );
    await suite.check(`each listed field of ${PATHS[api]} is taken`, async () => {
      const wrong: string[] = [];
      const places = everyPlace(REQUEST_FIELDS[api]).filter(({ field }) => field !== 'model');
      for (const { at, field, shape, put } of places) {
        const { status, body } = await post(api, { [field]: put(sample(shape)) });
        if (status !== 200) wrong.push(`${at}: ${String(status)} ${body.slice(0, 200)}`);
      }
      expectEqual(wrong, [], 'refused');
      return `${String(places.length)} places`;
    });
    await suite.check(`a value of another type is refused in every place of ${PATHS[api]}`, async () => {
      told.clear();
      const wrong: string[] = [];
      const places = everyPlace(REQUEST_FIELDS[api]).filter(
        ({ field, shape }) => field !== 'model' && !['json', 'ignored'].includes(shape.is),
      );
      for (const { at, field, put } of places) {
        const { status } = await post(api, { [field]: put({ 'planted-value': [true] }) });
        if (status !== 400) wrong.push(`${at}: ${String(status)}`);
      }
      expectEqual(wrong, [], 'taken');
      expectEqual(told.asked().length, 0, 'calls that reached the engine');
      return `${String(places.length)} places`;
    });
  }

  const texts = everyPlace(REQUEST_FIELDS.chat).filter(({ shape }) => ['text', 'name', 'json'].includes(shape.is));
  for (const model of ['claims', 'strict'])
    await suite.check(`planted data in any text of a request reaches no engine: ${model}`, async () => {
      const wrong: string[] = [];
      const counts = { masked: 0, refused: 0 };
      for (const { at, field, put, shape } of texts.filter(({ field: name }) => name !== 'model')) {
        told.clear();
        const value =
          shape.is === 'json' ? { type: 'string', enum: [PLANTED] } : shape.is === 'name' ? PLANTED : `To ${PLANTED}.`;
        const { status, body } = await post('chat', { [field]: put(value), model });
        const reached = JSON.stringify(told.asked()).includes(PLANTED);
        if (reached || body.includes(PLANTED) || ![200, 400].includes(status))
          wrong.push(`${at}: ${String(status)} ${body}`);
        counts[status === 200 ? 'masked' : 'refused'] += 1;
      }
      expectEqual(wrong, [], 'places');
      expect(model === 'claims' ? counts.masked > 10 : counts.masked === 0, JSON.stringify(counts));
      return `${String(texts.length)} places, ${JSON.stringify(counts)}`;
    });
  await suite.check('a planted card is refused as any number of a request', async () => {
    told.clear();
    const wrong: string[] = [];
    const numbers = everyPlace(REQUEST_FIELDS.chat).filter(({ shape }) =>
      ['number', 'integer', 'weights'].includes(shape.is),
    );
    for (const { at, field, put, shape } of numbers) {
      const value = shape.is === 'weights' ? { '7': PLANTED_CARD } : PLANTED_CARD;
      const { status, body } = await post('chat', { model: 'claims', [field]: put(value) });
      if (status !== 400 || body.includes(String(PLANTED_CARD))) wrong.push(`${at}: ${String(status)} ${body}`);
    }
    expectEqual(wrong, [], 'places');
    expectEqual(told.asked().length, 0, 'calls that reached the engine');
    return `${String(numbers.length)} places`;
  });
  await suite.check('texts that make planted data together are refused', async () => {
    told.clear();
    const content = ['erika.mustermann@exa', 'mple.org'].map((text) => ({ type: 'text', text }));
    const { status, body } = await post('chat', { model: 'claims', messages: [{ role: 'user', content }] });
    expectEqual([status, told.asked().length], [400, 0], body);
    const harmless = ['One.', 'Two.'].map((text) => ({ type: 'text', text }));
    expectEqual(
      (await post('chat', { model: 'claims', messages: [{ role: 'user', content: harmless }] })).status,
      200,
      'two',
    );
    return String(status);
  });
  await suite.check('images and audio are refused where requests are redacted', async () => {
    const places = everyPlace(REQUEST_FIELDS.chat).filter(({ shape }) => shape.unless === 'requests-are-redacted');
    for (const { at, field, put, shape } of places)
      expectEqual((await post('chat', { model: 'claims', [field]: put(sample(shape)) })).status, 400, at);
    expect(places.length >= 2, 'no place');
    return `${String(places.length)} places`;
  });
  await suite.check('what the gateway sets in every request, no caller sets', async () => {
    told.clear();
    expectEqual((await post('chat', { model: 'set' })).status, 200, 'without');
    expectEqual(told.asked()[0]?.['include_reasoning'], false, 'at the engine');
    for (const more of [{ include_reasoning: true }, { extra_body: { include_reasoning: true } }])
      expectEqual((await post('chat', { model: 'set', ...more })).status, 400, JSON.stringify(more));
    expectEqual((await post('chat', { model: 'set', top_k: 5 })).status, 200, 'with a field of engines');
    expectEqual(
      told.asked().map((one) => one['include_reasoning']),
      [false, false],
      'at the engine',
    );
    told.clear();
    await post('chat', { stream: true, stream_options: { include_usage: false } });
    expectEqual(told.asked()[0]?.['stream_options'], { include_usage: true }, 'usage of streams');
    return 'include_reasoning, include_usage';
  });

  const body = JSON.stringify({ model: 'open', ...MESSAGES });
  const twice = '{"model":"private","model":"open","messages":[{"role":"user","content":"Hello."}]}';
  const forms: readonly (readonly [string, string, CallOptions])[] = [
    ['a parameter in the address', `${CHAT}?timeout=1`, { raw: body }],
    ['a key twice', CHAT, { raw: twice }],
    ['a key twice, deeper', CHAT, { raw: body.replace('"content"', '"content":"x","content"') }],
    ['a form', CHAT, { raw: body, headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    ['several parts', CHAT, { raw: body, headers: { 'content-type': 'multipart/form-data; boundary=x' } }],
    ['plain text', CHAT, { raw: body, headers: { 'content-type': 'text/plain' } }],
    ['protobuf', CHAT, { raw: body, headers: { 'content-type': 'application/x-protobuf' } }],
    ['compressed', CHAT, { raw: gzipSync(body), headers: { 'content-encoding': 'gzip' } }],
    ['UTF-16', CHAT, { raw: Buffer.from(body, 'utf16le') }],
    ['a byte order mark', CHAT, { raw: `\ufeff${body}` }],
    ['NaN', CHAT, { raw: body.replace('{', '{"temperature":NaN,') }],
    ['a number beyond all', CHAT, { raw: body.replace('{', '{"temperature":1e999,') }],
    ['half a character', CHAT, { raw: body.replace('Hello', '\\ud800') }],
    ['no end', CHAT, { raw: body.slice(0, -1) }],
    ['depth', CHAT, { raw: body.replace('"Hello."', `${'['.repeat(50_000)}${']'.repeat(50_000)}`) }],
    ['a list', CHAT, { raw: `[${body}]` }],
  ];
  await suite.check('a body is one JSON object that can be read in one way', async () => {
    told.clear();
    const wrong: string[] = [];
    for (const [what, at, options] of forms) {
      const { status } = await call(url, at, { key: KEYS.team, ...options });
      if (status !== 400) wrong.push(`${what}: ${String(status)}`);
    }
    expectEqual(wrong, [], 'taken');
    expectEqual(told.asked().length, 0, 'calls that reached the engine');
    expectEqual((await call(url, CHAT, { key: KEYS.team, raw: body })).status, 200, 'the control');
    return `${String(forms.length)} forms`;
  });
  await suite.check('who has no key is told so first', async () => {
    const { status } = await call(url, `${CHAT}?a=b`, { key: 'sk-nobody', body: { extra_body: {} } });
    expectEqual(status, 401, 'status');
    return '401';
  });
}
