/** What a tar archive of one file puts around the file's bytes (POSIX.1-2017, pax, "ustar Interchange Format"). */

const BLOCK = 512;
/** Largest size that eleven octal digits hold; larger ones need an extended header. */
const MAX_USTAR_SIZE = 0o77777777777;
/** Bytes of the name field. */
const NAME_BYTES = 100;

export interface TarFrame {
  readonly head: Buffer;
  /** Padding of the file and the two zero blocks that end an archive. */
  readonly tail: Buffer;
}

/** Owner root, readable by all, at the epoch: the same for everybody who makes it. */
function header(name: string, size: number, type: '0' | 'x'): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, digits: number): void => {
    block.write(value.toString(8).padStart(digits, '0'), at, 'latin1');
  };
  block.write(name, 0, NAME_BYTES, 'latin1');
  octal(0o644, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(size, 124, 11);
  octal(0, 136, 11);
  block.write(' '.repeat(8), 148, 'latin1'); // the checksum counts its own field as blanks
  block.write(type, 156, 'latin1');
  block.write('ustar\0' + '00', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

const padding = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;

/** `<length> <key>=<value>\n`, where the length counts itself (pax, "pax Extended Header"). */
function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  let length = bytes + String(bytes).length;
  if (bytes + String(length).length !== length) length = bytes + String(length).length;
  return `${length}${rest}`;
}

/** A header block for what `ustar` has no room for: long or non-ASCII paths, sizes from 8 GiB on. */
function extended(path: string, size: number): Buffer {
  const isPlain = /^[ -~]*$/.test(path) && path.length <= NAME_BYTES;
  const records = [
    ...(isPlain ? [] : [record('path', path)]),
    ...(size <= MAX_USTAR_SIZE ? [] : [record('size', String(size))]),
  ].join('');
  if (records === '') return Buffer.alloc(0);
  const bytes = Buffer.from(records);
  return Buffer.concat([header('pax', bytes.length, 'x'), bytes, Buffer.alloc(padding(bytes.length))]);
}

/**
 * The frame of an archive with one regular file.
 *
 * @param path inside the archive, relative
 * @param size of the file, bytes
 */
export function tarFrame(path: string, size: number): TarFrame {
  const named = header(path.replace(/[^ -~]/g, '_').slice(0, NAME_BYTES), size > MAX_USTAR_SIZE ? 0 : size, '0');
  return {
    head: Buffer.concat([extended(path, size), named]),
    tail: Buffer.alloc(padding(size) + 2 * BLOCK),
  };
}
