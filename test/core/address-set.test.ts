import fc from 'fast-check';
import { AirlockError } from '../../core/errors';
import { AddressSet } from '../../core/address-set';

/** Oracle: membership in a CIDR by comparing bits as text, without any interval. */
const bitsOfIpv4 = (address: string): string =>
  address
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');

const inCidr = (address: string, cidr: string): boolean => {
  const [base = '', prefix = ''] = cidr.split('/');
  const length = Number(prefix);
  return bitsOfIpv4(address).slice(0, length) === bitsOfIpv4(base).slice(0, length);
};

/** Few distinct bits, so that ranges meet, nest and touch often. */
const part = fc.constantFrom(0, 1, 2, 127, 128, 254, 255);
const address = fc.tuple(part, part, part, part).map((parts) => parts.join('.'));
const cidr = fc.tuple(address, fc.integer({ min: 0, max: 32 })).map(([base, prefix]) => `${base}/${String(prefix)}`);
const cidrs = fc.array(cidr, { maxLength: 6 });

describe('sets of addresses', () => {
  it('hold exactly the addresses of their ranges', () => {
    fc.assert(
      fc.property(cidrs, address, (ranges, probe) => {
        expect(AddressSet.ofCidrs(ranges).contains(probe)).toBe(ranges.some((range) => inCidr(probe, range)));
      }),
      { numRuns: 2000 },
    );
  });

  it('subtract and unite as membership does', () => {
    fc.assert(
      fc.property(cidrs, cidrs, address, (left, right, probe) => {
        const [a, b] = [AddressSet.ofCidrs(left), AddressSet.ofCidrs(right)];
        const [inA, inB] = [left, right].map((ranges) => ranges.some((range) => inCidr(probe, range)));
        expect(a.union(b).contains(probe)).toBe(inA === true || inB === true);
        expect(a.minus(b).contains(probe)).toBe(inA === true && inB === false);
      }),
      { numRuns: 2000 },
    );
  });

  it('are subsets exactly when nothing is left over, and name an address that is', () => {
    fc.assert(
      fc.property(cidrs, cidrs, (left, right) => {
        const [a, b] = [AddressSet.ofCidrs(left), AddressSet.ofCidrs(right)];
        const witness = a.minus(b).firstAddress();
        expect(a.isSubsetOf(b)).toBe(witness === undefined);
        if (witness !== undefined) {
          expect(left.some((range) => inCidr(witness, range))).toBe(true);
          expect(right.some((range) => inCidr(witness, range))).toBe(false);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['IPv4', ['0.0.0.0/0']],
    ['IPv4', ['0.0.0.0/1', '128.0.0.0/1']],
    ['IPv4', ['128.0.0.0/1', '64.0.0.0/2', '0.0.0.0/2']],
    ['IPv6', ['::/0']],
    ['IPv6', ['::/1', '8000::/1']],
    ['IPv6', ['fd00::/0']],
  ] as const)('know that %s is whole in %j', (family, ranges) => {
    expect(AddressSet.ofCidrs(ranges).isAll(family)).toBe(true);
    expect(AddressSet.ofCidrs(ranges.slice(1)).isAll(family)).toBe(false);
    expect(AddressSet.ofCidrs(ranges).isAll(family === 'IPv4' ? 'IPv6' : 'IPv4')).toBe(false);
  });

  it('keep the families apart', () => {
    expect(AddressSet.ofCidr('10.0.0.0/8').isSubsetOf(AddressSet.ofCidr('::/0'))).toBe(false);
    expect(AddressSet.ofCidr('::a00:0/104').isSubsetOf(AddressSet.ofCidr('0.0.0.0/0'))).toBe(false);
  });

  it('do exact arithmetic on 128 bits', () => {
    const rest = AddressSet.ofCidr('2001:db8::/32').minus(AddressSet.ofCidr('2001:db8::/127'));
    expect(rest.firstAddress()).toBe('2001:db8::2');
    expect(rest.contains('2001:db8::1')).toBe(false);
    expect(rest.contains('2001:db8:ffff:ffff:ffff:ffff:ffff:ffff')).toBe(true);
  });

  it('overlap exactly where both have an address', () => {
    fc.assert(
      fc.property(cidrs, cidrs, (left, right) => {
        const [a, b] = [AddressSet.ofCidrs(left), AddressSet.ofCidrs(right)];
        expect(a.overlaps(b)).toBe(a.toString() !== a.minus(b).toString());
        expect(a.overlaps(a)).toBe(left.length > 0);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    // What touches is one range, in whatever order it comes; what is left of a range ends where the hole begins.
    [['10.0.0.4/30', '10.0.0.0/30'], [], '10.0.0.0-10.0.0.7'],
    [['10.0.0.0/24', '10.0.0.0/25'], [], '10.0.0.0-10.0.0.255'],
    [['10.0.0.0/29'], ['10.0.0.2/31'], '10.0.0.0-10.0.0.1, 10.0.0.4-10.0.0.7'],
    [['10.0.0.0/30'], ['10.0.0.3/32'], '10.0.0.0-10.0.0.2'],
    [['10.0.0.0/30'], ['10.0.0.0/32'], '10.0.0.1-10.0.0.3'],
    [['10.0.0.4/30'], ['10.0.0.0/30', '10.0.0.8/30'], '10.0.0.4-10.0.0.7'],
    [['10.0.0.0/30'], ['10.0.0.0/30'], ''],
    [['fd00::/126'], ['fd00::1/128'], 'fd00::, fd00::2-fd00::3'],
  ])('are, of %j without %j, the ranges %j', (ranges, holes, shown) => {
    const set = AddressSet.ofCidrs(ranges).minus(AddressSet.ofCidrs(holes));
    expect(set.toString()).toBe(shown);
    expect(set.isEmpty()).toBe(shown === '');
    for (const end of shown === '' ? [] : shown.split(/-|, /)) expect(set.contains(end)).toBe(true);
  });

  it('have no first address, and nothing to show, where they are empty', () => {
    expect([AddressSet.EMPTY.firstAddress(), AddressSet.EMPTY.toString()]).toEqual([undefined, '']);
  });

  it('show themselves as ranges', () => {
    expect(AddressSet.ofCidrs(['10.0.0.0/31', '10.0.0.2/32', 'fd00::1/128']).toString()).toBe(
      '10.0.0.0-10.0.0.2, fd00::1',
    );
  });

  it.each([
    '010.0.0.0/8',
    '0x0a.0.0.0/8',
    '10.1/8',
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/08',
    '10.0.0.0/8/8',
    '10.0.0.256/8',
    'fd00::/129',
    'fd00::%eth0/64',
    '::ffff:10.0.0.0/104',
    '',
    'everything',
  ])('refuse %j', (text) => {
    expect(() => AddressSet.ofCidr(text)).toThrow(AirlockError);
  });

  it.each([
    ['10.0.0.0.1/8', /^"10\.0\.0\.0\.1\/8" is not an address range$/, /^write e\.g\. 10\.20/],
    ['1:2/8', /is not an address range$/, /^write e\.g\. 10\.20/],
    [
      '::ffff:10.0.0.0/104',
      /^"::ffff:10\.0\.0\.0\/104" is an IPv4-mapped IPv6 range$/,
      /^write the IPv4 range itself$/,
    ],
  ])('say of %j what is wrong, and what to write', (text, message, fix) => {
    expect(() => AddressSet.ofCidr(text)).toThrow(
      expect.objectContaining({
        code: 'ADDRESS_INVALID',
        message: expect.stringMatching(message) as string,
        fix: expect.stringMatching(fix) as string,
      }) as Error,
    );
  });

  it.each(['10.0.0.0/8', '10.0.0', '10.0.0.0.1', 'x', ''])('hold nothing that is no address: %j', (text) => {
    expect(() => AddressSet.EMPTY.contains(text)).toThrow(
      expect.objectContaining({
        code: 'ADDRESS_INVALID',
        message: `"${text}" is not an address`,
        fix: expect.stringMatching(/^write e\.g\. 10\.20\.0\.1 /) as string,
      }) as Error,
    );
  });
});
