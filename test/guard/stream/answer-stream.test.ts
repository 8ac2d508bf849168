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
