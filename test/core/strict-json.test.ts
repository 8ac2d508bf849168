import fc from 'fast-check';
import { parseStrictJson } from '../../core/strict-json';

describe('JSON without duplicate keys', () => {
  it('reads every JSON value as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parseStrictJson(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    '{"a": 1, "a": 2}',
    '{"x": [{"b": {}, "c": 1, "b": 2}]}',
    '{"a": {"a": 1}, "\\u0061": 2}',
    '{"resource": {"a": {}}, "resource": {"b": {}}}',
    '{"a\\"": 1, "b": [], "a\\"": 2}',
  ])('refuses %j', (text) => {
    expect(() => parseStrictJson(text)).toThrow(/stands twice/);
  });

  it.each(['{"a": {"a": 1}, "b": {"a": 1}}', '[{"a": 1}, {"a": 1}]', '["a", "a"]', '{"a": "a", "b": ["a", "b"]}'])(
    'accepts %j',
    (text) => {
      expect(parseStrictJson(text)).toEqual(JSON.parse(text));
    },
  );

  it('never quotes the text in its message', () => {
    expect(() => parseStrictJson('{"password": hunter2}')).toThrow(/^not JSON[^h]*$/);
  });
});

describe('JSON that every parser reads alike', () => {
  const strict = (text: string): unknown => parseStrictJson(text, { interoperable: true });

  it.each(['9007199254740992', '{"a": [-9007199254740993]}', '1e999', '[0, 18446744073709551615]'])(
    'has no number such as %s',
    (text) => {
      expect(() => strict(text)).toThrow(/beyond 2\^53/);
      expect(parseStrictJson(text)).toEqual(JSON.parse(text));
    },
  );

  it.each([
    '9007199254740991',
    '-9007199254740991',
    '0.1234567890123456789',
    '1e300',
    '{"9007199254740993": "9007199254740993"}',
  ])('may have %s', (text) => {
    expect(strict(text)).toEqual(JSON.parse(text));
  });

  it.each(['"\\ud800"', '{"\\uDC00a": 1}', '["\\\\\\udfff"]'])('has no half of a character: %s', (text) => {
    expect(() => strict(text)).toThrow(/surrogate/);
  });

  it.each(['"\\ud83d\\ude00"', '"\\\\ud800"'])('may have whole ones, and what only looks like a half: %s', (text) => {
    expect(strict(text)).toEqual(JSON.parse(text));
  });

  it('has as many levels as the reader says', () => {
    expect(parseStrictJson('[[{}]]', { deepest: 3 })).toEqual([[{}]]);
    expect(() => parseStrictJson('[[{"a": []}]]', { deepest: 3 })).toThrow('more than 3 levels deep');
  });

  it('reads every JSON value as JSON.parse does', () => {
    fc.assert(
      fc.property(
        fc.jsonValue().filter((value) => !/[0-9]{16}/.test(JSON.stringify(value))),
        (value) => {
          const text = JSON.stringify(value);
          expect(strict(text)).toEqual(JSON.parse(text));
        },
      ),
      { numRuns: 500 },
    );
  });
});
