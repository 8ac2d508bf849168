import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import {
  derInteger,
  derNull,
  derObjectId,
  derOctets,
  derSequence,
  derValues,
  integerOf,
  isObjectId,
  OCTETS,
  partsOfSequence,
  SEQUENCE,
} from '../../../offline-bundle/trust/der';

describe('DER', () => {
  it('gives back the numbers and bytes that were written', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 52 }), fc.uint8Array({ maxLength: 70_000 }), (number, bytes) => {
        const whole = derSequence(derInteger(number), derOctets(Buffer.from(bytes)), derNull());
        const [one, ...others] = derValues(whole) ?? [];
        const [integer, octets, nothing] = partsOfSequence(one);
        expect([one?.tag, others, integerOf(integer), octets?.tag, nothing?.content.length]).toEqual([
          SEQUENCE,
          [],
          number,
          OCTETS,
          0,
        ]);
        expect(octets?.content.equals(Buffer.from(bytes))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    [0, '020100'],
    [127, '02017f'],
    [128, '02020080'],
    [600_000, '02030927c0'],
  ])('writes the number %d as X.690 does', (number, hex) => {
    expect(derInteger(number).toString('hex')).toBe(hex);
  });

  it('names objects as others write them', () => {
    // SubjectPublicKeyInfo begins with ecPublicKey and the curve (RFC 5480).
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const [algorithm] = partsOfSequence(derValues(publicKey.export({ type: 'spki', format: 'der' }))?.[0]);
    const [type, curve] = partsOfSequence(algorithm);
    expect([isObjectId(type, '1.2.840.10045.2.1'), isObjectId(curve, '1.2.840.10045.3.1.7')]).toEqual([true, true]);
    expect([isObjectId(type, '1.2.840.10045.2.2'), isObjectId(undefined, '1.2.840.10045.2.1')]).toEqual([false, false]);
    expect(isObjectId({ tag: OCTETS, content: type?.content ?? Buffer.alloc(0) }, '1.2.840.10045.2.1')).toBe(false);
    expect(derObjectId('2.16.840.1.101.3.4.1.42').toString('hex')).toBe('060960864801650304012a');
  });

  it('takes no bytes apart that end too early or have no length', () => {
    const whole = derSequence(derOctets(Buffer.alloc(300)), derInteger(5));
    for (let length = 1; length < whole.length; length += 1)
      expect([length, derValues(whole.subarray(0, length))]).toEqual([length, undefined]);
    for (const hex of ['30', '3080', '308500000000 01', '3084ffffffff', '30840000'])
      expect(derValues(Buffer.from(hex.replace(' ', ''), 'hex'))).toBeUndefined();
    expect(derValues(Buffer.alloc(0))).toEqual([]);
  });

  it.each([
    ['another value', { tag: OCTETS, content: Buffer.from([1]) }],
    ['nothing', undefined],
    ['no digits', { tag: 2, content: Buffer.alloc(0) }],
    ['a negative one', { tag: 2, content: Buffer.from([0x80]) }],
    ['a larger one than numbers are exact', { tag: 2, content: Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]) }],
  ])('reads no number from %s', (_what, value) => {
    expect(integerOf(value)).toBeUndefined();
  });

  it('finds no parts in what is no sequence, or holds none', () => {
    expect(partsOfSequence({ tag: OCTETS, content: derInteger(1) })).toEqual([]);
    expect(partsOfSequence({ tag: SEQUENCE, content: Buffer.from('30', 'hex') })).toEqual([]);
    expect(partsOfSequence(undefined)).toEqual([]);
  });
});
