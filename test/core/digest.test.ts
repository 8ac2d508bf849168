import { digestOf, fromHex, hexOf, isDigest, isSha256Hex, newHash, parseDigest } from '../../core/digest';

describe('digests', () => {
  it('are SHA-256 in the OCI notation: FIPS 180-4 example "abc"', () => {
    expect(digestOf('abc')).toBe('sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('convert to their hexadecimal digits and back', () => {
    const digest = digestOf('');
    expect(fromHex(hexOf(digest))).toBe(digest);
  });

  it('are those of a hash that is fed bit by bit, and of the UTF-8 bytes of a text', () => {
    const bytes = Buffer.from('Zürich', 'utf8');
    expect(fromHex(newHash().update(bytes.subarray(0, 2)).update(bytes.subarray(2)).digest('hex'))).toBe(
      digestOf('Zürich'),
    );
    expect(parseDigest(digestOf(bytes))).toBe(digestOf('Zürich'));
  });

  const HEX = '0123456789abcdef'.repeat(4);

  it('have 64 hexadecimal digits', () => {
    expect(isSha256Hex(HEX)).toBe(true);
    expect(isDigest(`sha256:${HEX}`)).toBe(true);
    for (const wrong of [`${HEX}0`, `0${HEX}`, HEX.slice(1), HEX.toUpperCase(), `${HEX}\n`, '']) {
      expect([wrong, isSha256Hex(wrong)]).toEqual([wrong, false]);
      expect(() => fromHex(wrong)).toThrow('is not a digest');
    }
  });

  it.each([
    'sha256:abc',
    'sha512:'.padEnd(71, 'a'),
    `sha256:${'A'.repeat(64)}`,
    ` sha256:${HEX}`,
    `sha256:${HEX}0`,
    HEX,
    '',
  ])('refuse %j', (text) => {
    expect(isDigest(text)).toBe(false);
    expect(() => parseDigest(text)).toThrow(
      expect.objectContaining({
        code: 'DIGEST_INVALID',
        message: `"${text}" is not a digest`,
        fix: 'write sha256: followed by 64 lower-case hexadecimal digits',
      }) as Error,
    );
  });
});
