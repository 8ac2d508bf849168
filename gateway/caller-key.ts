/** API keys of callers: who makes one knows it, everybody else knows its hash. */
import { createHash, randomBytes } from 'node:crypto';
import { badInput } from '../core/errors';

/** 256 bits, in letters that every header and shell takes. */
const RANDOM_BYTES = 32;
/** OpenAI's SDKs take any text; some tools look for `sk-`. */
const PREFIX = 'sk-airlock-';
const LEAST_LENGTH = 32;

/** A key as its caller gets it, once. */
export interface CallerKey {
  readonly key: string;
  /** What stands in enclave.yaml: `sha256:` and 64 hexadecimal digits. */
  readonly hash: string;
}

const sha256 = (key: string): string => `sha256:${createHash('sha256').update(key).digest('hex')}`;

/** Makes a key from 256 random bits or more; only its hash is kept. */
export function makeCallerKey(): CallerKey {
  const key = `${PREFIX}${randomBytes(RANDOM_BYTES).toString('base64url')}`;
  return { key, hash: sha256(key) };
}

/**
 * The hash of a key that exists already.
 *
 * @throws AirlockError (input) for a text that is short enough to be guessed from its hash, or that no header carries
 */
export function hashOfKey(key: string): string {
  if (!/^[\x21-\x7e]*$/.test(key))
    throw badInput('CALLER_KEY_INVALID', 'the key holds spaces or other than ASCII', 'pass the key alone');
  if (key.length < LEAST_LENGTH)
    throw badInput(
      'CALLER_KEY_INVALID',
      `the key has ${String(key.length)} characters, and its hash will be readable`,
      `use one of at least ${String(LEAST_LENGTH)}: \`airlock gateway key\` makes one`,
    );
  return sha256(key);
}
