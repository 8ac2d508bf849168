import { randomBytes } from 'node:crypto';
import { Token } from 'cdktf';
import fc from 'fast-check';
import { envelopeValues, escapeTemplate } from '../../../constructs/release/envelope-values';

const configMap = (data: unknown, name = 'a') => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });

describe('envelopeValues', () => {
  it('writes objects sorted by kind and name, one value a line', () => {
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } };
    const text = envelopeValues([service, configMap({ k: 'v' }, 'b'), configMap({ k: 'v' }, 'a')], 'r');
    const { objects } = JSON.parse(text) as { objects: { kind: string; metadata: { name: string } }[] };
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'ConfigMap a',
      'ConfigMap b',
      'Service a',
    ]);
    expect(text).toContain('\n        "k": "v"\n');
  });

  it.each<[string, unknown, RegExp]>([
    ['an integer beyond 2^53', { n: 2 ** 53 }, /^ConfigMap a\.data\.n is 9007199254740992; Helm rounds/],
    ['a number that JSON lacks', { n: [1, Number.NaN] }, /^ConfigMap a\.data\.n\[1\] is NaN/],
    [
      'a string token',
      { n: Token.asString({ resolve: () => 'x' }) },
      /data\.n holds a value that only Terraform knows/,
    ],
    ['a number token', { n: Token.asNumber({ resolve: () => 1 }) }, /data\.n holds a value that only Terraform knows/],
    ['a token inside text', { n: `a-${Token.asString({ resolve: () => 'x' })}` }, /only Terraform knows/],
    ['a date', { n: new Date(0) }, /data\.n is no plain data/],
    ['a function', { n: () => 1 }, /data\.n is no plain data/],
    ['a big integer', { n: 1n }, /data\.n is no plain data/],
    ['a line break that YAML folds', { n: 'a\u0085b' }, /data\.n holds the character U\+0085/],
    ['a byte-order mark', { n: '\ufeffx' }, /U\+FEFF/],
    ['a symbol that decomposes when normalized', { n: '\u{1d15e}' }, /data\.n holds text that Terraform normalizes/],
    ['a lone surrogate', { n: 'a\ud800b' }, /U\+D800/],
    ['such a character in a key', { 'a\u007f': 'x' }, /^a key of ConfigMap a\.data holds the character U\+007F/],
  ])('refuses %s', (_case, data, message) => {
    expect(() => envelopeValues([configMap(data)], 'r')).toThrow(message);
  });

  it.each(['e\u0301', '\u212bngstr\u00f6m', '\u1100\u1161', '🜲 e\u0301', '"\u0301'])(
    'writes %j so that Unicode normalization leaves it as it is',
    (given) => {
      const text = envelopeValues([configMap({ k: given })], 'r');
      expect(text.normalize('NFC')).toBe(text);
      expect(JSON.parse(text)).toMatchObject({ objects: [{ data: { k: given } }] });
    },
  );

  it('leaves normalized text readable', () => {
    expect(envelopeValues([configMap({ k: 'Größe 漢字 🜲' })], 'r')).toContain('"k": "Größe 漢字 🜲"');
  });

  it('refuses an object twice and an object without identity', () => {
    expect(() => envelopeValues([configMap({}), configMap({})], 'r')).toThrow('release "r" has ConfigMap a twice');
    expect(() => envelopeValues([{ apiVersion: 'v1', kind: 'Pod' }], 'r')).toThrow('has no identity');
  });

  it('refuses a release that its Secret could not hold, and accepts one that compresses well', () => {
    expect(() => envelopeValues([configMap({ a: randomBytes(600_000).toString('base64') })], 'r')).toThrow(
      /takes about \d+ bytes; Helm stores it in a Secret of at most 1 MiB/,
    );
    expect(() => envelopeValues([configMap({ a: 'x'.repeat(2_000_000) })], 'r')).not.toThrow();
  });
});

/** What Terraform's template language does to a string that holds no interpolation (HCL specification, "Templates"). */
const terraform = (text: string): string => {
  expect(text.replace(/\$\$\{|%%\{/g, ' ')).not.toMatch(/[$%]\{/);
  return text.replace(/([$%])\1\{/g, '$1{');
};

describe('escapeTemplate', () => {
  it('is undone by Terraform exactly, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('$', '%', '{', '}', 'a', '\\', '"') }), (text) => {
        expect(terraform(escapeTemplate(text))).toBe(text);
      }),
    );
  });
});
