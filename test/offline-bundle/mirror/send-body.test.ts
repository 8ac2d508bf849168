import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import fastify, { type FastifyInstance } from 'fastify';
import { request } from 'undici';
import { sendBody } from '../../../offline-bundle/mirror/send-body';
import { seededBytes } from '../../outside-world/bytes';

let app: FastifyInstance;
let body: () => AsyncGenerator<Buffer> = async function* () {
  yield await Promise.resolve(Buffer.alloc(0));
};
let length = 0;
let closed = 0;

/** Bytes in two buffers that are filled again and again, and spoiled in between. */
async function* reused(bytes: Buffer, chunk: number): AsyncGenerator<Buffer> {
  const buffers = [Buffer.alloc(chunk), Buffer.alloc(chunk)] as const;
  try {
    for (let at = 0; at < bytes.length; at += chunk) {
      const [now, before] = (at / chunk) % 2 === 0 ? buffers : [buffers[1], buffers[0]];
      const count = bytes.copy(now, 0, at, at + chunk);
      before.fill('x');
      yield await Promise.resolve(now.subarray(0, count));
      now.fill('x');
    }
  } finally {
    closed += 1;
  }
}

beforeAll(async () => {
  app = fastify();
  app.get('/', async (_request, reply) => {
    void reply.code(206).header('content-length', length).header('etag', '"an etag"');
    await sendBody(reply, body());
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => app.close());
beforeEach(() => (closed = 0));

const url = (): string => app.listeningOrigin;
function serve(bytes: Buffer, chunk: number): void {
  [length, body] = [bytes.length, () => reused(bytes, chunk)];
}

describe('a body from buffers that are used again', () => {
  it('arrives as it is, whatever the sizes, with the status and fields of the reply', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 300_000 }),
        fc.integer({ min: 997, max: 70_000 }),
        async (...sizes) => {
          const bytes = seededBytes('body', sizes[0]);
          serve(bytes, sizes[1]);
          const answer = await request(url());
          const { 'content-length': stated, etag } = answer.headers;
          expect([answer.statusCode, stated, etag]).toEqual([206, String(bytes.length), '"an etag"']);
          expect(Buffer.from(await answer.body.arrayBuffer()).equals(bytes)).toBe(true);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('waits for a client that is slow, and still sends no spoiled byte', async () => {
    const bytes = seededBytes('slow', 24 * 1024 * 1024);
    serve(bytes, 256 * 1024);
    const answer = await request(url());
    const got: Buffer[] = [];
    for await (const chunk of answer.body) {
      got.push(Buffer.from(chunk as Buffer));
      if (got.length < 5) await pause(30);
    }
    expect(Buffer.concat(got).equals(bytes)).toBe(true);
  });

  it('is let go of when the client leaves', async () => {
    serve(seededBytes('left', 64 * 1024 * 1024), 256 * 1024);
    const { port } = new URL(url());
    const socket = connect(Number(port), '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await once(socket, 'data');
    socket.destroy();
    for (const end = Date.now() + 10_000; closed === 0 && Date.now() < end;) await pause(10);
    expect(closed).toBe(1);
  });

  it('that fails before its first byte is answered as an error', async () => {
    body = async function* () {
      yield await Promise.reject<Buffer>(new Error('the disk is gone'));
    };
    const answer = await request(url());
    expect([answer.statusCode, await answer.body.json()]).toMatchObject([500, { message: 'the disk is gone' }]);
  });

  it('that fails later breaks the connection, so that nobody takes it for whole', async () => {
    length = 2000;
    body = async function* () {
      yield seededBytes('half', 1000);
      await Promise.reject(new Error('the disk is gone'));
    };
    const answer = await request(url());
    await expect(answer.body.arrayBuffer()).rejects.toThrow();
  });
});
