import { request } from 'node:http';
import { seededBytes, sha256Hex } from './bytes';
import { type Fault } from './faults';
import { startFileServer } from './files';
import { type OutsideServer } from './server';

const CONTENT = seededBytes('server', 200_000);
let server: OutsideServer;

beforeEach(async () => {
  server = await startFileServer({ files: { '/file': CONTENT } });
});
afterEach(() => server.close());

interface Received {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: Buffer;
  /** Whether the body ended as its length said. */
  readonly complete: boolean;
}

/** A raw client: it shows what lies on the wire, where fetch would only throw. */
const get = (headers: Record<string, string> = {}, method = 'GET'): Promise<Received> =>
  new Promise((resolve, reject) => {
    // Once there is an answer, an error of the connection says that it is not whole, and no more.
    let fail: (error: Error) => void = reject;
    request(`${server.url}/file`, { method, headers, agent: false }, (response) => {
      fail = () => undefined;
      const chunks: Buffer[] = [];
      const finish = (): void =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
          complete: response.complete,
        });
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => undefined);
      response.on('close', finish);
    })
      .on('error', (error) => fail(error))
      .end();
  });

const withFault = (fault: Fault, nth?: readonly number[]): void =>
  server.faults.add({ path: '/file', fault, ...(nth === undefined ? {} : { nth }) });

test('whole content, head and ranges are served and recorded', async () => {
  expect((await get()).body.equals(CONTENT)).toBe(true);
  const head = await get({}, 'HEAD');
  expect([head.headers['content-length'], head.body.length]).toEqual(['200000', 0]);
  const middle = await get({ range: 'bytes=1000-1999' });
  expect([middle.status, middle.headers['content-range']]).toEqual([206, 'bytes 1000-1999/200000']);
  expect(middle.body.equals(CONTENT.subarray(1000, 2000))).toBe(true);
  expect((await get({ range: 'bytes=150000-' })).body.equals(CONTENT.subarray(150_000))).toBe(true);
  expect((await get({ range: 'bytes=-10' })).body.equals(CONTENT.subarray(-10))).toBe(true);
  expect((await get({ range: 'bytes=200000-' })).status).toBe(416);
  expect(server.requests.map(({ method, status, bytesSent }) => [method, status, bytesSent])).toEqual([
    ['GET', 200, 200_000],
    ['HEAD', 200, 0],
    ['GET', 206, 1000],
    ['GET', 206, 50_000],
    ['GET', 206, 10],
    ['GET', 416, 0],
  ]);
});

test('an error status comes with Retry-After only where asked for', async () => {
  withFault({ kind: 'status', status: 429, retryAfter: 7 }, [1]);
  withFault({ kind: 'status', status: 503 }, [2]);
  const answers = [await get(), await get(), await get()];
  expect(answers.map(({ status, headers }) => [status, headers['retry-after']])).toEqual([
    [429, '7'],
    [503, undefined],
    [200, undefined],
  ]);
});

test('a reset before the headers leaves the client without an answer', async () => {
  withFault({ kind: 'reset' }, [1]);
  await expect(get()).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect((await get()).complete).toBe(true);
});

test('a reset in the body leaves a part of it', async () => {
  withFault({ kind: 'reset-body', after: 70_000 });
  const answer = await get();
  expect(answer.complete).toBe(false);
  expect(answer.body.length).toBeLessThanOrEqual(70_000);
  expect(server.requests[0]!.bytesSent).toBe(70_000);
});

test('a short body ends before the length it stated', async () => {
  withFault({ kind: 'short-body', missing: 10 });
  const answer = await get();
  expect([answer.headers['content-length'], answer.body.length, answer.complete]).toEqual(['200000', 199_990, false]);
});

test('a truncated body looks complete', async () => {
  withFault({ kind: 'truncated', missing: 10 });
  const answer = await get();
  expect([answer.headers['content-length'], answer.body.length, answer.complete]).toEqual(['199990', 199_990, true]);
});

test('wrong bytes differ in one bit, under the same headers, in whole and in part', async () => {
  const right = await get();
  withFault({ kind: 'wrong-bytes', at: 123_456 });
  const wrong = await get();
  expect(wrong.headers['etag']).toBe(right.headers['etag']);
  const expected = Buffer.from(CONTENT);
  expected[123_456]! ^= 1;
  expect(sha256Hex(wrong.body)).toBe(sha256Hex(expected));
  expect((await get({ range: 'bytes=120000-' })).body.equals(expected.subarray(120_000))).toBe(true);
});

test('a server that ignores Range sends the whole with 200', async () => {
  withFault({ kind: 'ignore-range' });
  const answer = await get({ range: 'bytes=5-' });
  expect([answer.status, answer.body.length]).toEqual([200, 200_000]);
});

test('a trickle sends everything, in pieces', async () => {
  withFault({ kind: 'trickle', bytes: 50_000, everyMs: 1 });
  expect((await get()).body.equals(CONTENT)).toBe(true);
});

test('a stalled request is never answered', async () => {
  withFault({ kind: 'stall' });
  await expect(fetch(`${server.url}/file`, { signal: AbortSignal.timeout(50) })).rejects.toThrow();
  expect(server.requests[0]).toMatchObject({ status: 0, fault: 'stall' });
});

test('the first rule that applies decides, and every rule counts for itself', async () => {
  server.faults.add({ method: 'HEAD', path: /file/, fault: { kind: 'status', status: 500 } });
  withFault({ kind: 'status', status: 502 }, [2, 3]);
  withFault({ kind: 'status', status: 504 }, [3, 4]);
  const statuses: number[] = [];
  for (let at = 0; at < 5; at += 1) statuses.push((await get()).status);
  expect(statuses).toEqual([200, 502, 502, 504, 200]);
  server.faults.clear();
  expect((await get({}, 'HEAD')).status).toBe(200);
});
