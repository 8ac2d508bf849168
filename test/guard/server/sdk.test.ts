/** The official SDK through front and back to an engine that records what it is asked. */
import type { JsonObject } from '../../../guard/json/read-body';
import { type Chain, startChain } from './engine';

let chain: Chain;
beforeAll(async () => {
  chain = await startChain({ redaction: { packs: ['contact', 'payment'], requests: 'pseudonym' } });
});
afterAll(() => chain.close());

const MAIL = 'jane.doe@leak.example';
const OTHER = 'john.roe@leak.example';
const last = (): JsonObject => chain.asked.at(-1)!.body;
const completion = (message: JsonObject): JsonObject => ({
  ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'assist', vendor: 'x' },
  choices: [{ index: 0, finish_reason: 'stop', logprobs: null, message: { role: 'assistant', ...message } }],
  usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
});
const chunk = (delta: JsonObject, reason: string | null = null): JsonObject => ({
  ...{ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'assist' },
  choices: [{ index: 0, delta, finish_reason: reason }],
});

it('chats: the engine sees a placeholder, and the caller its own value', async () => {
  chain.say({ json: completion({ content: `I asked [CONTACT-EMAIL_1], and ${OTHER}.` }) });
  const answer = await chain.sdk.chat.completions.create({
    model: 'claims',
    messages: [{ role: 'user', content: `Write to ${MAIL}` }],
  });
  expect(last()).toEqual({ model: 'assist', messages: [{ role: 'user', content: 'Write to [CONTACT-EMAIL_1]' }] });
  expect(answer.choices[0]?.message.content).toBe(`I asked ${MAIL}, and [CONTACT-EMAIL_REDACTED].`);
  expect([answer.model, answer.usage?.total_tokens, 'vendor' in answer]).toEqual(['claims', 3, false]);
});

it('calls tools', async () => {
  chain.say({
    json: completion({
      content: null,
      tool_calls: [
        { id: 'c1', type: 'function', function: { name: 'mail', arguments: '{"to": "[CONTACT-EMAIL_1]"}' } },
      ],
    }),
  });
  const answer = await chain.sdk.chat.completions.create({
    model: 'claims',
    messages: [
      { role: 'user', content: `Write to ${MAIL}` },
      {
        role: 'assistant',
        tool_calls: [{ id: 'c0', type: 'function', function: { name: 'mail', arguments: `{"to": "${MAIL}"}` } }],
      },
      { role: 'tool', tool_call_id: 'c0', content: `sent to ${MAIL}` },
    ],
    tools: [
      { type: 'function', function: { name: 'mail', description: `as ${OTHER} does`, parameters: { type: 'object' } } },
    ],
  });
  expect(JSON.stringify(last())).not.toContain('leak.example');
  const [call] = answer.choices[0]?.message.tool_calls ?? [];
  expect(call?.type === 'function' && JSON.parse(call.function.arguments)).toEqual({ to: MAIL });
});

it('streams, with values and placeholders cut anywhere', async () => {
  const pieces = ['Ask [CONT', 'ACT-EMAIL', '_1] or john', '.roe@le', 'ak.exam', 'ple now'];
  chain.say({ events: [...pieces.map((content) => chunk({ content })), chunk({}, 'stop'), '[DONE]'] });
  const stream = await chain.sdk.chat.completions.create({
    model: 'claims',
    stream: true,
    messages: [{ role: 'user', content: MAIL }],
  });
  let text = '';
  for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
  expect(text).toBe(`Ask ${MAIL} or [CONTACT-EMAIL_REDACTED] now`);
});

it('streams calls of tools as the SDK puts them together', async () => {
  const call = (index: number, more: JsonObject): JsonObject => chunk({ tool_calls: [{ index, ...more }] });
  chain.say({
    events: [
      chunk({ role: 'assistant' }),
      call(0, { id: 'c0', type: 'function', function: { name: 'mail', arguments: '' } }),
      call(1, { id: 'c1', type: 'function', function: { name: 'find', arguments: '{"x":' } }),
      call(0, { function: { arguments: '{"to": "[CONTACT-EM' } }),
      call(1, { function: { arguments: ' "y"}' } }),
      call(0, { function: { arguments: 'AIL_1]"}' } }),
      chunk({}, 'tool_calls'),
      '[DONE]',
    ],
  });
  const message = await chain.sdk.chat.completions
    .stream({ model: 'claims', messages: [{ role: 'user', content: MAIL }] })
    .finalMessage();
  expect(
    message.tool_calls?.map((one) =>
      one.type === 'function' ? [one.id, one.function.name, one.function.arguments] : [],
    ),
  ).toEqual([
    ['c0', 'mail', `{"to": "${MAIL}"}`],
    ['c1', 'find', '{"x": "y"}'],
  ]);
});

