import { execFileSync } from 'node:child_process';
import {
  chmod,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { digestOf, hexOf } from '../../../core/digest';
import { type Progress, SILENT } from '../../../core/progress';
import { createBundle, type CreateResult } from '../../../offline-bundle/bundle/create';
import { kitImageSource } from '../../../offline-bundle/bundle/kit-content';
import { type Reused, reuseBlob, type ReuseOptions } from '../../../offline-bundle/bundle/reuse-blob';
import { reuseSource } from '../../../offline-bundle/bundle/reuse-sources';
import { summarize } from '../../../offline-bundle/bundle/summary';
import type { PlannedBlob } from '../../../offline-bundle/layout/plan';
import { MemoryReader } from './memory-reader';
import { allBlobs } from './sample-bundle';
import { sample, type Sample } from './sample-lock';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'airlock-reuse-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('a blob that is at hand', () => {
  const BYTES = Buffer.alloc(3_000_000, 'weights');
  const wanted = { digest: digestOf(BYTES), size: BYTES.length };
  const at = (name: string): string => path.join(folder, name);
  const take = (options?: ReuseOptions): Promise<Reused> =>
    reuseBlob(wanted, { file: at('old') }, { beside: at('beside'), final: at('final') }, options);

  it('is taken whole, as a file that shares nothing with one that others can write to', async () => {
    await writeFile(at('old'), BYTES);
    await chmod(at('old'), 0o666);
    const reused = await take();
    expect(['reflink', 'copy']).toContain('how' in reused ? reused.how : reused.refused);
    expect((await readFile(at('final'))).equals(BYTES)).toBe(true);
    await truncate(at('old'), 5);
    expect((await lstat(at('final'))).size).toBe(BYTES.length);
    expect((await lstat(at('final'))).nlink).toBe(1);
    expect((await readdir(folder)).sort()).toEqual(['final', 'old']);
  });

  it('takes no space where only this user can write to it', async () => {
    await writeFile(at('old'), BYTES, { mode: 0o644 });
    const reused = await take();
    expect(['reflink', 'link']).toContain('how' in reused ? reused.how : reused.refused);
    expect((await readFile(at('final'))).equals(BYTES)).toBe(true);
  });

  it.each([
    ['other bytes', (file: string) => writeFile(file, Buffer.alloc(BYTES.length)), /^hashes to sha256:/],
    ['a longer file', (file: string) => writeFile(file, Buffer.concat([BYTES, BYTES])), /^is no file of that size/],
    ['nothing', () => Promise.resolve(), /^cannot be read: ENOENT$/],
    ['a link', (file: string) => symlink('/dev/zero', file), /^cannot be read: ELOOP$/],
    ['a pipe', (file: string) => Promise.resolve(execFileSync('mkfifo', [file])), /^is no file of that size/],
    ['a folder', (file: string) => mkdir(file), /^is no file of that size|EISDIR/],
  ] as [string, (file: string) => Promise<unknown>, RegExp][])(
    'is not taken where it is %s by now; nothing is left of it, and it counts for nothing',
    async (_what, put, why) => {
      await put(at('old'));
      let moved = 0;
      const progress: Progress = { ...SILENT, advance: (bytes) => (moved += bytes) };
      for (const mode of [0o644, 0o666]) {
        if ((await lstat(at('old')).catch(() => undefined))?.isFile() === true) await chmod(at('old'), mode);
        expect(await take({ progress })).toEqual({ refused: expect.stringMatching(why) as string });
        expect(moved).toBe(0);
        expect((await readdir(folder)).filter((name) => name !== 'old')).toEqual([]);
      }
    },
  );

  it('replaces what a killed run left beside it, whatever that is', async () => {
    await writeFile(at('old'), BYTES);
    await mkdir(at('beside'));
    expect(await take()).toHaveProperty('how');
  });

  it('is let go of on a signal', async () => {
    await writeFile(at('old'), BYTES);
    const stop = new AbortController();
    const progress: Progress = { ...SILENT, advance: () => stop.abort(new Error('enough')) };
    await expect(take({ signal: stop.signal, progress })).rejects.toThrow('enough');
    expect(await readdir(folder)).toEqual(['old']);
  });

  it('is an error where the disk of the bundle refuses it', async () => {
    await writeFile(at('old'), BYTES, { mode: 0o666 });
    await chmod(at('old'), 0o666);
    const target = { beside: path.join(folder, 'none', 'beside'), final: at('final') };
    await expect(reuseBlob(wanted, { file: at('old') }, target)).rejects.toMatchObject({ kind: 'environment' });
  });
});

