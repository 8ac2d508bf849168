/** Witnesses: Node's BlockList for what lies in a range, and the table of ipaddr.js for what an address is for. */
import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { cidrFault, cidrOfAddress, destinationFault, nodeLocalDnsFault } from '../../core/cidr';

const BITS = { ipv4: 32, ipv6: 128 } as const;
type Family = keyof typeof BITS;

interface Range {
  readonly family: Family;
  readonly address: string;
  readonly prefix: number;
}

const textOf = ({ address, prefix }: Range): string => `${address}/${prefix}`;
const familyOf = (address: string): Family => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

function blockListOf(...ranges: readonly Range[]): BlockList {
  const list = new BlockList();
  for (const { address, prefix, family } of ranges) list.addSubnet(address, prefix, family);
  return list;
}

/** Writes bits as an address without any arithmetic on addresses. */
const addressOfBits = (family: Family, bits: string): string =>
  family === 'ipv4'
    ? (bits.match(/.{8}/g) ?? []).map((part) => String(parseInt(part, 2))).join('.')
    : (bits.match(/.{16}/g) ?? []).map((part) => parseInt(part, 2).toString(16)).join(':');

const family = fc.constantFrom<Family>('ipv4', 'ipv6');
const bitsOf = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom('0', '1'), minLength: length, maxLength: length });

/** A range, and whether a bit is set beyond its prefix; IPv4-mapped addresses belong to another family, so the first bit is 1 there. */
const ranges = family
  .chain((kind) => fc.tuple(fc.constant(kind), fc.integer({ min: 0, max: BITS[kind] })))
  .chain(([kind, prefix]) => {
    const hostBits = BITS[kind] - prefix;
    const host = fc.oneof(fc.constant('0'.repeat(hostBits)), bitsOf(hostBits));
    return fc.tuple(bitsOf(prefix), host).map(([network, rest]) => {
      const bits = `${network}${rest}`;
      const mapped = kind === 'ipv6' && bits.startsWith(`${'0'.repeat(80)}${'1'.repeat(16)}`);
      return {
        range: { family: kind, address: addressOfBits(kind, bits), prefix },
        sound: !rest.includes('1'),
        mapped,
      };
    });
  })
  .filter(({ mapped }) => !mapped);