it('completes texts', async () => {
  chain.say({
    json: {
      id: 'c',
      object: 'text_completion',
      created: 1,
      model: 'assist',
      choices: [{ index: 0, text: `, ${OTHER}`, finish_reason: 'stop', logprobs: null }],
    },
  });
  const answer = await chain.sdk.completions.create({ model: 'claims', prompt: [`To ${MAIL}`] });
  expect([last()['prompt'], answer.choices[0]?.text]).toEqual([['To [CONTACT-EMAIL_1]'], ', [CONTACT-EMAIL_REDACTED]']);
});

it('embeds', async () => {
  const floats = new Float32Array([0.5, -1]);
  chain.say({
    json: {
      object: 'list',
      model: 'assist',
      data: [{ object: 'embedding', index: 0, embedding: Buffer.from(floats.buffer).toString('base64') }],
      usage: { prompt_tokens: 1, total_tokens: 1 },
    },
  });
  const answer = await chain.sdk.embeddings.create({ model: 'claims', input: [MAIL, 'words'] });
  expect(last()['input']).toEqual(['[CONTACT-EMAIL_1]', 'words']);
  expect(answer.data[0]?.embedding).toEqual([0.5, -1]);
});

const response = (text: string, status = 'completed'): JsonObject => ({
  ...{ id: 'resp_1', object: 'response', created_at: 1, status, model: 'assist', error: null, metadata: {} },
  output: [
    { type: 'message', id: 'm', role: 'assistant', status, content: [{ type: 'output_text', text, annotations: [] }] },
  ],
});

it('responds', async () => {
  chain.say({ json: response(`[CONTACT-EMAIL_1] and third@leak.example`) });
  const answer = await chain.sdk.responses.create({ model: 'claims', instructions: `as ${OTHER}`, input: MAIL });
  // In the order of the request: the SDK writes what it was given.
  expect([last()['instructions'], last()['input']]).toEqual(['as [CONTACT-EMAIL_1]', '[CONTACT-EMAIL_2]']);
  expect(JSON.stringify(last())).not.toContain('leak.example');
  expect(answer.output_text).toBe(`${OTHER} and [CONTACT-EMAIL_REDACTED]`);
});

it('streams responses', async () => {
  const head = { item_id: 'm', output_index: 0, content_index: 0 };
  const whole = `see ${OTHER}!`;
  const events: JsonObject[] = [
    { type: 'response.created', response: { ...response('', 'in_progress'), output: [] } },
    {
      type: 'response.output_item.added',
      output_index: 0,
      item: { type: 'message', id: 'm', role: 'assistant', status: 'in_progress', content: [] },
    },
    { type: 'response.content_part.added', ...head, part: { type: 'output_text', text: '', annotations: [] } },
    ...['see john', '.roe@leak', '.example!'].map((delta) => ({ type: 'response.output_text.delta', ...head, delta })),
    { type: 'response.output_text.done', ...head, text: whole },
    { type: 'response.content_part.done', ...head, part: { type: 'output_text', text: whole, annotations: [] } },
    {
      type: 'response.output_item.done',
      output_index: 0,
      item: {
        type: 'message',
        id: 'm',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: whole, annotations: [] }],
      },
    },
    { type: 'response.completed', response: response(whole) },
  ];
  chain.say({ events: events.map((event, at) => ({ ...event, sequence_number: at })) });
  const stream = chain.sdk.responses.stream({ model: 'claims', input: 'hi' });
  let text = '';
  stream.on('response.output_text.delta', ({ delta }) => void (text += delta));
  const final = await stream.finalResponse();
  expect([text, final.output_text]).toEqual(['see [CONTACT-EMAIL_REDACTED]!', 'see [CONTACT-EMAIL_REDACTED]!']);
});

it('lists the models of a caller, and no other', async () => {
  expect((await chain.sdk.models.list()).data.map(({ id }) => id)).toEqual(['claims']);
});
