import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { type Digest, digestOf, hexOf } from '../../../core/digest';
import { findAtHand, isOursAlone, lastBundle, reuseSource } from '../../../offline-bundle/bundle/reuse-sources';
import type { PlannedBlob } from '../../../offline-bundle/layout/plan';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'airlock-reuse-'));
});
afterEach(() => rm(folder, { recursive: true }));

const BYTES = Buffer.from('the weights of a model');
const blobOf = (digest: Digest, kind: 'url' | 'kit-image' = 'url'): PlannedBlob => ({
  ...{ digest, size: BYTES.length, artifact: 'file/x', file: 'x' },
  source: kind === 'url' ? { kind, url: 'https://files.example/x' } : { kind },
});
const DIGEST = digestOf(BYTES);

/** A folder with a place for blobs; in it, what `fill` puts at the place of the blob. */
async function made(name: string, fill?: (file: string) => Promise<unknown>): Promise<string> {
  const dir = path.join(folder, name);
  await mkdir(path.join(dir, 'blobs', 'sha256'), { recursive: true });
  await fill?.(path.join(dir, 'blobs', 'sha256', hexOf(DIGEST)));
  return dir;
}

describe('a folder that blobs are taken from', () => {
  it('may be named by a link', async () => {
    const dir = await made('bundle');
    await symlink(dir, path.join(folder, 'link'));
    const { blobs } = await reuseSource(dir);
    expect(blobs).toMatch(/bundle\/blobs\/sha256$/);
    expect(await reuseSource(path.join(folder, 'link'))).toEqual({ dir: path.join(folder, 'link'), blobs });
  });

  it('is there, holds blobs/sha256, and leads nowhere else', async () => {
    await expect(reuseSource(path.join(folder, 'none'))).rejects.toMatchObject({
      ...{ kind: 'input', code: 'BUNDLE_MISSING', message: `there is no directory ${folder}/none` },
    });
    const elsewhere = await made('elsewhere');
    await mkdir(path.join(folder, 'linked'));
    await symlink(path.join(elsewhere, 'blobs'), path.join(folder, 'linked', 'blobs'));
    await writeFile(path.join(folder, 'file'), '');
    for (const name of ['', 'linked', 'file', 'elsewhere/blobs'])
      await expect(reuseSource(path.join(folder, name))).rejects.toMatchObject({
        ...{ kind: 'input', code: 'BUNDLE_MISSING' },
        message: expect.stringContaining('is neither a bundle nor a store') as string,
      });
  });

  it('is the last bundle of the ledger only where that still lies there', async () => {
    const sealed = { site: 'nordlicht', sequence: 1, root: DIGEST, sealedAt: '2026-06-15T12:00:00Z' };
    const dir = await made('bundle');
    expect(await lastBundle({ ...sealed, folder: dir })).toEqual(await reuseSource(dir));
    for (const last of [undefined, sealed, { ...sealed, folder: path.join(folder, 'moved') }])
      expect(await lastBundle(last)).toBeUndefined();
  });
});

describe('a blob is at hand', () => {
  it('where a plain file has its name and its size, in the order of the folders', async () => {
    const fills: Readonly<Record<string, (file: string) => Promise<unknown>>> = {
      second: (file) => writeFile(file, BYTES),
      rotten: (file) => writeFile(file, Buffer.alloc(BYTES.length)),
      short: (file) => writeFile(file, BYTES.subarray(1)),
      link: (file) => symlink('/dev/zero', file),
      pipe: (file) => Promise.resolve(execFileSync('mkfifo', [file])),
      folder: (file) => mkdir(file),
      first: (file) => writeFile(file, BYTES),
      empty: () => Promise.resolve(),
    };
    const sources = [];
    for (const [name, fill] of Object.entries(fills)) sources.push(await reuseSource(await made(name, fill)));
    const found = await findAtHand([blobOf(DIGEST), blobOf(digestOf('other'))], sources);
    expect([...found.keys()]).toEqual([DIGEST]);
    expect(found.get(DIGEST)!.map(({ source }) => path.basename(source.dir))).toEqual(['second', 'rotten', 'first']);
  });

  it('never where it is made here', async () => {
    const source = await reuseSource(await made('bundle', (file) => writeFile(file, BYTES)));
    expect(await findAtHand([blobOf(DIGEST, 'kit-image')], [source])).toEqual(new Map());
  });
});

it('a file is ours alone where it is of this user, and neither group nor others can write to it', () => {
  const uid = process.geteuid!();
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0o7777 }), fc.boolean(), (mode, isOurs) => {
      const writable = [0o020, 0o002].some((bit) => (mode & bit) !== 0);
      expect(isOursAlone({ uid: isOurs ? uid : uid + 1, mode: 0o100000 | mode })).toBe(isOurs && !writable);
    }),
  );
});
