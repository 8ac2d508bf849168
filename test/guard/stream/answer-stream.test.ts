import type { JsonObject } from '../../../guard/json/read-body';
import { Refusal } from '../../../guard/refusal';
import { callOf, notes } from '../policies';
import { holdAnswerStreams } from './answer-streams';

holdAnswerStreams(40);

const BODY = { messages: [{ role: 'user', content: 'hi' }], stream: true };
const chunk = (delta: JsonObject, reason: string | null = null): JsonObject => ({
  ...{ id: 'c1', model: 'assist' },
  choices: [{ index: 0, delta, finish_reason: reason }],
});

it('says the public name of the model', () => {
  expect(
    callOf('chat', BODY)
      .stream()
      .event(chunk({ content: 'x ' })),
  ).toMatchObject([{ model: 'claims' }]);
});

it('sends what is held with the event that ends the text, where that has a piece of it', () => {
  const stream = callOf('chat', BODY).stream();
  expect(stream.event(chunk({ content: 'see you' }, 'stop'))).toMatchObject([
    { choices: [{ delta: { content: 'see you' }, finish_reason: 'stop' }] },
  ]);
});

it('sends it in an event of its own before one that has none', () => {
  const stream = callOf('chat', BODY).stream();
  stream.event(chunk({ content: 'see you' }));
  expect(stream.event(chunk({}, 'stop'))).toMatchObject([
    { id: 'c1', choices: [{ index: 0, delta: { content: 'you' }, finish_reason: null }] },
    { choices: [{ delta: {}, finish_reason: 'stop' }] },
  ]);
});

it('refuses a piece after the end of its text', () => {
  const stream = callOf('chat', BODY).stream();
  stream.event(chunk({ content: 'jane.doe@' }, 'stop'));
  expect(() => stream.event(chunk({ content: 'leak.example' }))).toThrow(Refusal);
});

it('refuses the name of a tool in pieces', () => {
  const stream = callOf('chat', BODY).stream();
  const named = (name: string): JsonObject => chunk({ tool_calls: [{ index: 0, function: { name } }] });
  stream.event(named('jane.doe@'));
  expect(() => stream.event(named('leak.example'))).toThrow(Refusal);
});

it('counts events of responses anew', () => {
  const stream = callOf('responses', { input: 'hi', stream: true }).stream();
  const head = { item_id: 'i', output_index: 0, content_index: 0 };
  const out = [
    ...stream.event({ type: 'response.output_text.delta', sequence_number: 4, ...head, delta: 'see you' }),
    ...stream.event({ type: 'response.output_text.done', sequence_number: 5, ...head, text: 'see you' }),
  ];
  expect(out.map(({ sequence_number: number, delta, text }) => [number, delta ?? text])).toEqual([
    [4, 'see '],
    [5, 'you'],
    [6, 'see you'],
  ]);
});

it('counts what it drops, and what it masks', () => {
  const noted = notes();
  const stream = callOf('chat', BODY, {}, noted).stream();
  stream.event({ ...chunk({ content: 'a@leak.example, ', vendor: 'x' }), vendor: 'x' });
  expect([noted.count, noted.names]).toEqual([2, ['CONTACT-EMAIL']]);
});

describe('the number of a text', () => {
  const said = (events: readonly JsonObject[]): string => {
    const stream = callOf('chat', BODY).stream();
    try {
      return JSON.stringify([...events.flatMap((event) => stream.event(event)), ...stream.end()]);
    } catch (error) {
      if (error instanceof Refusal) return 'refused';
      throw error;
    }
  };
  const [one, two] = ['Write to jane.doe@leak', '.example now'];
  const pieces = (first: JsonObject, second: JsonObject): JsonObject[] => [
    { ...chunk({ content: one }), ...first },
    { ...chunk({ content: two }), ...second },
  ];

  it.each([
    ['a type that no table has', pieces({ type: 'a' }, { type: 'b' })],
    ['an index that no table has there', pieces({ output_index: 1 }, { output_index: 2 })],
  ])('is not %s', (_, events) => {
    expect(said(events)).toContain('[CONTACT-EMAIL_REDACTED]');
    expect(said(events)).not.toContain('.example');
  });

  it('is not one in the piece itself that no table has there', () => {
    const events = [chunk({ content: one, content_index: 1 }), chunk({ content: two, content_index: 2 })];
    expect(said(events)).toContain('[CONTACT-EMAIL_REDACTED]');
  });

  it.each([null, undefined, -1, 1, 2.5, '0'])('has to be one that was asked for: %j', (index) => {
    const choices = [{ index, delta: { content: two }, finish_reason: null }];
    expect(said([chunk({ content: one }, 'stop'), { id: 'c1', choices }])).toBe('refused');
  });

  it('has to be there in a call of a tool', () => {
    expect(said([chunk({ tool_calls: [{ function: { arguments: '{}' } }] })])).toBe('refused');
  });
});

const OPENINGS: readonly (readonly ['responses' | 'messages', JsonObject])[] = [
  ['messages', { type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'jane.doe@' } }],
  ['messages', { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: 'jane.doe@' } }],
  [
    'responses',
    {
      ...{ type: 'response.content_part.added', item_id: 'i', output_index: 0, content_index: 0 },
      part: { type: 'output_text', text: 'jane.doe@' },
    },
  ],
  [
    'responses',
    {
      ...{ type: 'response.output_item.added', output_index: 0 },
      item: { type: 'function_call', id: 'i', call_id: 'c', name: 'f', arguments: '{"a":"jane.doe@' },
    },
  ],
];

it.each(OPENINGS)('refuses a text of %s that begins before its pieces where answers are read: %j', (name, event) => {
  const body = name === 'messages' ? { ...BODY, max_tokens: 9 } : { input: 'hi', stream: true };
  expect(() => callOf(name, body).stream().event(event)).toThrow('a text began before its pieces');
  const pass = { redaction: { packs: ['contact'], answers: 'pass' as const } };
  expect(callOf(name, body, pass).stream().event(event)).toHaveLength(1);
});

it('masks what is said in place of an answer, whatever happens to answers', () => {
  const stream = callOf('chat', BODY, { redaction: { packs: ['contact'], answers: 'pass' } }).stream();
  const error = { message: 'the prompt was jane.doe@leak.example', type: 'x', param: null, code: 1 };
  expect(JSON.stringify(stream.event({ error }))).not.toContain('leak.example');
});

it('has an end to how many texts may be open', () => {
  const stream = callOf('chat', { ...BODY, n: 1000 }).stream();
  const open = (): void => {
    for (let index = 0; index < 1000; index += 1)
      stream.event({ id: 'c', choices: [{ index, delta: { content: 'a' }, finish_reason: null }] });
  };
  expect(open).toThrow('the answer has more than 512 texts');
});
