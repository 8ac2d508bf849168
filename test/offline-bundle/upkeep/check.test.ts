import { execFileSync } from 'node:child_process';
import { chmod, cp, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Digest, digestOf, hexOf } from '../../../core/digest';
import { SILENT } from '../../../core/progress';
import { openStore, type Store } from '../../../offline-bundle/store/store';
import { lockStore } from '../../../offline-bundle/store/writer-lock';
import { modelSignatureFileName, modelStatement, signModel } from '../../../offline-bundle/trust/model-signature';
import { checkStore } from '../../../offline-bundle/upkeep/check';
import { readCheckState, writeCheckState } from '../../../offline-bundle/upkeep/check-state';
import { fileState } from '../../../offline-bundle/upkeep/quarantine';
import { repairStore } from '../../../offline-bundle/upkeep/repair';
import { openFolder } from '../../../offline-bundle/upkeep/repair-source';
import { isChosen } from '../../../offline-bundle/upkeep/sample';
import { flip } from '../../support/flip';
import { matching } from '../support/matchers';
import { sealedStore } from './sealed-store';
import { seededBytes } from '../../outside-world/bytes';

const BIG = seededBytes('big', 90_000);
const sealed = sealedStore({
  one: { sequence: 1, variant: 'a', modelFiles: { 'big.bin': BIG } },
  two: { sequence: 2, variant: 'b', modelFiles: { 'big.bin': BIG, 'own.bin': seededBytes('own', 5000) } },
});
const big = digestOf(BIG);

async function opened(): Promise<{ dir: string; store: Store; blobs: number }> {
  const dir = sealed.copy();
  return { dir, store: await openStore(dir), blobs: (await readdir(path.join(dir, 'blobs', 'sha256'))).length };
}

it('a store as imports left it is whole', async () => {
  const { dir, blobs } = await opened();
  expect(await checkStore({ dir })).toMatchObject({
    ...{ result: 'pass', problems: [], notes: [], movedAside: [] },
    ...{ read: { blobs }, present: { blobs } },
  });
});

describe('a signature of a model', () => {
  const { signer, trusted } = sealed.key;
  const root = (): Digest => sealed.bundles['one']!.plan.root;
  const name = modelSignatureFileName(trusted.id, 'tiny');
  const at = (): string => path.join('seals', hexOf(root()), name);

  it('is kept with the seals', async () => {
    const { dir } = await opened();
    expect(await readFile(path.join(dir, at()))).toEqual(
      await readFile(path.join(sealed.bundles['one']!.dir, 'seals', name)),
    );
  });

  it.each<[string, (file: string) => Promise<unknown>, RegExp]>([
    ['that is gone', (file) => rm(file), /^is missing$/],
    ['of which a bit is flipped', (file) => flip(file), /canonical form|other files|its key/],
    ['that is a folder', (file) => rm(file).then(() => mkdir(file)), /^is no file$/],
    [
      'over other files',
      async (file) => writeFile(file, await signModel(modelStatement('tiny', []), signer)),
      /^is about other files than those that were locked$/,
    ],
  ])('%s is a problem, and comes back from the medium', async (_, damage, what) => {
    const { dir } = await opened();
    await damage(path.join(dir, at()));
    expect((await checkStore({ dir })).problems).toMatchObject([{ kind: 'seal', path: at(), what: matching(what) }]);
    const report = await repairStore({ dir, from: await openFolder(sealed.bundles['one']!.dir) });
    expect(report).toMatchObject({ result: 'pass', mended: [at()] });
    expect((await checkStore({ dir })).result).toBe('pass');
  });

  it('that no seal names is a problem', async () => {
    const { dir } = await opened();
    await cp(path.join(dir, at()), path.join(dir, at().replace('tiny', 'other')));
    expect((await checkStore({ dir })).problems).toMatchObject([{ what: 'is of a model that no seal names' }]);
  });
});

