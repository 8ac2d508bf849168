/**
 * Sets of IP addresses with exact arithmetic: interval sets over 32-bit and 128-bit integers.
 *
 * The two families never mix: `0.0.0.0/0` and `::/0` are different worlds.
 */
import ipaddr from 'ipaddr.js';
import { badInput } from './errors';

/** A version of the Internet Protocol. */
export type AddressFamily = 'IPv4' | 'IPv6';

/** Both versions of the Internet Protocol. */
export const ADDRESS_FAMILIES: readonly AddressFamily[] = ['IPv4', 'IPv6'];

const BITS: Readonly<Record<AddressFamily, number>> = { IPv4: 32, IPv6: 128 };

/** Inclusive at both ends. */
interface Interval {
  readonly first: bigint;
  readonly last: bigint;
}

const FORM = 'write e.g. 10.20.0.0/24 or fd00:20::/64';

function toInteger(bytes: readonly number[]): bigint {
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function parseAddress(text: string): { family: AddressFamily; value: bigint } | undefined {
  // ipaddr.js also reads 0x7f.1 and octal parts; Kubernetes does not, so only the plain forms are addresses here.
  if (/^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/.test(text) && ipaddr.IPv4.isValid(text)) {
    return { family: 'IPv4', value: toInteger(ipaddr.IPv4.parse(text).toByteArray()) };
  }
  if (text.includes(':') && /^[0-9a-fA-F:.]+$/.test(text) && ipaddr.IPv6.isValid(text)) {
    return { family: 'IPv6', value: toInteger(ipaddr.IPv6.parse(text).toByteArray()) };
  }
  return undefined;
}

function formatAddress(family: AddressFamily, value: bigint): string {
  const length = BITS[family] / 8;
  const bytes = Array.from({ length }, (_, at) => Number((value >> BigInt(8 * (length - 1 - at))) & 0xffn));
  return ipaddr.fromByteArray(bytes).toString();
}

/** Sorts and merges intervals that overlap or touch. */
function normalize(intervals: readonly Interval[]): Interval[] {
  const sorted = [...intervals].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const merged: Interval[] = [];
  for (const next of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && next.first <= last.last + 1n) {
      if (next.last > last.last) merged[merged.length - 1] = { first: last.first, last: next.last };
    } else merged.push(next);
  }
  return merged;
}

function subtract(from: readonly Interval[], holes: readonly Interval[]): Interval[] {
  return holes.reduce<Interval[]>(
    (rest, hole) =>
      rest.flatMap(({ first, last }) => {
        if (hole.last < first || hole.first > last) return [{ first, last }];
        return [
          ...(first < hole.first ? [{ first, last: hole.first - 1n }] : []),
          ...(hole.last < last ? [{ first: hole.last + 1n, last }] : []),
        ];
      }),
    [...from],
  );
}

/** An immutable set of IPv4 and IPv6 addresses. */
export class AddressSet {
  public static readonly EMPTY = new AddressSet({ IPv4: [], IPv6: [] });

  private constructor(private readonly intervals: Readonly<Record<AddressFamily, readonly Interval[]>>) {}

  /**
   * The addresses of one CIDR. Bits beyond the prefix are ignored, as Go's `net.ParseCIDR` ignores them.
   *
   * @throws AirlockError (input) for anything but `address/prefix`, and for IPv4-mapped IPv6, whose family is ambiguous
   */
  public static ofCidr(cidr: string): AddressSet {
    const [addressText = '', prefixText = '', ...rest] = cidr.split('/');
    const address = parseAddress(addressText);
    const prefix = /^(?:0|[1-9]\d{0,2})$/.test(prefixText) ? Number(prefixText) : Number.NaN;
    if (address === undefined || rest.length > 0 || !(prefix <= BITS[address.family])) {
      throw badInput('ADDRESS_INVALID', `"${cidr}" is not an address range`, FORM);
    }
    if (address.family === 'IPv6' && address.value >> 32n === 0xffffn) {
      throw badInput('ADDRESS_INVALID', `"${cidr}" is an IPv4-mapped IPv6 range`, 'write the IPv4 range itself');
    }
    const span = (1n << BigInt(BITS[address.family] - prefix)) - 1n;
    const first = address.value & ~span;
    return AddressSet.EMPTY.with(address.family, [{ first, last: first | span }]);
  }

  /** The union of several CIDRs; see {@link ofCidr}. */
  public static ofCidrs(cidrs: readonly string[]): AddressSet {
    return cidrs.reduce((set, cidr) => set.union(AddressSet.ofCidr(cidr)), AddressSet.EMPTY);
  }

  public union(other: AddressSet): AddressSet {
    return this.combine(other, (a, b) => normalize([...a, ...b]));
  }

  public minus(other: AddressSet): AddressSet {
    return this.combine(other, subtract);
  }

  public overlaps(other: AddressSet): boolean {
    return !this.minus(this.minus(other)).isEmpty();
  }

  public isEmpty(): boolean {
    return ADDRESS_FAMILIES.every((family) => this.intervals[family].length === 0);
  }

  public isSubsetOf(other: AddressSet): boolean {
    return this.minus(other).isEmpty();
  }

  /** True when every address of the family is in the set. */
  public isAll(family: AddressFamily): boolean {
    const [only] = this.intervals[family];
    return only !== undefined && only.first === 0n && only.last === (1n << BigInt(BITS[family])) - 1n;
  }

  /** @throws AirlockError (input) when the text is not an address */
  public contains(address: string): boolean {
    const parsed = parseAddress(address);
    if (parsed === undefined)
      throw badInput('ADDRESS_INVALID', `"${address}" is not an address`, 'write e.g. 10.20.0.1 or fd00:20::1');
    return this.intervals[parsed.family].some(({ first, last }) => first <= parsed.value && parsed.value <= last);
  }

  /** The lowest address of the set, as a witness. */
  public firstAddress(): string | undefined {
    for (const family of ADDRESS_FAMILIES) {
      const [lowest] = this.intervals[family];
      if (lowest !== undefined) return formatAddress(family, lowest.first);
    }
    return undefined;
  }

  /** The set as ranges for people to read: `first-last`, or one address. */
  public toString(): string {
    return ADDRESS_FAMILIES.flatMap((family) =>
      this.intervals[family].map(({ first, last }) =>
        first === last
          ? formatAddress(family, first)
          : `${formatAddress(family, first)}-${formatAddress(family, last)}`,
      ),
    ).join(', ');
  }

  private with(family: AddressFamily, intervals: readonly Interval[]): AddressSet {
    return new AddressSet({ ...this.intervals, [family]: intervals });
  }

  private combine(
    other: AddressSet,
    join: (a: readonly Interval[], b: readonly Interval[]) => readonly Interval[],
  ): AddressSet {
    return new AddressSet({
      IPv4: join(this.intervals.IPv4, other.intervals.IPv4),
      IPv6: join(this.intervals.IPv6, other.intervals.IPv6),
    });
  }
}