describe('a range', () => {
  it('is one of a policy exactly when no bit is set beyond its prefix; else the range that holds the address is named', () => {
    fc.assert(
      fc.property(ranges, ({ range, sound }) => {
        const fault = cidrFault(textOf(range));
        expect(fault === undefined).toBe(sound);
        if (fault === undefined) return;
        expect(fault.message).toBe(`"${textOf(range)}" has bits set beyond its prefix`);
        const [, address = '', prefix] = /^write (\S+)\/(\d+)$/.exec(fault.fix) ?? [];
        expect(Number(prefix)).toBe(range.prefix);
        expect(cidrFault(`${address}/${String(prefix)}`)).toBeUndefined();
        expect(blockListOf({ ...range, address }).check(range.address, range.family)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  // Other readers take these: 010.0.0.0 for 8.0.0.0, 10.1 for 10.0.0.1.
  it.each([
    ...[
      '',
      '10.0.0.0',
      'all',
      '10.0.0.0/33',
      '10.0.0.0/-1',
      '10.0.0.0/08',
      '10.0.0.0/8/8',
      '10.0.0.256/32',
      'fd00::/129',
    ],
    ...['010.0.0.0/8', '0x0a.0.0.0/8', '10.0/16', '167772160/8', 'fe80::%eth0/64', 'fd00::/', '/8'],
  ])('is not %j, and how to write one is said', (text) => {
    for (const fault of [cidrFault(text), destinationFault(text)])
      expect(fault).toEqual({
        message: `"${text}" is not an address range`,
        fix: 'write e.g. 10.20.0.0/24 or fd00:20::/64',
      });
  });

  it('is not one of IPv4 in the clothes of IPv6', () => {
    expect(cidrFault('::ffff:10.0.0.0/104')?.message).toBe('"::ffff:10.0.0.0/104" is an IPv4-mapped IPv6 range');
  });

  it('of one address holds that and no other', () => {
    expect(cidrOfAddress('10.20.0.1')).toBe('10.20.0.1/32');
    expect(cidrOfAddress('fd00:20::1')).toBe('fd00:20::1/128');
  });
});

/** Kinds of ipaddr.js that reach no other machine, or many. */
const NO_DESTINATION: Readonly<Record<string, string>> = {
  loopback: 'loopback',
  linkLocal: 'link-local',
  multicast: 'multicast',
  unspecified: 'unspecified',
  broadcast: 'broadcast',
};

/** Around every border of a special range, and anywhere. */
const nearBorders = [
  ...['0.0.0.0', '0.255.255.255', '1.0.0.0', '126.255.255.255', '127.0.0.0', '127.255.255.255', '128.0.0.0'],
  ...['169.253.255.255', '169.254.0.0', '169.254.255.255', '169.255.0.0', '223.255.255.255', '224.0.0.0'],
  ...['239.255.255.255', '240.0.0.0', '255.255.255.254', '255.255.255.255', '::', '::1', '::2', 'fe7f:ffff::'],
  ...['fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fec0::', 'feff:ffff::', 'ff00::', 'ffff:ffff::'],
];
const address = fc.oneof(
  fc.constantFrom(...nearBorders),
  bitsOf(32).map((bits) => addressOfBits('ipv4', bits)),
  bitsOf(128).map((bits) => addressOfBits('ipv6', `1${bits.slice(1)}`)),
);

describe('a destination', () => {
  it('is any address but those that lead to the node itself, to its link or to many', () => {
    const check = (one: string): void => {
      const kind = NO_DESTINATION[ipaddr.parse(one).range()];
      const fault = destinationFault(cidrOfAddress(one));
      expect({ one, kind: /is (\S+) \(/.exec(fault?.message ?? '')?.[1] }).toEqual({ one, kind });
      if (fault !== undefined) expect(fault.fix).toBe('name an address of the network of the site');
    };
    nearBorders.forEach(check);
    fc.assert(fc.property(address, check), { numRuns: 500 });
  });

  it.each(['::/127', '255.255.255.252/30', '0.0.0.0/31', 'fe80::/48'])(
    'is not %s, which holds such an address',
    (cidr) => {
      expect(destinationFault(cidr)?.message).toMatch(
        /^"\S+" is (loopback|broadcast|unspecified|link-local) \(\S+\/\d+\)$/,
      );
    },
  );

  it.each([
    ['10.20.0.0/16', undefined],
    ['10.20.0.0/15', 16],
    ['0.0.0.0/0', 16],
    ['fd00:20::/48', undefined],
    ['fd00:20::/47', 48],
    ['fd00::/16', 48],
    ['::/0', 48],
  ])('%s is as wide as a site at most', (cidr, atMost) => {
    expect(destinationFault(cidr)).toEqual(
      atMost === undefined
        ? undefined
        : {
            message: `"${cidr}" is too wide for a destination`,
            fix: `name the addresses that are needed, at most a /${atMost}`,
          },
    );
  });

  it('has no bits beyond its prefix, either', () => {
    expect(destinationFault('10.20.0.1/24')).toEqual(cidrFault('10.20.0.1/24'));
  });
});

describe('a node-local DNS cache', () => {
  const SERVICES: readonly Range[] = [
    { family: 'ipv4', address: '10.43.0.0', prefix: 16 },
    { family: 'ipv6', address: 'fd01:43::', prefix: 112 },
  ];
  const services = SERVICES.map(textOf);

  it('has an address of its link, a unique local one or one of a Service; never that of a metadata service', () => {
    const metadata = ['169.254.169.254', 'fd00:ec2::254'];
    const allowed = blockListOf(
      ...SERVICES,
      { family: 'ipv4', address: '169.254.0.0', prefix: 16 },
      { family: 'ipv6', address: 'fe80::', prefix: 10 },
      { family: 'ipv6', address: 'fd00::', prefix: 8 },
    );
    const check = (one: string): void => {
      const fault = nodeLocalDnsFault(one, services);
      const expected = metadata.includes(one)
        ? `"${one}" is the metadata service of clouds`
        : allowed.check(one, familyOf(one))
          ? undefined
          : `"${one}" is neither link-local nor the address of a Service`;
      expect(fault?.message).toBe(expected);
      if (fault !== undefined) expect(fault.fix).toMatch(/^write the address the caches listen on/);
    };
    const borders = ['10.42.255.255', '10.43.0.0', '10.43.0.10', '10.43.255.255', '10.44.0.0', 'fd01:43::a', 'fcff::1'];
    [...nearBorders, ...borders, ...metadata, '169.254.169.253', 'fd00:ec2::253', 'fd00::', 'fe00::1'].forEach(check);
    fc.assert(fc.property(address, check), { numRuns: 500 });
  });

  it('may have the address of a Service only where that range is given', () => {
    expect(nodeLocalDnsFault('10.43.0.10', services)).toBeUndefined();
    expect(nodeLocalDnsFault('10.43.0.10', [])?.fix).toContain('e.g. 169.254.20.10, and that of the DNS Service');
  });

  it.each([
    '',
    'dns',
    '169.254.20.10/32',
    '169.254.020.10',
    '0xa9fe140a',
    '169.254.5130',
    'fe80::1%eth0',
    '::ffff:169.254.20.10',
  ])('has one address, which %j is not', (text) => {
    expect(nodeLocalDnsFault(text, services)).toEqual({
      message: `"${text}" is no address`,
      fix: 'write one address without prefix, e.g. 169.254.20.10',
    });
  });
});
