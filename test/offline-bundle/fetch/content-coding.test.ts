import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { bytesContent } from '../../outside-world/bytes';
import { type OutsideServer, startServer } from '../../outside-world/server';
import { bytesOf, httpClient, rejection } from './clients';

const CONTENT = Buffer.from('what was asked for\n'.repeat(5000));
let server: OutsideServer;
afterEach(() => server.close());

async function answering(coding: string, body: Buffer, ranges = false): Promise<string> {
  server = await startServer(() => ({
    status: 200,
    headers: { 'Content-Encoding': coding },
    body: bytesContent(body),
    ranges,
  }));
  return `${server.url}/file`;
}

const CODINGS = [
  ['gzip', gzipSync(CONTENT)],
  ['x-gzip', gzipSync(CONTENT)],
  ['GZip', gzipSync(CONTENT)],
  ['deflate', deflateSync(CONTENT)],
  ['br', brotliCompressSync(CONTENT)],
  ['identity', CONTENT],
] as const;

it.each(CODINGS)('what came as %s is what was asked for, streamed and read whole', async (coding, body) => {
  const url = await answering(coding, body);
  const { http } = httpClient();
  expect((await bytesOf((await http.request({ url })).body)).equals(CONTENT)).toBe(true);
  expect((await http.read({ url }, CONTENT.length)).bytes.equals(CONTENT)).toBe(true);
  const { body: unread } = await http.request({ url });
  await unread.dump();
});

it.each(CODINGS.slice(0, 5))('what came as %s counts as long as it is, not as it came', async (coding, body) => {
  const url = await answering(coding, body);
  const error = await rejection(httpClient().http.read({ url }, CONTENT.length - 1));
  expect(error.message).toContain('more than');
});

it('an unknown coding is named, with what may have done it', async () => {
  const url = await answering('zstd-7', CONTENT);
  const error = await rejection(httpClient().http.request({ url }));
  expect(error).toMatchObject({ code: 'UPSTREAM_ANSWER_INVALID' });
  expect(error.message).toContain('(Content-Encoding: zstd-7)');
  expect(error.fix).toContain('proxy');
});

it('a part of something compressed is refused', async () => {
  const url = await answering('gzip', gzipSync(CONTENT), true);
  const error = await rejection(httpClient().http.request({ url, headers: { range: 'bytes=5-' } }));
  expect(error.message).toContain('Content-Encoding: gzip');
});

it.each(CODINGS.slice(0, 5).filter(([, body]) => body.length > 20))(
  '%s that breaks off is an error',
  async (coding, body) => {
    const url = await answering(coding, body.subarray(0, body.length - 10));
    const { http } = httpClient();
    await rejection(bytesOf((await http.request({ url })).body));
  },
);
