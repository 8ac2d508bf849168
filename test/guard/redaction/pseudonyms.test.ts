import { Pseudonyms } from '../../../guard/redaction/pseudonyms';
import { Refusal } from '../../../guard/refusal';

const EMAIL = 'CONTACT-EMAIL';

describe('a placeholder', () => {
  it('is one for each value, in whatever way it is written', () => {
    const pseudonyms = new Pseudonyms();
    const ways = ['jane@leak.example', 'jane%40leak.example', 'jane&#64;leak.example', 'jane%2540leak.example'];
    expect(new Set(ways.map((way) => pseudonyms.placeholderFor(EMAIL, way))).size).toBe(1);
    expect(pseudonyms.placeholderFor(EMAIL, 'john@leak.example')).toBe('[CONTACT-EMAIL_2]');
  });

  it('is given back as it was written first, and as a part of JSON in JSON', () => {
    const pseudonyms = new Pseudonyms();
    const placeholder = pseudonyms.placeholderFor('X', 'a "b"');
    expect(pseudonyms.restore(`say ${placeholder}`, false)).toBe('say a "b"');
    expect(pseudonyms.restore(`say ${placeholder}`, true)).toBe('say a \\"b\\"');
    expect(pseudonyms.restore('say [X_9]', false)).toBe('say [X_9]');
  });

  it('is not given back without end', () => {
    const pseudonyms = new Pseudonyms();
    const placeholder = pseudonyms.placeholderFor(EMAIL, `jane@${'\u200b'.repeat(100_000)}leak.example`);
    expect(() => pseudonyms.restore(placeholder.repeat(100), false)).toThrow(Refusal);
  });
});
