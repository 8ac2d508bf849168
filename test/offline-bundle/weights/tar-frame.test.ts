import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, type Header } from 'tar-stream';
import { tarFrame } from '../../../offline-bundle/weights/tar-frame';

/** What another implementation reads out of an archive. */
async function unpacked(archive: Buffer): Promise<{ header: Header; bytes: Buffer }[]> {
  const entries: { header: Header; bytes: Buffer }[] = [];
  const reader = extract();
  reader.on('entry', (header, stream, next) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: unknown) => chunks.push(chunk as Buffer));
    stream.on('end', () => {
      entries.push({ header, bytes: Buffer.concat(chunks) });
      next();
    });
  });
  await pipeline(Readable.from([archive]), reader);
  return entries;
}

describe('tarFrame', () => {
  it.each([
    ['a short path', 'models/tiny/config.json'],
    ['a path of 100 characters', `models/${'a'.repeat(93)}`],
    ['a longer path', `models/tiny/${'long/'.repeat(60)}file.safetensors`],
    ['a path beyond ASCII', 'models/tiny/größe-日本.json'],
    // The length of a record counts its own digits: 99 bytes become 101, not 100.
    ...Array.from({ length: 8 }, (_, at): [string, string] => [
      `${86 + at} characters and one umlaut`,
      `${'a'.repeat(86 + at)}ü`,
    ]),
  ])('makes an archive of one file with %s', async (_what, name) => {
    const bytes = Buffer.from('{"a":1}');
    const { head, tail } = tarFrame(name, bytes.length);
    const archive = Buffer.concat([head, bytes, tail]);
    expect(archive.length % 512).toBe(0);
    const [entry, another] = await unpacked(archive);
    expect(another).toBeUndefined();
    expect(entry?.bytes.equals(bytes)).toBe(true);
    expect(entry?.header).toMatchObject({ name, size: 7, mode: 0o644, uid: 0, gid: 0, type: 'file' });
    expect(entry?.header.mtime.getTime()).toBe(0);
  });

  it.each([0, 511, 512, 513])('pads %d bytes to whole blocks', (size) => {
    const { head, tail } = tarFrame('a', size);
    expect((head.length + size + tail.length) % 512).toBe(0);
    expect(tail.length).toBeGreaterThanOrEqual(1024);
    expect(tail.every((byte) => byte === 0)).toBe(true);
  });

  it('states sizes that eleven octal digits do not hold', () => {
    const size = 60_000_000_000;
    const { head } = tarFrame('model.safetensors', size);
    expect(head.toString('latin1')).toContain(`20 size=${size}\n`);
    expect(tarFrame('model.safetensors', 8 * 1024 ** 3 - 1).head).toHaveLength(512);
  });

  it('is the same for everybody', () => {
    expect(tarFrame('a/b', 5).head.equals(tarFrame('a/b', 5).head)).toBe(true);
  });
});
