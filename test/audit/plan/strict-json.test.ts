import fc from 'fast-check';
import { parseStrictJson } from '../../../audit/plan/strict-json';

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
