/** The little of DER (ITU-T X.690) that an encrypted private key is written in. */

/** One value: its tag, and its content. */
export interface DerValue {
  readonly tag: number;
  readonly content: Buffer;
}

export const SEQUENCE = 0x30;
export const OCTETS = 0x04;
const INTEGER = 0x02;
const OBJECT_ID = 0x06;
const NULL = 0x05;

/** Length octets (X.690, 8.1.3). */
function lengthOf(bytes: number): Buffer {
  if (bytes < 0x80) return Buffer.from([bytes]);
  const hex = bytes.toString(16);
  const digits = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.from([0x80 | digits.length]), digits]);
}

const encode = (tag: number, content: Buffer): Buffer =>
  Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);

export const derSequence = (...parts: readonly Buffer[]): Buffer => encode(SEQUENCE, Buffer.concat(parts));
export const derOctets = (bytes: Buffer): Buffer => encode(OCTETS, bytes);
export const derNull = (): Buffer => encode(NULL, Buffer.alloc(0));

/** A whole number from 0 on. */
export function derInteger(value: number): Buffer {
  const hex = value.toString(16);
  const digits = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  // A first bit that is set would be a sign (X.690, 8.3).
  return encode(INTEGER, (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), digits]) : digits);
}

/** An object identifier in dotted form, e.g. `1.2.840.113549.1.5.13` (X.690, 8.19). */
export function derObjectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const base128 = (value: number): number[] => {
    const octets = [value % 128];
    for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128))
      octets.unshift(0x80 | (left % 128));
    return octets;
  };
  return encode(OBJECT_ID, Buffer.from([first * 40 + second, ...rest].flatMap(base128)));
}

/** The values of some bytes, one after the other; undefined where they are no DER. */
export function derValues(bytes: Buffer): DerValue[] | undefined {
  const values: DerValue[] = [];
  let at = 0;
  while (at < bytes.length) {
    const [tag, short] = [bytes[at], bytes[at + 1]];
    if (tag === undefined || short === undefined) return undefined;
    const digits = short < 0x80 ? 0 : short - 0x80;
    if (digits > 4 || (short >= 0x80 && digits === 0)) return undefined;
    const start = at + 2 + digits;
    if (start > bytes.length) return undefined;
    const length = digits === 0 ? short : bytes.readUIntBE(at + 2, digits);
    if (start + length > bytes.length) return undefined;
    values.push({ tag, content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return values;
}

/** The values inside of a sequence; none where it is something else. */
export const partsOfSequence = (value: DerValue | undefined): readonly DerValue[] =>
  value?.tag === SEQUENCE ? (derValues(value.content) ?? []) : [];

/** A whole number; undefined where it is another value, negative, or larger than numbers are exact. */
export function integerOf(value: DerValue | undefined): number | undefined {
  if (value?.tag !== INTEGER || value.content.length === 0 || value.content.length > 7) return undefined;
  return (value.content[0] ?? 0) >= 0x80 ? undefined : Number.parseInt(value.content.toString('hex'), 16);
}

/** Whether it is this object identifier. */
export const isObjectId = (value: DerValue | undefined, dotted: string): boolean =>
  value?.tag === OBJECT_ID && encode(OBJECT_ID, value.content).equals(derObjectId(dotted));
