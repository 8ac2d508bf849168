/**
 * Gzip without compression: a pure function of the bytes, whatever zlib a Node carries.
 *
 * Registry clients such as skopeo compress a plain tar layer while pushing it, which changes the image's digest; a layer
 * that is gzip already travels as it is.
 */
import { crc32 } from 'node:zlib';

/** RFC 1952 §2.3: magic, deflate, no flags, no time, no extra flags, unknown system. */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
/** RFC 1951 §3.2.4: the most bytes of a stored block. */
const MAX_STORED = 0xffff;

function storedBlock(bytes: Buffer, last: boolean): Buffer[] {
  const head = Buffer.alloc(5);
  head.writeUInt8(last ? 1 : 0, 0);
  head.writeUInt16LE(bytes.length, 1);
  head.writeUInt16LE(bytes.length ^ MAX_STORED, 3);
  return [head, bytes];
}

/** Wraps bytes in a gzip member of stored blocks. */
export function storedGzip(bytes: Buffer): Buffer {
  const parts: Buffer[] = [HEADER];
  let at = 0;
  do {
    const end = Math.min(at + MAX_STORED, bytes.length);
    parts.push(...storedBlock(bytes.subarray(at, end), end === bytes.length));
    at = end;
  } while (at < bytes.length);
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(bytes), 0);
  trailer.writeUInt32LE(bytes.length % 2 ** 32, 4);
  return Buffer.concat([...parts, trailer]);
}
