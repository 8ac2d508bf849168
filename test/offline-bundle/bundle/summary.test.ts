import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hexOf } from '../../../core/digest';
import { createBundle } from '../../../offline-bundle/bundle/create';
import { kitImageSource } from '../../../offline-bundle/bundle/kit-content';
import { demandSpace, spaceFor } from '../../../offline-bundle/bundle/space';
import { summarize } from '../../../offline-bundle/bundle/summary';
import type { BundlePlan } from '../../../offline-bundle/layout/plan';
import { MemoryReader } from './memory-reader';
import { sample, type Sample } from './sample-lock';

let of: Sample;
let folder = '';
beforeAll(async () => {
  of = await sample();
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'airlock-summary-'));
});
afterEach(() => rm(folder, { recursive: true }));

const out = (): string => path.join(folder, 'deep', 'bundle');
const nothing = { finished: new Set<never>(), partial: new Map<never, number>(), stale: [] };

describe('the dry run', () => {
  it('gives the exact sizes and touches nothing', async () => {
    const summary = await summarize(of.plan, out());
    expect(summary).toMatchObject({ root: of.plan.root, alreadyComplete: false });
    expect(summary.total.bytes).toBe(of.plan.totalBytes);
    expect(summary.total.toFetch).toBe([...of.upstream.values()].reduce((sum, { length }) => sum + length, 0));
    expect(summary.artifacts.map(({ artifact }) => artifact)).toEqual([
      'image/kit-base',
      'image/toolbox',
      'model/tiny',
      'provider/registry.terraform.io/hashicorp/helm',
      'file/tool',
      'kit/image',
      'kit/program',
      'record/record',
      'bundle',
    ]);
    for (const key of ['blobs', 'bytes', 'there', 'toFetch'] as const)
      expect(summary.artifacts.reduce((sum, item) => sum + item[key], 0)).toBe(summary.total[key]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('knows what earlier runs left', async () => {
    const weights = of.plan.blobs.find(({ file }) => file === 'model.safetensors')!;
    const downloads = path.join(`${out()}.partial`, 'downloads');
    await mkdir(downloads, { recursive: true });
    await writeFile(path.join(downloads, hexOf(weights.digest)), Buffer.alloc(100_000));
    const before = await summarize(of.plan, path.join(folder, 'elsewhere'));
    const { total, artifacts, needed } = await summarize(of.plan, out());
    expect(total.there).toBe(100_000);
    expect(total.toFetch).toBe(before.total.toFetch - 100_000);
    expect(artifacts.find(({ artifact }) => artifact === 'model/tiny')).toMatchObject({ there: 100_000 });
    expect(before.needed - needed).toBeGreaterThanOrEqual(100_000);
  });

  it('says that a bundle is complete', async () => {
    const reader = new MemoryReader(of.upstream);
    await createBundle({ plan: of.plan, reader, kitImage: kitImageSource(of.lock, of.airlockMjs), out: out() });
    const { alreadyComplete, total, needed } = await summarize(of.plan, out());
    expect({ alreadyComplete, needed, there: total.there, toFetch: total.toFetch }).toEqual({
      alreadyComplete: true,
      needed: 0,
      there: of.plan.totalBytes,
      toFetch: 0,
    });
  });
});

describe('the space check', () => {
  const huge = (): BundlePlan => ({
    ...of.plan,
    blobs: [{ ...of.plan.blobs[0]!, size: Number.MAX_SAFE_INTEGER - 10_000_000 }],
  });

  it('wants at least the bytes of the blobs, and little more', async () => {
    const { needed, free } = await spaceFor(of.plan, nothing, out());
    expect(needed).toBeGreaterThan(of.plan.totalBytes);
    expect(needed).toBeLessThan(of.plan.totalBytes + 1_100_000 + of.plan.blobs.length * 8192);
    expect(free).toBeGreaterThan(0);
  });

  it('ends the run before the first byte is asked for, with both numbers', async () => {
    expect(() => demandSpace({ needed: 1000, free: 999 }, '/disk')).toThrow(
      '/disk: the bundle needs 1000 more bytes, 999 are free',
    );
    const reader = new MemoryReader(of.upstream);
    const kitImage = kitImageSource(of.lock, of.airlockMjs);
    await expect(createBundle({ plan: huge(), reader, kitImage, out: out() })).rejects.toMatchObject({
      kind: 'environment',
      message: expect.stringMatching(/needs \d+ more bytes, \d+ are free/) as string,
    });
    expect(reader.log).toEqual([]);
    expect(await readdir(path.dirname(out()))).toEqual([]);
  });
});