describe('a bundle for which older folders are at hand', () => {
  let of: Sample;
  let fetchable: readonly PlannedBlob[];
  let bytesOf: Awaited<ReturnType<typeof allBlobs>>;
  let whole = '';
  beforeAll(async () => {
    of = await sample();
    bytesOf = await allBlobs(of);
    fetchable = of.plan.blobs.filter(({ digest }) => of.upstream.has(digest));
    whole = await mkdtemp(path.join(tmpdir(), 'airlock-whole-'));
    await create(path.join(whole, 'bundle'), new MemoryReader(of.upstream), []);
  });
  afterAll(() => rm(whole, { recursive: true }));

  async function create(out: string, reader: MemoryReader, dirs: readonly string[]): Promise<CreateResult> {
    const kitImage = kitImageSource(of.lock, of.airlockMjs);
    const reuse = await Promise.all(dirs.map(reuseSource));
    return createBundle({ plan: of.plan, reader, kitImage, out, reuse });
  }

  /** Puts blobs into a folder as older ones hold them. */
  async function put(dir: string, blobs: ReadonlyMap<PlannedBlob, Buffer>): Promise<void> {
    await mkdir(path.join(dir, 'blobs', 'sha256'), { recursive: true });
    for (const [{ digest }, bytes] of blobs) await writeFile(path.join(dir, 'blobs', 'sha256', hexOf(digest)), bytes);
  }

  const FATES = ['absent', 'right', 'flipped', 'short'] as const;
  function spoiled(bytes: Buffer, fate: (typeof FATES)[number]): Buffer {
    if (fate === 'right') return bytes;
    if (fate === 'short') return bytes.subarray(0, -1);
    const other = Buffer.from(bytes);
    other[other.length >> 1]! ^= 1;
    return other;
  }

  it('asks the network for exactly what no folder has right, and comes out the same', async () => {
    const fates = fc.array(fc.constantFrom(...FATES), {
      minLength: 2 * fetchable.length,
      maxLength: 2 * fetchable.length,
    });
    const rootBytes = bytesOf.get(of.plan.root)!;
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fates, async (chosen) => {
        const at = path.join(folder, String((run += 1)));
        const dirs = [path.join(at, 'one'), path.join(at, 'two')];
        const right = new Set<PlannedBlob>();
        const flipped: string[] = [];
        for (const [nth, dir] of dirs.entries()) {
          const blobs = new Map<PlannedBlob, Buffer>();
          for (const [index, blob] of fetchable.entries()) {
            const fate = chosen[nth * fetchable.length + index]!;
            if (fate !== 'absent') blobs.set(blob, spoiled(of.upstream.get(blob.digest)!, fate));
            if (fate === 'flipped' && !right.has(blob))
              flipped.push(path.join(dir, 'blobs', 'sha256', hexOf(blob.digest)));
            if (fate === 'right') right.add(blob);
          }
          await put(dir, blobs);
        }
        const reader = new MemoryReader(of.upstream);
        const result = await create(path.join(at, 'bundle'), reader, dirs);
        const expected = fetchable.filter((blob) => !right.has(blob)).map(({ digest }) => digest);
        expect(reader.log.map(({ digest }) => digest).sort()).toEqual(expected.sort());
        expect(result.reusedBytes).toBe([...right].reduce((sum, { size }) => sum + size, 0));
        expect(result.unusable.map((text) => text.split(' ')[0]).sort()).toEqual(flipped.sort());
        for (const { digest } of of.plan.blobs) {
          const file = path.join(at, 'bundle', 'blobs', 'sha256', hexOf(digest));
          expect(digestOf(await readFile(file))).toBe(digest);
        }
        expect((await readdir(path.join(at, 'bundle'))).sort()).toEqual(
          (await readdir(path.join(whole, 'bundle'))).sort(),
        );
        expect(rootBytes.equals(of.plan.rootBytes)).toBe(true);
        await rm(at, { recursive: true });
      }),
      { numRuns: 12 },
    );
  }, 30_000);

  it('takes all of an older bundle, and what a killed run had left of a blob is dropped', async () => {
    const out = path.join(folder, 'bundle');
    await mkdir(path.join(`${out}.partial`, 'downloads'), { recursive: true });
    const [{ digest }] = fetchable as [PlannedBlob];
    for (const name of [hexOf(digest), `${hexOf(digest)}.reused`])
      await writeFile(path.join(`${out}.partial`, 'downloads', name), 'x');
    const reader = new MemoryReader(of.upstream);
    const result = await create(out, reader, [path.join(whole, 'bundle')]);
    expect([reader.log, result.fetchedBytes]).toEqual([[], 0]);
    expect(result.reusedBytes).toBe([...of.upstream.values()].reduce((sum, { length }) => sum + length, 0));
  });

  it('takes from a folder as a killed run leaves it', async () => {
    const older = path.join(folder, 'older.partial');
    await cp(path.join(whole, 'bundle', 'blobs'), path.join(older, 'blobs'), { recursive: true });
    const reader = new MemoryReader(of.upstream);
    await create(path.join(folder, 'bundle'), reader, [older]);
    expect(reader.log).toEqual([]);
  });

  it('is summed up beforehand: what is to be reused and what to be fetched', async () => {
    const [first] = [...fetchable].sort((a, b) => b.size - a.size) as [PlannedBlob];
    await put(path.join(folder, 'older'), new Map([[first, of.upstream.get(first.digest)!]]));
    const before = await summarize(of.plan, path.join(folder, 'bundle'));
    const source = await reuseSource(path.join(folder, 'older'));
    const { total, artifacts, reuse, needed } = await summarize(of.plan, path.join(folder, 'bundle'), [source]);
    expect(reuse).toEqual([path.join(folder, 'older')]);
    expect([total.toReuse, total.toFetch]).toEqual([first.size, before.total.toFetch - first.size]);
    expect(artifacts.find(({ artifact }) => artifact === first.artifact)).toMatchObject({ toReuse: first.size });
    expect(before.needed - needed).toBeGreaterThanOrEqual(first.size); // a link takes no space
  });
});
