import { readAnswer, readBody } from '../../../guard/json/read-body';
import { Refusal } from '../../../guard/refusal';

const read = (text: string | Uint8Array): unknown => readBody(Buffer.from(text));

it('reads an object', () => {
  expect(read('{"a": [1, "ä", null]}')).toEqual({ a: [1, 'ä', null] });
});

it.each<[string, string | Uint8Array, RegExp]>([
  ['a key twice', '{"model": "a", "model": "b"}', /a key stands twice/],
  ['a key twice, once escaped', '{"model": "a", "mod\\u0065l": "b"}', /a key stands twice/],
  ['an integer beyond 2^53', '{"seed": 9007199254740993}', /beyond 2\^53/],
  ['33 levels', `{"a": ${'['.repeat(32)}${']'.repeat(32)}}`, /more than 32 levels/],
  ['half of a surrogate pair', '{"a": "\\ud800"}', /surrogate/],
  ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), /not UTF-8/],
  ['a byte order mark', '\ufeff{}', /not JSON/],
  ['UTF-16', Buffer.from('{}', 'utf16le'), /not JSON/],
  ['a list', '[]', /not an object/],
  ['null', 'null', /not an object/],
  ['nothing', '', /not JSON/],
  ['NaN', '{"temperature": NaN}', /not JSON/],
  ['two values', '{} {}', /not JSON/],
])('refuses %s', (_, text, why) => {
  expect(() => read(text)).toThrow(why);
  expect(() => read(text)).toThrow(Refusal);
});

it('takes as many levels as there may be', () => {
  expect(() => read(`{"a": ${'['.repeat(31)}${']'.repeat(31)}}`)).not.toThrow();
});

it('repeats nothing that was sent', () => {
  for (const text of [
    '{"jane.doe@leak.example": 1, "jane.doe@leak.example": 2}',
    '{"a": jane}',
    '{"a\\n": 1, "a\\n": 1}',
  ])
    expect(() => read(text)).toThrow(
      expect.objectContaining({ message: expect.not.stringMatching(/jane|a\n/) as string }) as Error,
    );
});

it('of an answer says that it is one', () => {
  expect(() => readAnswer('{"a": 1, "a": 2}')).toThrow(expect.objectContaining({ status: 502 }) as Error);
});
