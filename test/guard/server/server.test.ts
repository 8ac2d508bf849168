/** What the server itself refuses, and what goes further. */
import { connect } from 'node:net';
import type { JsonObject } from '../../../guard/json/read-body';
import { KEY } from '../policies';
import { type Chain, type Said, startChain } from './engine';

let chain: Chain;
beforeAll(async () => {
  chain = await startChain({ redaction: { packs: ['contact'] } });
});
afterAll(() => chain.close());

const SECRET = 'jane.doe@leak.example';
const MESSAGES = [{ role: 'user', content: 'hi' }];

interface Sent {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | JsonObject;
}

async function call({
  path = '/v1/chat/completions',
  method = 'POST',
  headers = {},
  body = { model: 'claims', messages: MESSAGES },
}: Sent = {}): Promise<{ status: number; body: JsonObject; text: string }> {
  const answer = await fetch(`${chain.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...headers },
    ...(method === 'GET' ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, text, body: text.startsWith('{') ? (JSON.parse(text) as JsonObject) : {} };
}

const asked = (more: JsonObject): JsonObject => ({ model: 'claims', messages: MESSAGES, ...more });

it.each<[string, Sent, number, string]>([
  ['a call without a key', { headers: { authorization: '' } }, 401, 'invalid_api_key'],
  ['a call with another key', { headers: { authorization: `Bearer ${KEY}x` } }, 401, 'invalid_api_key'],
  ['a workflow of others', { body: asked({ model: 'letters' }) }, 403, 'model_not_allowed'],
  ['a workflow that is not there', { body: asked({ model: SECRET }) }, 403, 'model_not_allowed'],
  ['no workflow', { body: { messages: MESSAGES } }, 400, 'model_required'],
  ['a field that no table has', { body: asked({ extra_body: { messages: [] } }) }, 400, 'field_not_allowed'],
  ['another switch of LiteLLM', { body: asked({ fallbacks: [{ model: 'letters' }] }) }, 400, 'field_not_allowed'],
  ['and another', { body: asked({ 'no-log': true }) }, 400, 'field_not_allowed'],
  ['a name that holds a value', { body: asked({ [SECRET]: 1 }) }, 400, 'field_not_allowed'],
  ['a role that is none', { body: asked({ messages: [{ role: SECRET, content: 'x' }] }) }, 400, 'invalid_field'],
  [
    'an image where requests are redacted',
    { body: asked({ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:,' } }] }] }) },
    400,
    'field_not_allowed',
  ],
  [
    'two parts that make a value',
    {
      body: asked({
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'jane.doe@' },
              { type: 'text', text: 'leak.example' },
            ],
          },
        ],
      }),
    },
    400,
    'content_blocked',
  ],
  ['parameters in the address', { path: '/v1/chat/completions?model=letters' }, 400, 'field_not_allowed'],
  ['a body that is no JSON', { body: `{"model": ${SECRET}` }, 400, 'invalid_body'],
  ['an empty body', { body: '' }, 400, 'invalid_body'],
  ['a key twice', { body: `{"model": "claims", "messages": [], "messages": ["${SECRET}"]}` }, 400, 'invalid_body'],
  ['another type', { headers: { 'content-type': 'text/plain' } }, 415, 'unsupported_media_type'],
  ['an encoding', { headers: { 'content-encoding': 'gzip' } }, 415, 'unsupported_media_type'],
  ['a body that is too long', { body: asked({ user: 'x'.repeat(11 * 1024 * 1024) }) }, 413, 'invalid_body'],
  ['another path', { path: '/v1/audio/speech' }, 404, 'not_found'],
  ['an administrator’s path', { path: '/key/generate' }, 404, 'not_found'],
  ['a path with dots', { path: '/v1/x/..%2fchat/completions' }, 404, 'not_found'],
  ['another method', { method: 'GET' }, 404, 'not_found'],
  ['an address that is none', { path: `/v1/chat/%zz${SECRET}` }, 400, 'invalid_body'],
  ['parameters of the list of models', { path: `/v1/models?user=${SECRET}`, method: 'GET' }, 400, 'field_not_allowed'],
  [
    'a label beside its number in JSON',
    { body: asked({ tools: [{ type: 'function', function: { name: 'f', parameters: { tel: '0891234567' } } }] }) },
    400,
    'content_blocked',
  ],
])('%s is refused in the form of the API, and goes nowhere', async (_, sent, status, code) => {
  const before = chain.asked.length;
  const answer = await call(sent);
  expect([answer.status, answer.body]).toMatchObject([status, { error: { code } }]);
  expect(answer.text).not.toContain('leak.example');
  expect(chain.asked.length).toBe(before);
});

it('names the field, and says how a site allows it', async () => {
  const { body } = await call({ body: asked({ vendor_field: 1 }) });
  expect(body).toMatchObject({
    error: {
      param: 'vendor_field',
      type: 'invalid_request_error',
      message: expect.stringMatching(/^vendor_field: no such field.*allowFields\.chat of the workflow$/) as string,
    },
  });
});

it('refuses in Anthropic’s form where that is called', async () => {
  const { status, body } = await call({ path: '/v1/messages', body: { model: 'claims', vendor: 1 } });
  expect([status, body]).toMatchObject([400, { type: 'error', error: { type: 'invalid_request_error' } }]);
});

it('sends no header field on but those of the list, and a token of its own', async () => {
  chain.say({ json: { choices: [] } });
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  await call({
    headers: {
      traceparent,
      tracestate: SECRET,
      'x-litellm-tags': SECRET,
      cookie: SECRET,
      'user-agent': SECRET,
      'openai-organization': SECRET,
    },
  });
  const { headers } = chain.asked.at(-1)!;
  expect(Object.keys(headers).sort()).toEqual(
    ['accept', 'accept-encoding', 'connection', 'content-length', 'content-type', 'host', 'traceparent'].sort(),
  );
  expect(headers).toMatchObject({ traceparent, 'accept-encoding': 'identity' });
});

it('sends no field of a header on that has another form', async () => {
  chain.say({ json: { choices: [] } });
  await call({ headers: { traceparent: SECRET } });
  expect(chain.asked.at(-1)!.headers).not.toHaveProperty('traceparent');
});

describe('an engine', () => {
  it.each<[string, Said, number, string]>([
    ['refuses', { status: 400, json: { error: { message: `max_tokens: ${SECRET}` } } }, 400, 'upstream_error'],
    [
      'refuses as vLLM did',
      { status: 404, json: { object: 'error', message: 'no such model' } },
      404,
      'upstream_error',
    ],
    ['does not know the guard', { status: 401, json: { error: { message: SECRET } } }, 502, 'upstream_error'],
    ['says an error as an answer', { json: { error: { message: SECRET } } }, 502, 'upstream_error'],
    ['fails without JSON', { status: 500, type: 'text/html', raw: `<h1>${SECRET}</h1>` }, 500, 'upstream_error'],
    ['leads elsewhere', { status: 302, headers: { location: 'http://127.0.0.1:1/' }, json: {} }, 502, 'upstream_error'],
    ['answers no JSON', { raw: SECRET }, 502, 'upstream_error'],
    ['answers another type', { type: 'text/plain', raw: SECRET }, 502, 'upstream_error'],
    ['answers in an encoding', { headers: { 'content-encoding': 'gzip' }, json: {} }, 502, 'upstream_error'],
    ['answers with events', { events: [{ choices: [] }] }, 502, 'upstream_error'],
    ['answers a key twice', { raw: '{"id": "a", "id": "b"}' }, 502, 'upstream_error'],
    [
      'answers content that is no text',
      { json: { choices: [{ message: { content: [SECRET] } }] } },
      502,
      'upstream_error',
    ],
  ])('that %s is told in the form of the API, without its words', async (_, said, status, code) => {
    chain.say(said);
    const answer = await call();
    expect([answer.status, answer.body]).toMatchObject([status, { error: { code } }]);
    expect(answer.text).not.toContain('leak.example');
  });

  it('that breaks its stream ends it with an error', async () => {
    const event = (content: unknown): JsonObject => ({ choices: [{ index: 0, delta: { content } }] });
    chain.say({ events: [event('some words '), event([SECRET])] });
    const { status, text } = await call({ body: asked({ stream: true }) });
    expect([status, text.includes('some ')]).toEqual([200, true]);
    expect(text).toMatch(/data: \{"error":\{"message":.*\}\}\n\n/);
    expect(text).not.toContain('leak.example');
  });

  it.each<[string, Said]>([
    ['says nothing', { type: 'text/event-stream', raw: '' }],
    ['says nothing of it', { type: 'text/event-stream', raw: ': still here\n\n' }],
    ['breaks off', { type: 'text/event-stream', raw: 'data: {"choices": []}\n\n' }],
  ])('that %s instead of an end has no end for its caller, either', async (_, said) => {
    chain.say(said);
    const { text } = await call({ body: asked({ stream: true }) });
    expect(text).toContain('the answer broke off');
    expect(text).not.toContain('[DONE]');
  });

  it('that is refused at its first event has a status of its own', async () => {
    chain.say({ events: [{ choices: [{ index: 0, delta: { content: [SECRET] } }] }] });
    expect(await call({ body: asked({ stream: true }) })).toMatchObject({ status: 502 });
  });
});

it('answers probes, and counts without words of calls', async () => {
  expect(await call({ path: '/healthz', method: 'GET' })).toMatchObject({ status: 200, text: 'ok\n' });
  expect(await call({ path: '/readyz', method: 'GET' })).toMatchObject({ status: 200 });
  chain.say({ json: { vendor: 1, choices: [{ index: 0, message: { content: SECRET } }] } });
  await call({ body: asked({ messages: [{ role: 'user', content: SECRET }] }) });
  const { text } = await call({ path: '/metrics', method: 'GET' });
  expect(text).toContain('airlock_guard_requests_total{endpoint="chat",code="200"}');
  expect(text).toContain('airlock_guard_redactions_total{direction="request",pattern="contact-email"}');
  expect(text).not.toContain('leak.example');
});

it('says nothing of calls in its log', () => {
  expect(chain.log).toEqual([]);
});

it.each([
  ['no HTTP', 'hello\r\n\r\n'],
  [
    'two lengths',
    `POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n${SECRET}`,
  ],
  ['a head that is too long', `GET /v1/models HTTP/1.1\r\nHost: a\r\nx: ${SECRET.repeat(2000)}\r\n\r\n`],
])('answers %s in the form of the API', async (_, bytes) => {
  const { port } = new URL(chain.url);
  const socket = connect(Number(port), '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.end(bytes);
  await new Promise((resolve) => socket.once('close', resolve));
  const [head = '', body = ''] = Buffer.concat(chunks).toString().split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 400 /);
  expect(JSON.parse(body)).toMatchObject({ error: { code: 'invalid_body' } });
  expect(body).not.toContain('leak.example');
});
