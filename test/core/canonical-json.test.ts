import fc from 'fast-check';
import { canonicalJson, reviewJson } from '../../core/canonical-json';

describe('canonicalJson', () => {
  it('gives the bytes of the RFC 8785 example (section 3.2.2)', () => {
    const value = {
      numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"\/',
      literals: [null, true, false],
    };
    expect(canonicalJson(value).toString('utf8')).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('does not depend on the order of keys', () => {
    expect(canonicalJson({ b: 1, a: { d: 2, c: 3 } })).toEqual(canonicalJson({ a: { c: 3, d: 2 }, b: 1 }));
  });

  it('refuses what JSON cannot carry', () => {
    expect(() => canonicalJson(Number.NaN)).toThrow();
    expect(() => canonicalJson(undefined)).toThrow(/no JSON form/);
  });
});

describe('reviewJson', () => {
  it('is the same value, sorted and indented, with a final newline', () => {
    expect(reviewJson({ b: [1], a: 'x' })).toBe('{\n  "a": "x",\n  "b": [\n    1\n  ]\n}\n');
  });

  it('is what JSON.parse and JSON.stringify make of the canonical bytes', () => {
    const member = fc.oneof(fc.string(), fc.constantFrom('10', '9', '__proto__', 'é', '\ud83d\ude00'));
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: 'grapheme' }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('tree')),
        fc.dictionary(member, tie('tree')),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const canonical: unknown = JSON.parse(canonicalJson(value).toString('utf8'));
        expect(reviewJson(value)).toBe(`${JSON.stringify(canonical, null, 2)}\n`);
      }),
    );
  });

  it('refuses what JSON cannot carry', () => {
    expect(() => reviewJson({ a: Number.NaN })).toThrow(/no JSON form/);
    expect(() => reviewJson([Infinity])).toThrow(/no JSON form/);
    expect(() => reviewJson(undefined)).toThrow(/no JSON form/);
  });

  it('says what to pass instead', () => {
    const told = expect.objectContaining({ code: 'VALUE_NOT_JSON', fix: 'pass plain JSON data' }) as Error;
    expect(() => reviewJson(Number.NaN)).toThrow(told);
    expect(() => reviewJson(undefined)).toThrow(told);
    expect(() => canonicalJson(undefined)).toThrow(told);
  });

  it('leaves out what is undefined, and writes a date as its text', () => {
    expect(reviewJson({ a: undefined, b: new Date(0) })).toBe('{\n  "b": "1970-01-01T00:00:00.000Z"\n}\n');
  });
});
