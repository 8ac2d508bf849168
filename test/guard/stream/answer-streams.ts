/** Streamed answers with values in all of their texts, whose pieces come in any order. */
import fc from 'fast-check';
import type { EndpointName } from '../../../guard/endpoints';
import { isObject, type JsonObject } from '../../../guard/json/read-body';
import { find } from '../../../guard/redaction/find';
import { Refusal } from '../../../guard/refusal';
import { VALUES } from '../redaction/odd-forms';
import { callOf, policy } from '../policies';

/** One text of an answer: how a piece of it comes, where it is found again, and what says that it is complete. */
interface Text {
  readonly piece: (text: string) => JsonObject;
  readonly of: (event: JsonObject) => string;
}

const dig = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (inner, step) =>
      Array.isArray(inner) ? (inner[Number(step)] as unknown) : isObject(inner) ? inner[step] : undefined,
    value,
  );
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const chunk = (index: number, delta: JsonObject, reason: string | null = null): JsonObject => ({
  ...{ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'assist' },
  choices: [{ index, delta, finish_reason: reason }],
});

const choiceOf = (index: number, event: JsonObject): unknown =>
  (Array.isArray(event['choices']) ? event['choices'] : []).find((one: unknown) => dig(one, 'index') === index);

const spoken = (index: number, field: string): Text => ({
  piece: (piece) => chunk(index, { [field]: piece }),
  of: (event) => text(dig(choiceOf(index, event), 'delta', field)),
});

const argued = (index: number, tool: number): Text => ({
  piece: (piece) => chunk(index, { tool_calls: [{ index: tool, function: { arguments: piece } }] }),
  of: (event) => {
    const calls = dig(choiceOf(index, event), 'delta', 'tool_calls');
    const mine = (Array.isArray(calls) ? calls : []).find((one: unknown) => dig(one, 'index') === tool) as unknown;
    return text(dig(mine, 'function', 'arguments'));
  },
});

const responded = (type: string, output: number, more: JsonObject = {}): Text => ({
  piece: (delta) => ({ type, sequence_number: 1, item_id: `i${output}`, output_index: output, ...more, delta }),
  of: (event) => (event['type'] === type && event['output_index'] === output ? text(event['delta']) : ''),
});

const block = (index: number, type: string, field: string): Text => ({
  piece: (piece) => ({ type: 'content_block_delta', index, delta: { type, [field]: piece } }),
  of: (event) => (event['index'] === index ? text(dig(event, 'delta', field)) : ''),
});

interface Form {
  readonly endpoint: EndpointName;
  readonly body: JsonObject;
  readonly texts: readonly Text[];
  /** Events after all pieces. */
  readonly last: readonly JsonObject[];
}

const CHAT_BODY = { messages: [{ role: 'user', content: 'hi' }], stream: true, n: 2 };

const FORMS: readonly Form[] = [
  {
    endpoint: 'chat',
    body: CHAT_BODY,
    texts: [
      ...[spoken(0, 'content'), spoken(0, 'reasoning_content'), spoken(1, 'content'), spoken(1, 'refusal')],
      ...[argued(0, 0), argued(0, 1), argued(1, 0)],
    ],
    last: [chunk(0, {}, 'stop'), chunk(1, {}, 'tool_calls')],
  },
  // An engine that never says that a text ends.
  { endpoint: 'chat', body: CHAT_BODY, texts: [spoken(0, 'content'), argued(0, 0)], last: [] },
  {
    endpoint: 'completions',
    body: { prompt: 'hi', stream: true, n: 2 },
    texts: [0, 1].map((index) => ({
      piece: (piece) => ({
        id: 'c',
        object: 'text_completion',
        choices: [{ index, text: piece, finish_reason: null }],
      }),
      of: (event) => text(dig(choiceOf(index, event), 'text')),
    })),
    last: [0, 1].map((index) => ({ id: 'c', choices: [{ index, text: '', finish_reason: 'stop' }] })),
  },
  {
    endpoint: 'responses',
    body: { input: 'hi', stream: true },
    texts: [
      responded('response.output_text.delta', 0, { content_index: 0 }),
      responded('response.reasoning_text.delta', 1, { content_index: 0 }),
      responded('response.function_call_arguments.delta', 2),
    ],
    last: [0, 1, 2].map((output) => ({
      ...{ type: 'response.output_item.done', sequence_number: 9, output_index: output },
      item: { type: 'function_call', id: `i${output}`, call_id: 'c', name: 'f', arguments: '{}' },
    })),
  },
  {
    endpoint: 'messages',
    body: { messages: [{ role: 'user', content: 'hi' }], max_tokens: 9, stream: true },
    texts: [
      block(0, 'thinking_delta', 'thinking'),
      block(1, 'text_delta', 'text'),
      block(2, 'input_json_delta', 'partial_json'),
    ],
    last: [0, 1, 2].map((index) => ({ type: 'content_block_stop', index })),
  },
];

/** Words with a value in them. */
const words = fc
  .tuple(
    fc.constantFrom('Write to ', '', '{"to": "', 'It is '),
    fc.constantFrom(...VALUES),
    fc.constantFrom('', '"}', ', thanks.'),
  )
  .map((parts) => parts.join(''));

