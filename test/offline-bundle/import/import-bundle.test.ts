import { chmod, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { hexOf } from '../../../core/digest';
import { openStore, type Store } from '../../../offline-bundle/store/store';
import { lockStore } from '../../../offline-bundle/store/writer-lock';
import { failures } from '../../../offline-bundle/verify/report';
import { verifyBundle } from '../../../offline-bundle/verify/verify-bundle';
import { copyFolder } from '../../support/copy-folder';
import { flip } from '../../support/flip';
import { matching } from '../support/matchers';
import { type MadeBundle, makeBundle, makeKey } from '../support/make-bundle';
import { filesOfContent, twoBundles } from './two-bundles';

const two = twoBundles();
const { alice, bob, fresh, run } = two;

/** Path, inode and time of change of every file below a folder. */
async function snapshot(dir: string): Promise<string[]> {
  const files = await filesOfContent(dir);
  const lines = files.map(async (file) => {
    const { ino, mtimeMs, size } = await stat(file);
    return `${path.relative(dir, file)} ${ino} ${mtimeMs} ${size}`;
  });
  return (await Promise.all(lines)).sort();
}

/** A bundle without a blob of its model, a truncated one, or one with other bytes. */
async function damaged(name: string, damage: (file: string) => Promise<unknown>): Promise<string> {
  const dir = fresh();
  copyFolder(two.first.dir, dir);
  await damage(path.join(dir, path.relative(two.first.dir, two.first.blobFile(name))));
  return dir;
}

describe('a sealed bundle', () => {
  it('arrives whole, with its seals and who vouched for it', async () => {
    const dir = fresh();
    const report = await run(dir);
    expect(report).toMatchObject({ result: 'imported', root: two.first.plan.root, site: 'nordlicht' });
    expect(report.copied).toEqual({ blobs: two.first.plan.blobs.length, bytes: two.first.plan.totalBytes });
    expect(failures(report.checks)).toEqual([]);
    const store = await openStore(dir);
    for (const { digest, size } of two.first.plan.blobs) {
      expect(await store.has(digest, size)).toBe(true);
      const original = await readFile(path.join(two.first.dir, 'blobs', 'sha256', hexOf(digest)));
      expect(original.equals(await readFile(store.blobPath(digest)))).toBe(true);
    }
    expect(await store.roots()).toEqual([
      {
        format: 1,
        kind: 'bundle',
        digest: two.first.plan.root,
        mediaType: 'application/vnd.oci.image.index.v1+json',
        repository: 'airlock/bundle',
        site: 'nordlicht',
        trust: { signedBy: [alice.trusted.id], threshold: 1 },
      },
    ]);
    expect([...(await store.seals(two.first.plan.root)).keys()]).toEqual([
      `${alice.trusted.id}.SHA256SUMS.sig`,
      `${alice.trusted.id}.pub`,
      `${alice.trusted.id}.sigstore.json`,
      `${alice.trusted.id}.tiny.model.sig`,
    ]);
    expect(await readdir(path.join(dir, 'staging'))).toEqual([]);
  });

  it('imported again rewrites nothing and says so', async () => {
    const dir = fresh();
    await run(dir);
    const before = await snapshot(dir);
    expect(await run(dir)).toMatchObject({ result: 'already imported', copied: { blobs: 0, bytes: 0 } });
    expect(await snapshot(dir)).toEqual(before);
  });

  it('brings only what the store lacks', async () => {
    const dir = fresh();
    await run(dir);
    const before = await snapshot(path.join(dir, 'blobs'));
    const report = await run(dir, { dir: two.second.dir });
    expect(report.result).toBe('imported');
    expect(report.present.blobs).toBeGreaterThan(5);
    expect(report.copied.blobs + report.present.blobs).toBe(two.second.plan.blobs.length);
    expect(await snapshot(path.join(dir, 'blobs'))).toEqual(expect.arrayContaining(before));
  });

  it('mends a store that lost a blob', async () => {
    const dir = fresh();
    await run(dir);
    const store = await openStore(dir);
    const lost = two.first.plan.blobs[0]!;
    await rm(store.blobPath(lost.digest));
    expect(await run(dir)).toMatchObject({ result: 'imported', copied: { blobs: 1, bytes: lost.size } });
    expect(await store.has(lost.digest, lost.size)).toBe(true);
  });

  it('is only read: the medium may be read-only', async () => {
    const before = await snapshot(two.first.dir);
    const folders = ['seals', 'blobs/sha256', 'blobs', '.'].map((folder) => path.join(two.first.dir, folder));
    for (const folder of folders) await chmod(folder, 0o555);
    try {
      expect((await run(fresh())).result).toBe('imported');
    } finally {
      for (const folder of folders) await chmod(folder, 0o755);
    }
    expect(await snapshot(two.first.dir)).toEqual(before);
  });
});

describe('a bundle that may not come in', () => {
  /** Nothing of the first bundle is servable. */
  async function expectNothingServable(dir: string): Promise<Store> {
    const store = await openStore(dir);
    expect(await store.roots()).toEqual([]);
    return store;
  }

  it('without a trusted key the import does not begin', async () => {
    const dir = fresh();
    await expect(run(dir, { trusted: [] })).rejects.toMatchObject({
      kind: 'input',
      message: matching(/no trusted key/),
    });
    await expect(stat(dir)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('sealed by others only, it is refused and the store is not even made', async () => {
    const dir = fresh();
    const report = await run(dir, { trusted: [makeKey().trusted] });
    expect(report.result).toBe('refused');
    expect(failures(report.checks)).toMatchObject([{ fault: 'untrusted', subject: 'threshold' }]);
    await expect(stat(dir)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('sealed by too few, it is refused', async () => {
    const report = await run(fresh(), { dir: two.second.dir, trusted: [alice.trusted, bob.trusted], threshold: 2 });
    expect(report.result).toBe('refused');
  });

  it.each([
    ['missing', rm, 'missing'],
    ['cut short', (file: string) => truncate(file, 10), 'changed'],
  ] as const)('with a file that is %s, it is refused before anything is copied', async (_, damage, fault) => {
    const dir = fresh();
    const bundle = await damaged('model/tiny: model.safetensors', damage);
    const report = await run(dir, { dir: bundle });
    expect(failures(report.checks)).toMatchObject([{ fault, subject: matching(/^model\/tiny: model.safetensors/) }]);
    await expect(stat(dir)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('with damaged bytes, it is refused in the words of verify, and what was right is kept', async () => {
    const dir = fresh();
    const bundle = await damaged('model/tiny: model.safetensors', flip);
    const report = await run(dir, { dir: bundle });
    expect(report.result).toBe('refused');
    const verified = await verifyBundle({ dir: bundle, trusted: [alice.trusted], threshold: 1 });
    expect(failures(report.checks)).toEqual(failures(verified.checks));
    expect(failures(report.checks)).toHaveLength(1);
    const store = await expectNothingServable(dir);
    expect(await readdir(path.join(dir, 'staging'))).toEqual([]);
    expect(report.copied.blobs).toBe(two.first.plan.blobs.length - 1);
    const again = await run(dir);
    expect(again).toMatchObject({ result: 'imported', copied: { blobs: 1, bytes: 5000 } });
    expect(await store.roots()).toHaveLength(1);
  });

  it('with a damaged manifest, it is refused before anything is copied', async () => {
    const dir = fresh();
    const report = await run(dir, { dir: await damaged('image/toolbox: manifest (linux/amd64)', flip) });
    expect(failures(report.checks)).toMatchObject([{ subject: matching(/^image\/toolbox: manifest/) }]);
    await expect(stat(dir)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('with a file that it does not list, it is refused', async () => {
    const bundle = await damaged('bundle: index', () => Promise.resolve());
    await writeFile(path.join(bundle, 'autorun.inf'), '');
    expect(failures((await run(fresh(), { dir: bundle })).checks)).toMatchObject([{ subject: 'autorun.inf' }]);
  });

  it('larger than the disk, it is refused before the first byte', async () => {
    const bundle = await hugeBundle();
    const dir = fresh();
    const failure = { kind: 'environment', message: matching(/free, the import needs 8000/) };
    await expect(run(dir, { dir: bundle.dir })).rejects.toMatchObject(failure);
    await expect(stat(dir)).rejects.toMatchObject({ code: 'ENOENT' });
    await run(dir);
    const before = await snapshot(dir);
    await expect(run(dir, { dir: bundle.dir })).rejects.toMatchObject(failure);
    expect(await snapshot(dir)).toEqual(before);
  });

  /** A bundle whose lock claims terabytes for one file, which is there as a hole of that size. */
  async function hugeBundle(): Promise<MadeBundle> {
    const bytes = 8_000_000_000_000;
    const bundle = await makeBundle(fresh(), { signers: [alice], sequence: 2, claimedFileBytes: bytes });
    await truncate(bundle.blobFile('file/terraform: https://downloads.example/terraform_1.11.4.zip'), bytes);
    return bundle;
  }
});

describe('a bundle without a seal', () => {
  let unsigned: MadeBundle;
  beforeAll(async () => {
    unsigned = await makeBundle(path.join(two.scratch, 'unsigned'));
  });

  it('is refused where a key is trusted', async () => {
    expect((await run(fresh(), { dir: unsigned.dir })).result).toBe('refused');
  });

  it('comes in when someone answers for it, and the store remembers who', async () => {
    const dir = fresh();
    const who = { trusted: [], unsignedAcceptedBy: 'Ada Lovelace, change 4711' };
    expect((await run(dir, { dir: unsigned.dir, ...who })).result).toBe('imported');
    expect(await (await openStore(dir)).roots()).toMatchObject([
      { trust: { unsigned: true, acceptedBy: 'Ada Lovelace, change 4711' } },
    ]);
    expect(await readdir(path.join(dir, 'seals'))).toEqual([]);
  });

  it('needs a name', async () => {
    await expect(run(fresh(), { unsignedAcceptedBy: ' ' })).rejects.toMatchObject({ kind: 'input' });
  });

  it('gains the trust of a seal that comes later, and never loses it again', async () => {
    const dir = fresh();
    const who = { trusted: [], unsignedAcceptedBy: 'Ada' };
    await run(dir, who);
    expect(await run(dir)).toMatchObject({ result: 'imported', copied: { blobs: 0 } });
    expect(await run(dir, who)).toMatchObject({ result: 'already imported' });
    expect(await (await openStore(dir)).roots()).toMatchObject([{ trust: { signedBy: [alice.trusted.id] } }]);
  });
});

describe('an older bundle', () => {
  it('is refused once a newer one of the site is there', async () => {
    const dir = fresh();
    await run(dir, { dir: two.second.dir });
    const report = await run(dir);
    expect(report).toMatchObject({ result: 'refused', copied: { blobs: 0 } });
    expect(failures(report.checks)).toMatchObject([
      { subject: 'sequence', detail: matching(/^1 is older than 2, which the store has of nordlicht/) },
    ]);
    expect(await (await openStore(dir)).roots()).toHaveLength(1);
  });

  it('and one of the same sequence is refused as well', async () => {
    const dir = fresh();
    await run(dir);
    const twin = await makeBundle(fresh(), { signers: [alice], sequence: 1, variant: '-twin' });
    const report = await run(dir, { dir: twin.dir });
    expect(report).toMatchObject({ result: 'refused', copied: { blobs: 0 } });
    expect(failures(report.checks)).toMatchObject([
      { subject: 'sequence', detail: matching(/^1 is also that of another bundle.*--allow-older/) },
    ]);
    expect((await run(dir, { dir: twin.dir, allowOlder: true })).result).toBe('imported');
  });

  it('is told by what the store verified, whichever keys are trusted by then', async () => {
    const dir = fresh();
    await run(dir, { dir: two.second.dir });
    const report = await run(dir, { trusted: [bob.trusted] });
    expect(failures(report.checks)).toMatchObject([{ detail: matching(/^1 is older than 2/) }]);
  });

  it('comes in when that is allowed', async () => {
    const dir = fresh();
    await run(dir, { dir: two.second.dir });
    expect((await run(dir, { allowOlder: true })).result).toBe('imported');
  });

  it('that came in before may be imported again', async () => {
    const dir = fresh();
    await run(dir);
    await run(dir, { dir: two.second.dir });
    expect((await run(dir)).result).toBe('already imported');
  });

  it('of another site is no older bundle', async () => {
    const dir = fresh();
    await run(dir, { dir: two.second.dir });
    const other = await makeBundle(fresh(), { site: 'suedlicht', signers: [alice], sequence: 1 });
    expect(await run(dir, { dir: other.dir })).toMatchObject({ result: 'refused', reasons: ['other-site'] });
    expect((await run(dir, { dir: other.dir, acceptSite: 'suedlicht' })).result).toBe('imported');
    // A word for a site is said once.
    expect((await run(dir, { dir: other.dir })).result).toBe('already imported');
  });
});

describe('a bundle of a site whose place in time is unknown', () => {
  it('is refused while the store can tell neither by seal nor by mark, unless that is allowed', async () => {
    const dir = fresh();
    await run(dir);
    const seals = path.join(dir, 'seals', hexOf(two.first.plan.root));
    for (const name of await readdir(seals)) await truncate(path.join(seals, name), 5);
    await rm(path.join(dir, 'sequences'), { recursive: true });
    const report = await run(dir, { dir: two.second.dir });
    expect(failures(report.checks)).toMatchObject([
      { subject: 'sequence', detail: matching(new RegExp(`cannot be compared with ${two.first.plan.root}`)) },
    ]);
    expect((await run(dir, { dir: two.second.dir, allowOlder: true })).result).toBe('imported');
    expect((await run(dir)).result).toBe('imported');
    expect((await run(dir, { dir: two.second.dir })).problems).toEqual([]);
  });
});

describe('the store', () => {
  it('is not written by two imports at once', async () => {
    const dir = fresh();
    await openStore(dir, { create: true });
    const release = await lockStore(dir);
    await expect(run(dir)).rejects.toMatchObject({ kind: 'environment', message: matching(/another command/) });
    await release();
    expect((await run(dir)).result).toBe('imported');
  });

  it('does not lie inside the bundle', async () => {
    await expect(run(path.join(two.first.dir, 'store'))).rejects.toMatchObject({ kind: 'input' });
  });

  it('drops what an import of another bundle left unfinished', async () => {
    const dir = fresh();
    await openStore(dir, { create: true });
    await writeFile(path.join(dir, 'staging', 'f'.repeat(64)), 'half of something');
    await run(dir);
    expect(await readdir(path.join(dir, 'staging'))).toEqual([]);
  });

  it('of a later format is left alone', async () => {
    const dir = fresh();
    await mkdir(dir);
    await writeFile(path.join(dir, 'store.json'), '{"format":9}');
    await expect(run(dir)).rejects.toMatchObject({ kind: 'input', message: matching(/format 9/) });
    expect(await readdir(dir)).toEqual(['store.json']);
  });
});
