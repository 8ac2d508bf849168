import { digestOf, fromHex, hexOf, isDigest, parseDigest } from '../../core/digest';

describe('digests', () => {
  it('are SHA-256 in the OCI notation: FIPS 180-4 example "abc"', () => {
    expect(digestOf('abc')).toBe('sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('convert to their hexadecimal digits and back', () => {
    const digest = digestOf('');
    expect(fromHex(hexOf(digest))).toBe(digest);
  });

  it.each(['sha256:abc', 'sha512:'.padEnd(71, 'a'), `sha256:${'A'.repeat(64)}`, ''])('refuse %j', (text) => {
    expect(isDigest(text)).toBe(false);
    expect(() => parseDigest(text)).toThrow(/is not a digest/);
  });
});
