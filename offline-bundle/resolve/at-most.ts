/** A bound for bodies that nobody states the size of: they might not end. */
import { environmentFailed } from '../../core/errors';

/**
 * Passes a stream on, and ends it with an error where it goes on for longer.
 *
 * @param bytes asked while reading, since the answer of a server may state it
 * @param what gives them, for the message
 * @throws AirlockError (environment)
 */
export async function* atMost(
  stream: AsyncIterable<Uint8Array>,
  bytes: () => number,
  what: string,
): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const part of stream) {
    size += part.length;
    if (size > bytes())
      throw environmentFailed(
        'UPSTREAM_ANSWER_INVALID',
        `${what} gives more than ${bytes()} bytes, and does not say where it ends`,
        'find out what is served there; where it is right, name an address whose server states the length (Content-Length)',
      );
    yield part;
  }
}
