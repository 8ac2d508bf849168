/** SHA-256 digests in the OCI notation (image-spec, descriptor.md, "Digests"). */
import { createHash, type Hash } from 'node:crypto';
import { badInput } from './errors';

/** `sha256:` followed by 64 lower-case hexadecimal digits. */
export type Digest = `sha256:${string}`;

const DIGEST = /^sha256:[0-9a-f]{64}$/;
const HEX = /^[0-9a-f]{64}$/;

/** Whether a text is `sha256:` and 64 lower-case hexadecimal digits. */
export const isDigest = (text: string): text is Digest => DIGEST.test(text);
export const isSha256Hex = (text: string): boolean => HEX.test(text);

/**
 * A text as a digest.
 *
 * @example
 * parseDigest(`sha256:${'0'.repeat(64)}`);
 *
 * @throws AirlockError (input) when the text is not a SHA-256 digest.
 */
export function parseDigest(text: string): Digest {
  if (!isDigest(text)) {
    throw badInput(
      'DIGEST_INVALID',
      `"${text}" is not a digest`,
      'write sha256: followed by 64 lower-case hexadecimal digits',
    );
  }
  return text;
}

/** The 64 hexadecimal digits of a digest. */
export const hexOf = (digest: Digest): string => digest.slice('sha256:'.length);

export const fromHex = (hex: string): Digest => parseDigest(`sha256:${hex}`);

export const newHash = (): Hash => createHash('sha256');

/** SHA-256 of bytes, or of the UTF-8 bytes of a text. */
export const digestOf = (bytes: Uint8Array | string): Digest => `sha256:${newHash().update(bytes).digest('hex')}`;