describe('a damaged blob', () => {
  it('is named with all that it breaks, moved aside, and missing from then on', async () => {
    const { dir, store } = await opened();
    await flip(store.blobPath(big));
    const report = await checkStore({ dir });
    expect(report.problems.map(({ breaks, ...rest }) => ({ ...rest, breaks: [...breaks].sort() }))).toEqual([
      {
        ...{ kind: 'blob', path: `blobs/sha256/${hexOf(big)}`, digest: big },
        what: matching(/^hashes to sha256:/),
        breaks: [1, 2].map((at) =>
          matching(new RegExp(`^nordlicht, sequence ${at} \\(sha256:.*\\): model/tiny: big.bin$`)),
        ),
        fix: matching(/store repair/),
      },
    ]);
    expect(report.movedAside).toEqual([big]);
    expect(await store.has(big, BIG.length)).toBe(false);
    expect(await readdir(path.join(dir, 'quarantine'))).toEqual([hexOf(big)]);
    const again = await checkStore({ dir });
    expect(again.problems).toMatchObject([{ path: `blobs/sha256/${hexOf(big)}`, what: matching(/moved it aside/) }]);
  });

  it.each<[string, (file: string) => Promise<unknown>, RegExp]>([
    ['too short', (file) => writeFile(file, 'x'), /has 1 bytes, not 90000/],
    ['a link', (file) => rm(file).then(() => symlink('/etc/passwd', file)), /a symbolic link instead of a file/],
    ['a folder', (file) => rm(file).then(() => mkdir(file)), /a directory instead of a file/],
    ['a pipe', (file) => rm(file).then(() => execFileSync('mkfifo', [file])), /a special file instead/],
    ['missing', (file) => rm(file), /is missing/],
  ])('that is %s is told without being opened', async (_, damage, what) => {
    const { dir, store } = await opened();
    await damage(store.blobPath(big));
    const { problems } = await checkStore({ dir });
    expect(problems).toMatchObject([{ kind: 'blob', what: matching(what) }]);
    await expect(stat(store.blobPath(big))).rejects.toThrow('ENOENT');
  });

  it('stays with --keep, and where another process writes, which is said', async () => {
    const { dir, store } = await opened();
    await flip(store.blobPath(big));
    const kept = await checkStore({ dir, keep: true });
    expect(kept).toMatchObject({
      result: 'fail',
      movedAside: [],
      notes: [{ what: matching(/may be served/) }],
    });
    const release = await lockStore(dir);
    const busy = await checkStore({ dir });
    await release();
    expect(busy).toMatchObject({ movedAside: [], notes: [{ what: matching(/another process/) }] });
    expect(await store.has(big, BIG.length)).toBe(true);
    expect((await checkStore({ dir })).movedAside).toEqual([big]);
  });

  it('that nothing reaches is for a prune', async () => {
    const { dir, store } = await opened();
    await writeFile(store.blobPath(digestOf('x')), 'y');
    const { problems } = await checkStore({ dir });
    expect(problems).toMatchObject([{ breaks: [], fix: matching(/store prune/) }]);
  });

  it('cannot be moved in a store that nobody may write to', async () => {
    const { dir, store } = await opened();
    await flip(store.blobPath(big));
    const asRoot = process.getuid?.() === 0;
    await chmod(dir, 0o555);
    const report = await checkStore({ dir });
    await chmod(dir, 0o755);
    expect(report.result).toBe('fail');
    expect(report.movedAside).toEqual(asRoot ? [big] : []);
  });
});

it('what is no part of a store is named, and a damaged marker', async () => {
  const { dir } = await opened();
  await symlink('/etc', path.join(dir, 'roots', 'link'));
  await writeFile(path.join(dir, 'notes.txt'), 'x');
  await writeFile(path.join(dir, 'store.json'), '{"format": 3}\n');
  const { problems } = await checkStore({ dir, keep: true });
  expect(problems.map(({ kind, path: at }) => [kind, at])).toEqual([
    ['marker', 'store.json'],
    ['foreign', 'notes.txt'],
    ['foreign', 'roots/link'],
  ]);
  await rm(path.join(dir, 'roots'), { recursive: true });
  await expect(checkStore({ dir, keep: true })).rejects.toMatchObject({ code: 'STORE_FORMAT_UNKNOWN' });
});

