/** Sends a body from buffers that are used again: none is touched before the socket has let go of it. */
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import { takeOver } from './fields';

/** @returns false when the client has left */
function write(answer: ServerResponse, chunk: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    // What waits for an earlier answer on the same connection is forgotten with it, its callback too.
    const left = (): void => resolve(false);
    answer.once('close', left);
    answer.write(chunk, (error) => {
      answer.off('close', left);
      resolve(error === undefined || error === null);
    });
  });
}

/**
 * Sends the status and the fields of a reply, and a body as fast as its client takes it. A Node stream would need a new buffer for each
 * read, since it does not tell when one was sent; getting and clearing that memory takes longer than the rest.
 *
 * @param chunks each valid until the next one is asked for; the answer begins with the first one. Where they fail later, the
 *   connection breaks: the length that was promised does not come.
 * @throws what the chunks throw before the first one; nothing was sent then
 */
export async function sendBody(reply: FastifyReply, chunks: AsyncIterable<Buffer>): Promise<void> {
  const answer = reply.raw;
  let isBegun = false;
  try {
    for await (const chunk of chunks) {
      if (!isBegun) {
        takeOver(reply);
        isBegun = true;
      }
      if (!(await write(answer, chunk))) return;
    }
    answer.end();
  } catch (error) {
    if (!isBegun) throw error;
    answer.destroy();
  }
}
