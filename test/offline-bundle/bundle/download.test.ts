import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { digestOf } from '../../../core/digest';
import { environmentFailed } from '../../../core/errors';
import { type Progress, SILENT } from '../../../core/progress';
import { downloadBlob, type DownloadOptions, type DownloadResult } from '../../../offline-bundle/bundle/download';
import type { PlannedBlob } from '../../../offline-bundle/layout/plan';
import { type Behavior, MemoryReader } from './memory-reader';
import { seededBytes } from '../../outside-world/bytes';

const bytes = seededBytes('a file', 2_500_000);
let folder = '';
let waits: number[];
let counted: number;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'airlock-download-'));
  [waits, counted] = [[], 0];
});
afterEach(() => rm(folder, { recursive: true }));

const blobOf = (content: Buffer, size = content.length): PlannedBlob => ({
  digest: digestOf(content),
  size,
  artifact: 'model/tiny',
  file: 'model.safetensors',
  source: { kind: 'url', url: 'https://files.example/model.safetensors' },
});
const partial = (): string => path.join(folder, 'partial');
const final = (): string => path.join(folder, 'final');

const readerOf = (content: Buffer, behave?: (nth: number) => Behavior): MemoryReader =>
  new MemoryReader(new Map([[digestOf(content), content]]), (_, nth) => behave?.(nth) ?? {});

function download(
  reader: MemoryReader,
  blob = blobOf(bytes),
  more: Partial<DownloadOptions> = {},
): Promise<DownloadResult> {
  const progress: Progress = { ...SILENT, advance: (count) => (counted += count) };
  const sleep = (milliseconds: number): Promise<void> => Promise.resolve(void waits.push(milliseconds));
  return downloadBlob(blob, { partial: partial(), final: final() }, { reader, progress, sleep, ...more });
}

const finished = async (content = bytes): Promise<void> => {
  expect((await readFile(final())).equals(content)).toBe(true);
  expect(await readdir(folder)).toEqual(['final']);
};

