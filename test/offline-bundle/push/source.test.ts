import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SILENT } from '../../../core/progress';
import type { Catalog } from '../../../offline-bundle/mirror/catalog';
import { bundleSource, isBundle, storeSource } from '../../../offline-bundle/push/source';
import { flip } from '../../support/flip';
import { importInto, scratchFolder } from '../mirror/store-support';
import { type MadeBundle, makeBundle, makeKey } from '../support/make-bundle';

const dir = scratchFolder();
const alice = makeKey();
const mallory = makeKey();
const TRUST = { trusted: [alice.trusted], threshold: 1 };
let bundle: MadeBundle;
beforeAll(async () => {
  bundle = await makeBundle(path.join(dir(), 'sealed'), { signers: [alice] });
});

/** What may be pushed: names, tags, and the digests below them. */
const heldBy = ({ repositories }: Catalog): unknown =>
  [...repositories].map(([name, { contents, tags }]) => [name, [...tags].sort(), [...contents.keys()].sort()]).sort();

describe('the folder of a bundle', () => {
  it('is told from a store, and from anything else', async () => {
    const { store } = await importInto(path.join(dir(), 'told'));
    expect(await isBundle(bundle.dir)).toBe(true);
    expect(await isBundle(store.dir)).toBe(false);
    expect(await isBundle(dir())).toBe(false);
    expect(await isBundle(path.join(dir(), 'nowhere'))).toBe(false);
  });

  it('gives what a store gives that took the same bundle', async () => {
    const { store } = await importInto(path.join(dir(), 'same'));
    const { catalog } = await bundleSource(bundle.dir, TRUST, SILENT);
    const ofStore = await storeSource(store.dir, undefined, SILENT);
    expect(catalog.problems).toEqual([]);
    expect(heldBy(catalog)).toEqual(heldBy(ofStore.catalog));
    expect([...catalog.repositories.keys()]).toContain('registry.example/busybox');
  });

  it.each([
    ['nobody is trusted', { trusted: [], threshold: 1 }, 'TRUSTED_KEY_MISSING'],
    ['its signer is not trusted', { trusted: [mallory.trusted], threshold: 1 }, 'SEAL_UNTRUSTED'],
    ['a second signer is wanted', { trusted: [alice.trusted, mallory.trusted], threshold: 2 }, 'SEAL_UNTRUSTED'],
  ])('gives nothing where %s', async (_, trust, code) => {
    await expect(bundleSource(bundle.dir, trust, SILENT)).rejects.toMatchObject({ code });
  });

  it('gives nothing of a bundle of which any one blob has changed, and says which', async () => {
    const damaged = await makeBundle(path.join(dir(), 'damaged'), { signers: [alice] });
    for (const { digest } of damaged.plan.blobs.filter(({ size }) => size > 0)) {
      const file = path.join(damaged.dir, 'blobs/sha256', digest.slice('sha256:'.length));
      await flip(file);
      await expect(bundleSource(damaged.dir, TRUST, SILENT)).rejects.toMatchObject({
        ...{ kind: 'check', code: 'BUNDLE_DAMAGED' },
        message: expect.stringContaining(`${damaged.dir} is not pushed: `) as string,
      });
      await flip(file);
    }
    await bundleSource(damaged.dir, TRUST, SILENT);
  });

  it('gives nothing where its index is gone', async () => {
    const { dir: folder } = await makeBundle(path.join(dir(), 'headless'), { signers: [alice] });
    await rename(path.join(folder, 'index.json'), path.join(folder, 'elsewhere.json'));
    await expect(bundleSource(folder, TRUST, SILENT)).rejects.toMatchObject({ kind: 'check' });
  });
});

describe('a store', () => {
  it('gives one bundle alone where one is named', async () => {
    const folder = path.join(dir(), 'two');
    const [first, second] = [await importInto(folder), await importInto(folder, { site: 'suedlicht', variant: '-b' })];
    for (const { plan, lock, store } of [first, second]) {
      const { catalog } = await storeSource(store.dir, plan.root.slice('sha256:'.length, 24), SILENT);
      expect([...catalog.repositories.values()].flatMap(({ contents }) => [...contents.keys()])).toContain(plan.root);
      const { index } = lock.images[1]!;
      expect(catalog.repositories.get('registry.example/busybox')?.tags.get('1.36')).toBe(index?.digest);
    }
    await expect(storeSource(first.store.dir, 'osten@1', SILENT)).rejects.toMatchObject({ code: 'USAGE_UNKNOWN_NAME' });
  });

  it('is nothing else than a store', async () => {
    const folder = path.join(dir(), 'none');
    await mkdir(folder);
    await writeFile(path.join(folder, 'notes.txt'), 'mine');
    await expect(storeSource(folder, undefined, SILENT)).rejects.toMatchObject({ kind: 'input' });
    expect(await readFile(path.join(folder, 'notes.txt'), 'utf8')).toBe('mine');
  });
});