/** A form, its texts cut into pieces, and the order in which these come. */
const streams = fc.constantFrom(...FORMS).chain((form) =>
  fc
    .array(fc.tuple(words, fc.array(fc.nat({ max: 60 }), { maxLength: 12 })), {
      minLength: form.texts.length,
      maxLength: form.texts.length,
    })
    .chain((texts) => {
      const cut = texts.map(([whole, cuts]) => {
        const places = [...new Set([0, ...cuts.filter((place) => place < whole.length), whole.length])].sort(
          (a, b) => a - b,
        );
        return places.slice(1).map((to, at) => whole.slice(places[at], to));
      });
      const turns = cut.flatMap((pieces, at) => pieces.map(() => at));
      return fc.record({
        form: fc.constant(form),
        wholes: fc.constant(texts.map(([whole]) => whole)),
        pieces: fc.constant(cut),
        order: fc.shuffledSubarray(turns, { minLength: turns.length }),
      });
    }),
);

const PACKS = ['contact', 'payment', 'de'];

/** How much was tried. */
export interface Streamed {
  streams: number;
  cuts: number;
}

/** Holds streams to it. @param numRuns streams in each mode */
export function holdAnswerStreams(numRuns: number): Streamed {
  const tried: Streamed = { streams: 0, cuts: 0 };
  const { recognizers } = policy({ redaction: { packs: PACKS } }).workflows.get('claims')!;

  const events = ({
    form,
    pieces,
    order,
  }: {
    form: Form;
    pieces: readonly string[][];
    order: readonly number[];
  }): JsonObject[] => {
    const left = pieces.map((list) => [...list]);
    tried.streams += 1;
    tried.cuts += order.length - form.texts.length;
    return [...order.map((at) => form.texts[at]!.piece(left[at]!.shift() ?? '')), ...form.last];
  };

  describe('texts of a streamed answer, in any order of their pieces', () => {
    it('when values are masked, come out without them, each apart from the others', () => {
      fc.assert(
        fc.property(streams, (made) => {
          const stream = callOf(made.form.endpoint, made.form.body, { redaction: { packs: PACKS } }).stream();
          const out = [...events(made).flatMap((event) => stream.event(event)), ...stream.end()];
          made.form.texts.forEach(({ of }, at) => {
            const came = out.map(of).join('');
            expect(find(came, recognizers)).toEqual([]);
            expect(came).toMatch(/_REDACTED\]/);
            // Whatever is no value is there.
            const around = made.wholes[at]!.replace(
              VALUES.find((value) => made.wholes[at]!.includes(value))!,
              '|',
            ).split('|');
            expect([came.startsWith(around[0]!), came.endsWith(around[1]!)]).toEqual([true, true]);
          });
        }),
        { numRuns },
      );
    });

    it('when values are rejected, end before the first of them', () => {
      fc.assert(
        fc.property(streams, (made) => {
          const stream = callOf(made.form.endpoint, made.form.body, {
            redaction: { packs: PACKS, answers: 'reject' },
          }).stream();
          const out: JsonObject[] = [];
          expect(() => {
            for (const event of events(made)) out.push(...stream.event(event));
            out.push(...stream.end());
          }).toThrow(Refusal);
          for (const { of } of made.form.texts) {
            const came = out.map(of).join('');
            expect(VALUES.filter((value) => came.includes(value))).toEqual([]);
          }
        }),
        { numRuns },
      );
    });

    it('when requests get pseudonyms, come back with the values of the request', () => {
      fc.assert(
        fc.property(streams, (made) => {
          const { form } = made;
          const redaction = { packs: PACKS, requests: 'pseudonym', answers: 'mask' } as const;
          const call = callOf(form.endpoint, { ...form.body, ...asked(form.endpoint, made.wholes) }, { redaction });
          expect(find(JSON.stringify(call.request), recognizers)).toEqual([]);
          // An engine that repeats what it was sent, in pieces.
          const sent = sentIn(call.request, form.endpoint);
          const stream = call.stream();
          const echoed = { ...made, pieces: made.pieces.map((list, at) => recut(sent[at]!, list.length)) };
          const out = [...events(echoed).flatMap((event) => stream.event(event)), ...stream.end()];
          form.texts.forEach(({ of }, at) => {
            expect(out.map(of).join('')).toBe(made.wholes[at]);
          });
        }),
        { numRuns },
      );
    });
  });
  return tried;
}

/** The texts as a request. */
function asked(endpoint: EndpointName, wholes: readonly string[]): JsonObject {
  if (endpoint === 'completions') return { prompt: wholes };
  if (endpoint === 'responses') return { input: wholes.map((content) => ({ role: 'user', content })) };
  if (endpoint === 'messages') return { messages: wholes.map((content) => ({ role: 'user', content })) };
  return { messages: wholes.map((content) => ({ role: 'user', content })) };
}

function sentIn(request: JsonObject, endpoint: EndpointName): string[] {
  const list = request[endpoint === 'completions' ? 'prompt' : endpoint === 'responses' ? 'input' : 'messages'];
  return (list as unknown[]).map((one) => (typeof one === 'string' ? one : text(dig(one, 'content'))));
}

/** A text in so many pieces. */
const recut = (whole: string, count: number): string[] => {
  const size = Math.ceil(whole.length / count);
  return Array.from({ length: count }, (_, at) => whole.slice(at * size, (at + 1) * size));
};