describe('downloadBlob', () => {
  it('reads every byte once and gives the blob its name', async () => {
    const reader = readerOf(bytes);
    expect(await download(reader)).toEqual({ kept: 0, fetched: bytes.length });
    await finished();
    expect(reader.log).toEqual([{ digest: digestOf(bytes), offset: 0, sent: bytes.length }]);
    expect(counted).toBe(bytes.length);
  });

  it('writes an empty file without asking anybody', async () => {
    const reader = readerOf(Buffer.alloc(0));
    await download(reader, blobOf(Buffer.alloc(0)));
    await finished(Buffer.alloc(0));
    expect(reader.log).toEqual([]);
  });

  it('goes on at the offset reached when the body breaks off, after a pause', async () => {
    const reader = readerOf(bytes, (nth) => (nth < 3 ? { breakAfter: 700_001 } : {}));
    await download(reader);
    await finished();
    expect(reader.log.map(({ offset }) => offset)).toEqual([0, 700_001, 1_400_002, 2_100_003]);
    expect(reader.sent).toBe(bytes.length);
    expect(waits).toHaveLength(3);
    expect(counted).toBe(bytes.length);
  });

  it('takes a polite end before the last byte for a break', async () => {
    const reader = readerOf(bytes, (nth) => (nth === 0 ? { endAfter: 1_000_000 } : {}));
    await download(reader);
    await finished();
    expect(reader.log.map(({ offset }) => offset)).toEqual([0, 1_000_000]);
  });

  it('goes on where an earlier run stopped', async () => {
    await writeFile(partial(), bytes.subarray(0, 1_234_567));
    const reader = readerOf(bytes);
    expect(await download(reader)).toEqual({ kept: 1_234_567, fetched: bytes.length - 1_234_567 });
    await finished();
    expect(reader.log).toEqual([{ digest: digestOf(bytes), offset: 1_234_567, sent: bytes.length - 1_234_567 }]);
    expect(counted).toBe(bytes.length);
  });

  it('asks for nothing when an earlier run had all bytes but not the name', async () => {
    await writeFile(partial(), bytes);
    const reader = readerOf(bytes);
    await download(reader);
    await finished();
    expect(reader.log).toEqual([]);
  });

  it('passes over what it has when the server knows no Range', async () => {
    await writeFile(partial(), bytes.subarray(0, 1_000_000));
    await download(readerOf(bytes, () => ({ ignoreRange: true })));
    await finished();
    expect(counted).toBe(bytes.length);
  });

  it.each([
    ['a partial of other bytes', seededBytes('other', 1_000_000)],
    ['a partial that is longer than the blob', seededBytes('other', 3_000_000)],
  ])('starts afresh with %s', async (_, left) => {
    await writeFile(partial(), left);
    await download(readerOf(bytes));
    await finished();
    expect(counted).toBe(bytes.length);
  });

  it('fetches wrong bytes once more, for a cache on the way may be at fault', async () => {
    const reader = readerOf(bytes, (nth) => (nth === 0 ? { instead: seededBytes('wrong', bytes.length) } : {}));
    await download(reader);
    await finished();
    expect(reader.log.map(({ offset }) => offset)).toEqual([0, 0]);
    expect(counted).toBe(bytes.length);
  });

  it.each([
    ['other bytes', seededBytes('wrong', bytes.length), digestOf(seededBytes('wrong', bytes.length))],
    ['more bytes', Buffer.concat([bytes, Buffer.from('x')]), 'more than 2500000 bytes'],
  ])('says no to a source that keeps giving %s, and keeps none of them', async (_, instead, got) => {
    const failure = download(readerOf(bytes, () => ({ instead })));
    await expect(failure).rejects.toMatchObject({
      kind: 'check',
      message: `model/tiny: model.safetensors: expected ${digestOf(bytes)} (2500000 bytes), got ${got}`,
    });
    for (const name of await readdir(folder)) expect((await readFile(path.join(folder, name))).length).toBe(0);
    expect(counted).toBe(0);
  });

  it('says no to a source that always ends too early', async () => {
    const reader = readerOf(bytes, () => ({ instead: bytes.subarray(0, 2_000_000) }));
    await expect(download(reader)).rejects.toMatchObject({
      kind: 'check',
      message: expect.stringContaining('the source ends at 2000000 of 2500000 bytes') as string,
    });
  });

  it('gives up after a number of breaks without a new byte, and keeps what it has', async () => {
    const reader = readerOf(bytes, (nth) => ({ breakAfter: nth === 0 ? 1_500_000 : 0 }));
    await expect(download(reader)).rejects.toMatchObject({
      kind: 'environment',
      message: expect.stringMatching(
        /the source ends at 1500000 of 2500000 bytes, 6 times in a row \(UND_ERR_SOCKET\)/,
      ) as string,
    });
    expect((await readFile(partial())).equals(bytes.subarray(0, 1_500_000))).toBe(true);
    // Each pause is longer than the one before, jitter aside.
    expect(waits).toHaveLength(5);
    expect(waits[4]).toBeGreaterThan(waits[0]!);
    await download(readerOf(bytes));
    await finished();
  });

  it('passes on what the source refuses, and keeps what it has', async () => {
    await writeFile(partial(), bytes.subarray(0, 100_000));
    const refusal = environmentFailed('UPSTREAM_ACCESS_DENIED', 'registry answers 401');
    await expect(download(readerOf(bytes, () => ({ refuse: refusal })))).rejects.toBe(refusal);
    expect((await readFile(partial())).length).toBe(100_000);
  });

  it('ends at once when it is aborted, and keeps what it has', async () => {
    const controller = new AbortController();
    const reason = environmentFailed('INTERRUPTED', 'interrupted');
    const reader = readerOf(bytes, () => ({
      before: (sent) => (sent > 1_900_000 ? controller.abort(reason) : undefined),
    }));
    await expect(download(reader, blobOf(bytes), { signal: controller.signal })).rejects.toBe(reason);
    const kept = await readFile(partial());
    expect(kept.length).toBeGreaterThan(1_800_000);
    expect(kept.equals(bytes.subarray(0, kept.length))).toBe(true);
    expect(reader.log).toHaveLength(1);
  });

  it('ends with the right file however the connection breaks', async () => {
    const breaks = fc.array(fc.integer({ min: 1, max: 400_000 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(breaks, fc.boolean(), fc.nat({ max: 600_000 }), async (cuts, ignoreRange, before) => {
        const content = bytes.subarray(0, 600_000);
        await writeFile(partial(), content.subarray(0, before));
        const reader = readerOf(content, (nth) => (nth < cuts.length ? { breakAfter: cuts[nth]!, ignoreRange } : {}));
        counted = 0;
        await download(reader, blobOf(content), {
          retry: {
            attempts: 20,
            unreachableAttempts: 1,
            baseDelayMs: 0,
            maxDelayMs: 0,
            maxAskedDelayMs: 0,
            outageMs: 0,
          },
        });
        await finished(content);
        expect(counted).toBe(content.length);
        if (!ignoreRange) expect(reader.sent).toBe(content.length - before);
        await rm(final());
      }),
      { numRuns: 40 },
    );
  });
});