describe('a check that was killed', () => {
  async function half(dir: string, store: Store, startedAt: string): Promise<void> {
    const digests = (await readdir(path.join(dir, 'blobs', 'sha256')))
      .slice(0, 20)
      .map((hex) => `sha256:${hex}` as const);
    const right = await Promise.all(
      digests.map(async (digest) => [digest, (await fileState(store, digest))!] as const),
    );
    await writeCheckState(dir, { startedAt, right: new Map(right) });
  }
  const NOW = new Date('2026-11-30T12:00:00Z');
  const now = (): Date => NOW;

  it('is gone on with, and ended', async () => {
    const { dir, store, blobs } = await opened();
    await half(dir, store, '2026-11-30T09:00:00Z');
    const report = await checkStore({ dir, now });
    expect(report).toMatchObject({
      ...{ read: { blobs: blobs - 20 }, continued: { startedAt: '2026-11-30T09:00:00Z', blobs: 20 }, result: 'pass' },
    });
    expect(await readCheckState(dir)).toEqual({
      ...{ startedAt: '2026-11-30T09:00:00Z', finishedAt: NOW.toISOString(), right: new Map() },
    });
    expect((await checkStore({ dir, now })).read.blobs).toBe(blobs);
  });

  it('leaves what it has read and found right, batch by batch', async () => {
    const { dir, store, blobs } = await opened();
    await flip(store.blobPath(big));
    const killed = (): never => {
      throw new Error('killed');
    };
    await expect(checkStore({ dir, batchBytes: 50_000, now, progress: { ...SILENT, stop: killed } })).rejects.toThrow(
      'killed',
    );
    expect((await readCheckState(dir))!.right.size).toBe(blobs - 1);
    expect(await checkStore({ dir, now })).toMatchObject({
      result: 'fail',
      read: { blobs: 0 },
      problems: [{ digest: big }],
    });
  });

  it.each<[string, (dir: string) => Promise<unknown>, object]>([
    ['is older than a week', () => Promise.resolve(), { now: () => new Date('2026-12-08T12:00:00Z') }],
    ['left a damaged note', (dir) => flip(path.join(dir, 'check.json')), {}],
    ['is not to be gone on with', () => Promise.resolve(), { restart: true }],
  ])('begins anew where it %s', async (_, damage, options) => {
    const { dir, store, blobs } = await opened();
    await half(dir, store, '2026-11-30T09:00:00Z');
    await damage(dir);
    expect((await checkStore({ dir, now, ...options })).read.blobs).toBe(blobs);
  });

  it('reads a blob again whose file has changed since', async () => {
    const { dir, store } = await opened();
    await half(dir, store, '2026-11-30T09:00:00Z');
    const [digest] = [...(await readCheckState(dir))!.right.keys()];
    await flip(store.blobPath(digest!));
    expect((await checkStore({ dir, now })).problems).toMatchObject([{ digest }]);
  });
});

describe('a sample', () => {
  it('is about as large as it says, the same for a seed, and another one for another seed', () => {
    const digests = Array.from({ length: 4000 }, (_, at) => digestOf(String(at)));
    const chosen = (seed: string, percent = 5): string[] =>
      digests.filter((digest) => isChosen({ percent, seed }, digest));
    expect(chosen('a').length).toBeGreaterThan(150);
    expect(chosen('a').length).toBeLessThan(250);
    expect(chosen('a')).toEqual(chosen('a'));
    expect(chosen('b')).not.toEqual(chosen('a'));
    expect(chosen('a', 100)).toEqual(digests);
    expect(chosen('a', 20)).toEqual(expect.arrayContaining(chosen('a')));
  });

  it('reads those blobs and everything small, and is not taken for a whole check', async () => {
    const { dir, store, blobs } = await opened();
    const sample = { percent: 20, seed: 's' };
    await flip(path.join(dir, 'roots', `${hexOf(sealed.bundles['one']!.plan.root)}.json`));
    const report = await checkStore({ dir, sample });
    expect(report.sample).toEqual(sample);
    expect(report.read.blobs).toBeLessThan(blobs);
    expect(report.problems).toMatchObject([{ kind: 'record' }]);
    expect(await readCheckState(store.dir)).toBeUndefined();
  });
});
