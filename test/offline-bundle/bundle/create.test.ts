import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { type Digest, hexOf } from '../../../core/digest';
import { checkFailed, environmentFailed } from '../../../core/errors';
import { type Progress, SILENT } from '../../../core/progress';
import { createBundle, type CreateOptions, type CreateResult } from '../../../offline-bundle/bundle/create';
import { kitImageSource } from '../../../offline-bundle/bundle/kit-content';
import { reuseSource } from '../../../offline-bundle/bundle/reuse-sources';
import { layoutFiles } from '../../../offline-bundle/layout/sums';
import { type Behavior, MemoryReader } from './memory-reader';
import { sample, type Sample } from './sample-lock';
import { seededBytes } from '../../outside-world/bytes';

const NO_WAIT = { attempts: 3, unreachableAttempts: 1, baseDelayMs: 0, maxDelayMs: 0, maxAskedDelayMs: 0, outageMs: 0 };
const modelFiles = {
  'config.json': Buffer.from('{}'),
  'a.safetensors': seededBytes('a', 900_000),
  'b.safetensors': seededBytes('b', 700_000),
};
let of: Sample;
let folder = '';
let out = '';

beforeAll(async () => {
  of = await sample({ modelFiles });
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'airlock-create-'));
  out = path.join(folder, 'bundle');
});
afterEach(() => rm(folder, { recursive: true }));

const reader = (behave?: (file: string, nth: number) => Behavior): MemoryReader =>
  new MemoryReader(of.upstream, (blob, nth) => behave?.(blob.file, nth) ?? {});
const create = (from: MemoryReader, more: Partial<CreateOptions> = {}): Promise<CreateResult> =>
  createBundle({
    plan: of.plan,
    reader: from,
    kitImage: kitImageSource(of.lock, of.airlockMjs),
    out,
    retry: NO_WAIT,
    ...more,
  });
const digestOfFile = (name: string): Digest => of.plan.blobs.find(({ file }) => file === name)!.digest;

/** Every file below the bundle by path, with its SHA-256. */
async function content(bundle: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const entry of await readdir(bundle, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    found.set(
      path.relative(bundle, file),
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
    );
  }
  return found;
}

async function expectWhole(): Promise<void> {
  const digests = of.plan.blobs.map(({ digest }) => digest);
  const expected = new Map(digests.map((digest) => [`blobs/sha256/${hexOf(digest)}`, hexOf(digest)]));
  for (const [name, bytes] of layoutFiles(of.plan.rootBytes, digests))
    expected.set(name, createHash('sha256').update(bytes).digest('hex'));
  expect(await content(out)).toEqual(expected);
  expect(await readdir(folder)).toEqual(['bundle']);
}

