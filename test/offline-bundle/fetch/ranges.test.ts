import fc from 'fast-check';
import { contentRangeStart, openRange, readResuming, type SendWith } from '../../../offline-bundle/fetch/ranges';
import type { OpenSource } from '../../../offline-bundle/fetch/source-reader';
import { seededBytes } from '../../outside-world/bytes';
import { type FaultRule } from '../../outside-world/faults';
import { startFileServer } from '../../outside-world/files';
import { type OutsideServer } from '../../outside-world/server';
import { bytesOf, httpClient, rejection } from './clients';

const CONTENT = seededBytes('ranges', 400_000);
let server: OutsideServer;
const withFaults = async (faults: readonly FaultRule[]): Promise<void> => {
  server = await startFileServer({ files: { '/file': CONTENT }, faults });
};
afterEach(() => server.close());

const { http } = httpClient({ retry: { attempts: 3 } });
const send: SendWith = (headers) => http.request({ url: `${server.url}/file`, headers });
const open = (offset: number): Promise<OpenSource> => openRange(send, offset, () => undefined);
const read = (): Promise<Buffer> => bytesOf(readResuming(http, open, new URL(server.url)));

describe('a body opened at an offset', () => {
  it('starts there', async () => {
    await withFaults([]);
    const { body, start } = await open(399_000);
    expect(start).toBe(399_000);
    expect((await bytesOf(body)).equals(CONTENT.subarray(399_000))).toBe(true);
  });

  it('starts at 0 where the server ignores Range', async () => {
    await withFaults([{ path: '/file', fault: { kind: 'ignore-range' } }]);
    const { body, start } = await open(399_000);
    expect(start).toBe(0);
    expect((await bytesOf(body)).equals(CONTENT)).toBe(true);
  });

  it('starts at 0 where the server has no such range', async () => {
    await withFaults([]);
    const { body, start } = await open(400_000);
    expect(start).toBe(0);
    expect((await bytesOf(body)).equals(CONTENT)).toBe(true);
  });

  it('is input that is missing when there is none', async () => {
    await withFaults([{ path: '/file', fault: { kind: 'status', status: 404 } }]);
    expect(await rejection(open(0))).toMatchObject({
      kind: 'input',
      message: expect.stringContaining('(404)') as string,
    });
  });
});

describe('a body of a known size', () => {
  const openSized = (offset: number, partBytes?: number): Promise<OpenSource> =>
    openRange(send, offset, () => undefined, { size: CONTENT.length }, partBytes);

  it('comes in parts that are no longer than they may be, from any offset', async () => {
    await withFaults([]);
    await fc.assert(
      fc.asyncProperty(fc.nat(CONTENT.length - 1), fc.integer({ min: 50_000, max: 500_000 }), async (offset, part) => {
        const before = server.requests.length;
        const { body, start } = await openSized(offset, part);
        expect(start).toBe(offset);
        expect((await bytesOf(body)).equals(CONTENT.subarray(offset))).toBe(true);
        const asked = server.requests.slice(before);
        expect(asked).toHaveLength(Math.ceil((CONTENT.length - offset) / part));
        for (const { bytesSent } of asked) expect(bytesSent).toBeLessThanOrEqual(part);
      }),
      { numRuns: 20 },
    );
  });

  it('comes whole from a server that ignores Range, whatever parts are wanted', async () => {
    await withFaults([{ path: '/file', fault: { kind: 'ignore-range' } }]);
    const { body, start } = await openSized(0, 50_000);
    expect([start, (await bytesOf(body)).equals(CONTENT)]).toEqual([0, true]);
    expect(server.requests).toHaveLength(1);
  });

  it.each([399_999, 100_000, 9_000])('comes from a store that refuses more than %i bytes at once', async (most) => {
    await withFaults([]);
    const refusing: SendWith = async (headers) => {
      const [, from = '', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(headers['range'] ?? '') ?? [];
      const isShort = to !== '' && Number(to) - Number(from) < most;
      return isShort ? send(headers) : http.request({ url: `${server.url}/file`, method: 'POST' });
    };
    await withFaults([{ path: '/file', fault: { kind: 'status', status: 400 }, method: 'POST' } as never]);
    const { body } = await openRange(refusing, 0, () => undefined, { size: CONTENT.length });
    expect((await bytesOf(body)).equals(CONTENT)).toBe(true);
  });

  it('is refused by a store that gives no part of it either', async () => {
    await withFaults([{ path: '/file', fault: { kind: 'status', status: 400 } }]);
    expect(await rejection(openSized(0))).toMatchObject({ code: 'UPSTREAM_ANSWER_INVALID' });
    expect(server.requests.length).toBeLessThan(8);
  });
});

describe('a body read to its end', () => {
  it('goes on where each connection broke, and fetches no byte twice', async () => {
    await withFaults([{ path: '/file', nth: [1, 2, 3], fault: { kind: 'reset-body', after: 100_000 } }]);
    expect((await read()).equals(CONTENT)).toBe(true);
    const offsets = server.requests.map(({ range }) => Number(/^bytes=(\d+)-$/.exec(range ?? 'bytes=0-')?.[1]));
    expect(offsets[0]).toBe(0);
    for (const [at, offset] of offsets.entries()) expect(offset).toBeGreaterThan(offsets[at - 1] ?? -1);
    // What was sent and lost in the reset socket may come again; what was received may not.
    expect(offsets).toHaveLength(4);
  });

  it('skips what it has where the server ignores Range', async () => {
    await withFaults([
      { path: '/file', nth: [1], fault: { kind: 'short-body', missing: 150_000 } },
      { path: '/file', fault: { kind: 'ignore-range' } },
    ]);
    expect((await read()).equals(CONTENT)).toBe(true);
    expect(server.requests).toHaveLength(2);
  });

  it('stops when nothing new comes any more', async () => {
    await withFaults([
      { path: '/file', nth: [1], fault: { kind: 'short-body', missing: 150_000 } },
      { path: '/file', fault: { kind: 'reset-body', after: 0 } },
    ]);
    const error = await rejection(read());
    expect(error).toMatchObject({ kind: 'environment', message: expect.stringContaining('cannot reach') as string });
    expect(server.requests.length).toBeLessThanOrEqual(10);
  });
});

describe('Content-Range', () => {
  beforeEach(() => withFaults([]));

  it('is read for any range', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (start, length) => {
        expect(contentRangeStart(`bytes ${String(start)}-${String(start + length)}/*`)).toBe(start);
        expect(
          contentRangeStart(` bytes ${String(start)}-${String(start + length)}/${String(start + length + 1)} `),
        ).toBe(start);
      }),
    );
  });

  it.each([undefined, '', 'bytes */5', 'bytes -1-2/3', 'items 0-1/2', 'bytes 0-1'])('is unknown for %s', (value) => {
    expect(contentRangeStart(value)).toBeUndefined();
  });
});