describe('createBundle', () => {
  it('writes exactly the planned layout, reading each byte from the network once', async () => {
    const from = reader();
    const result = await create(from);
    await expectWhole();
    const fetched = of.plan.blobs.filter(({ digest }) => of.upstream.has(digest));
    expect(from.log.map(({ digest }) => digest).sort()).toEqual(fetched.map(({ digest }) => digest).sort());
    expect(from.sent).toBe(fetched.reduce((sum, { size }) => sum + size, 0));
    expect(result).toEqual({
      root: of.plan.root,
      out,
      alreadyComplete: false,
      blobs: of.plan.blobs.length,
      totalBytes: of.plan.totalBytes,
      fetchedBytes: from.sent,
      keptBytes: 0,
      reusedBytes: 0,
      unusable: [],
    });
  });

  it('does nothing when the bundle is there already', async () => {
    await create(reader());
    const again = reader();
    expect(await create(again)).toMatchObject({ alreadyComplete: true, fetchedBytes: 0, root: of.plan.root });
    expect(again.log).toEqual([]);
    await expectWhole();
  });

  it('counts every byte of the plan exactly once as progress, in first runs and in later ones', async () => {
    const counts: { total: number; done: number }[] = [];
    const progress: Progress = {
      ...SILENT,
      start: (_, total) => void counts.push({ total, done: 0 }),
      advance: (bytes) => void (counts.at(-1)!.done += bytes),
    };
    const broken = reader((file) => (file === 'a.safetensors' ? { breakAfter: 300_000, ignoreRange: true } : {}));
    await expect(create(broken, { progress })).rejects.toThrow(/ends at/);
    await create(reader(), { progress });
    expect(counts[1]).toEqual({ total: of.plan.totalBytes, done: of.plan.totalBytes });
  });

  it('fetches no more at once than asked for', async () => {
    let [open, most] = [0, 0];
    let letGo = (): void => undefined;
    const twoAreOpen = new Promise<void>((resolve) => (letGo = resolve));
    const large = ['a.safetensors', 'b.safetensors'];
    const from = reader((file) => ({
      before: async (sent) => {
        if (sent > 0) return;
        most = Math.max(most, (open += 1));
        if (open === 2) letGo();
        if (!large.includes(file)) return;
        await twoAreOpen;
        for (let turns = 0; turns < 100; turns++) await turn();
      },
    }));
    const finished = from.open.bind(from);
    from.open = async (blob, offset, signal) => {
      const { body, start } = await finished(blob, offset, signal);
      return {
        start,
        body: (async function* () {
          yield* body;
          open -= 1;
        })(),
      };
    };
    await create(from, { concurrency: 2 });
    expect(most).toBe(2);
  });

  it('fetches the biggest first', async () => {
    const from = reader();
    await create(from, { concurrency: 1 });
    const sizes = from.log.map(({ digest }) => of.upstream.get(digest)!.length);
    const afterConfigs = sizes.slice(1);
    expect(afterConfigs).toEqual([...afterConfigs].sort((a, b) => b - a));
  });

  it('goes on after an interruption: finished blobs are not asked for again, unfinished ones from where they ended', async () => {
    const controller = new AbortController();
    const reason = environmentFailed('INTERRUPTED', 'interrupted');
    const first = reader((file) => ({
      before: (sent) => (file === 'b.safetensors' && sent > 400_000 ? controller.abort(reason) : undefined),
    }));
    await expect(create(first, { signal: controller.signal, concurrency: 1 })).rejects.toBe(reason);
    expect(await readdir(folder)).toEqual(['bundle.partial']);
    const done = first.log.filter(({ digest, sent }) => sent === of.upstream.get(digest)!.length);
    expect(done.map(({ digest }) => digest)).toContain(digestOfFile('a.safetensors'));

    const second = reader();
    const result = await create(second);
    await expectWhole();
    for (const { digest } of done) expect(second.of(digest)).toEqual([]);
    const [resumed] = second.of(digestOfFile('b.safetensors'));
    expect(resumed!.offset).toBeGreaterThan(380_000);
    expect(first.sent + second.sent).toBe([...of.upstream.values()].reduce((sum, { length }) => sum + length, 0));
    expect(result.keptBytes).toBeGreaterThan(900_000);
  });

  it('ends all downloads when one fails for want of network, and keeps what they have', async () => {
    const from = reader((file) =>
      file === 'b.safetensors' ? { refuse: environmentFailed('UPSTREAM_UNREACHABLE', 'no route to host') } : {},
    );
    await expect(create(from)).rejects.toThrow('no route to host');
    expect(await readdir(folder)).toEqual(['bundle.partial']);
    await create(reader());
    await expectWhole();
  });

  it('fetches the rest when upstream no longer has a blob, and names every such blob at the end', async () => {
    const gone = ['a.safetensors', 'config.json'];
    const from = reader((file) =>
      gone.includes(file) ? { refuse: checkFailed('LOCKED_CONTENT_GONE', `${file} does not exist`) } : {},
    );
    const failure = create(from);
    await expect(failure).rejects.toMatchObject({ kind: 'check' });
    await expect(failure).rejects.toThrow(/2 blobs[^]*a\.safetensors does not exist[^]*config\.json does not exist/);
    expect(from.of(digestOfFile('b.safetensors'))[0]!.sent).toBe(700_000);
    const again = reader();
    await create(again);
    expect(again.log.map(({ digest }) => digest).sort()).toEqual(gone.map(digestOfFile).sort());
    await expectWhole();
  });

  it('removes what another lock left in the unfinished folder, and nothing that this one can use', async () => {
    const workspace = `${out}.partial`;
    await mkdir(path.join(workspace, 'blobs', 'sha256'), { recursive: true });
    await mkdir(path.join(workspace, 'downloads', 'odd'), { recursive: true });
    const [a, b] = [digestOfFile('a.safetensors'), digestOfFile('b.safetensors')].map(hexOf) as [string, string];
    await writeFile(path.join(workspace, 'blobs', 'sha256', 'f'.repeat(64)), 'of another lock');
    await writeFile(path.join(workspace, 'downloads', 'e'.repeat(64)), 'of another lock');
    await writeFile(path.join(workspace, 'blobs', 'sha256', a), 'cut short by a power failure');
    await writeFile(path.join(workspace, 'downloads', b), modelFiles['b.safetensors'].subarray(0, 123_456));
    await writeFile(path.join(workspace, 'SHA256SUMS'), 'old');
    await writeFile(path.join(workspace, 'blobs', 'note'), 'old');
    const from = reader();
    await create(from);
    await expectWhole();
    expect(from.of(digestOfFile('b.safetensors')).map(({ offset }) => offset)).toEqual([123_456]);
    expect(from.of(digestOfFile('a.safetensors')).map(({ offset }) => offset)).toEqual([0]);
  });

  it('takes the place of an empty folder', async () => {
    await mkdir(out);
    await create(reader());
    await expectWhole();
  });

  it('leaves anything else at its place alone', async () => {
    await writeFile(out, 'a file');
    await expect(create(reader())).rejects.toMatchObject({
      kind: 'input',
      message: `${out} exists and is not a folder`,
    });
    await rm(out);
    await mkdir(out);
    await writeFile(path.join(out, 'thesis.txt'), 'mine');
    await expect(create(reader())).rejects.toMatchObject({
      kind: 'input',
      message: `${out} exists and is not a bundle`,
    });
    await rm(out, { recursive: true });
    await create(reader());
    const other = await sample();
    const failure = create(reader(), { plan: other.plan });
    await expect(failure).rejects.toMatchObject({ kind: 'input', message: `${out} holds another bundle` });
    await expectWhole();
  });

  it('notices that a finished bundle lost something, and mends it once it is renamed as told', async () => {
    await create(reader());
    const weights = path.join(out, 'blobs', 'sha256', hexOf(digestOfFile('a.safetensors')));
    await truncate(weights, 1000);
    await expect(create(reader())).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining('model/tiny: a.safetensors') as string,
      fix: expect.stringContaining('rename it to bundle.partial') as string,
    });
    await rename(out, `${out}.partial`);
    const from = reader();
    await create(from);
    expect(from.log.map(({ digest }) => digest)).toEqual([digestOfFile('a.safetensors')]);
    await expectWhole();
  });

  it.each([
    ['a finished bundle that was renamed as told', false],
    ['its own unfinished folder, which is named as one to take blobs from', true],
  ])('believes no blob of the right size in %s', async (_, isNamed) => {
    await create(reader());
    const partial = `${out}.partial`;
    await rename(out, partial);
    const blobs = path.join(partial, 'blobs', 'sha256');
    const [rotten, gone] = ['a.safetensors', 'b.safetensors'].map((name) =>
      path.join(blobs, hexOf(digestOfFile(name))),
    );
    const bytes = await readFile(rotten!);
    bytes[1000]! ^= 1;
    await writeFile(rotten!, bytes);
    await rm(gone!);
    if (isNamed)
      for (const name of ['index.json', 'oci-layout', 'SHA256SUMS', 'START-HERE.txt'])
        await rm(path.join(partial, name));
    const reuse = isNamed ? [await reuseSource(partial)] : [];
    expect(await create(reader(), { reuse })).toMatchObject({ fetchedBytes: 1_600_000 });
    await expectWhole();
  });

  it('refuses to run twice at once on the same bundle', async () => {
    let second: Promise<CreateResult> | undefined;
    const from = reader((file) => ({
      before: async () => {
        if (file !== 'a.safetensors' || second !== undefined) return;
        second = create(reader());
        await second.catch(() => undefined);
      },
    }));
    await create(from);
    await expect(second).rejects.toMatchObject({
      code: 'BUNDLE_LOCKED',
      message: expect.stringMatching(/process \d+ on/) as string,
    });
    await expectWhole();
  });

  it('refuses a kit image that is not the one of the lock', async () => {
    const kit = { ...of.lock.derived.kit, version: '9.9.9' };
    const image = kit.manifests[0]!;
    const wrong = { ...kit, manifests: [{ ...image, config: { ...image.config, size: 1 } }] };
    const kitImage = kitImageSource({ ...of.lock, derived: { ...of.lock.derived, kit: wrong } }, of.airlockMjs);
    await expect(create(reader(), { kitImage })).rejects.toMatchObject({
      kind: 'check',
      fix: expect.stringContaining('the lock was made with another airlock') as string,
    });
    expect(() => kitImageSource(of.lock, Buffer.from('another build'))).toThrow(
      /airlock\.mjs is sha256:.* in the lock/,
    );
    expect(() => kitImageSource({ ...of.lock, images: [] }, of.airlockMjs)).toThrow(/names no image "kit-base"/);
  });
});
