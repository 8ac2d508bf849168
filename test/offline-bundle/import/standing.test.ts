import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { readHistory } from '../../../offline-bundle/history/history';
import { importBundle, type ImportOptions } from '../../../offline-bundle/import/import-bundle';
import { judgeNewSite } from '../../../offline-bundle/import/standing';
import { recordName } from '../../../offline-bundle/store/root-record';
import { planRemoval, remove } from '../../../offline-bundle/upkeep/removal';
import { viewStore } from '../../../offline-bundle/upkeep/view';
import { failures } from '../../../offline-bundle/verify/report';
import { type MadeBundle, makeBundle, makeKey } from '../support/make-bundle';

describe('a site, where no policy names it', () => {
  const has = { sites: ['nordlicht', 'ostlicht', 'nordlicht'], unknown: 0 };

  it.each([
    ['is the first one in an empty store', 'suedlicht', { sites: [], unknown: 0 }, {}, undefined],
    ['is one that the store has', 'ostlicht', has, {}, undefined],
    ['is another', 'suedlicht', has, {}, 'the store has those of nordlicht, ostlicht; --accept-site suedlicht takes'],
    [
      'is another than the one that was named',
      'suedlicht',
      has,
      { acceptSite: 'westlicht' },
      '--accept-site suedlicht',
    ],
    [
      'comes beside bundles that nobody can assign',
      'suedlicht',
      { sites: [], unknown: 2 },
      {},
      'the store has 2 whose site cannot be told',
    ],
  ])('%s', (_, site, sites, terms, detail) => {
    const { checks, reasons, overruled } = judgeNewSite(site, sites, terms);
    expect(reasons).toEqual(detail === undefined ? [] : ['other-site']);
    expect(failures(checks)).toHaveLength(reasons.length);
    if (detail !== undefined) expect(checks[0]?.detail).toContain(detail);
    expect(overruled).toBe(false);
  });

  it('is taken on the word that names it, and that counts as overruled', () => {
    const { checks, reasons, overruled } = judgeNewSite('suedlicht', has, { acceptSite: 'suedlicht' });
    expect([failures(checks), reasons, overruled]).toEqual([[], [], true]);
  });
});

describe('a store', () => {
  const key = makeKey();
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'airlock-standing-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const storeDir = (): string => path.join(folder, 'store');
  const take = async (site: string, more: Partial<ImportOptions> = {}) => {
    const { dir } = await makeBundle(path.join(folder, site), { site, signers: [key], variant: site });
    return importBundle({ dir, storeDir: storeDir(), trusted: [key.trusted], threshold: 1, ...more });
  };

  it('keeps in its history that a site was taken on a word', async () => {
    await take('nordlicht');
    await take('suedlicht', { acceptSite: 'suedlicht' });
    const { records } = await readHistory(storeDir());
    expect(records.map(({ overruled }) => overruled)).toEqual([[], [{ what: 'site' }]]);
  });

  it('does not take an older bundle back that was removed, though it keeps its seals', async () => {
    const [first, second] = await Promise.all(
      [1, 2].map((sequence) =>
        makeBundle(path.join(folder, `n${sequence}`), { signers: [key], sequence, variant: String(sequence) }),
      ),
    );
    const bring = ({ dir }: MadeBundle) =>
      importBundle({ dir, storeDir: storeDir(), trusted: [key.trusted], threshold: 1 });
    await bring(first!);
    // As releases did that kept no history.
    for (const name of ['roots', 'history']) await rm(path.join(storeDir(), name), { recursive: true });
    expect((await bring(second!)).result).toBe('imported');
    expect(await bring(first!)).toMatchObject({ result: 'refused', reasons: ['older'] });
  });

  describe('that lost the record of an older bundle', () => {
    const stored = async (): Promise<readonly [MadeBundle, MadeBundle]> => {
      const [older, newer] = await Promise.all(
        [1, 2].map((sequence) =>
          makeBundle(path.join(folder, `n${sequence}`), { signers: [key], sequence, variant: String(sequence) }),
        ),
      );
      for (const { dir } of [older!, newer!]) await importBundle({ ...terms(), dir });
      return [older!, newer!];
    };
    const terms = () => ({ storeDir: storeDir(), trusted: [key.trusted], threshold: 1 });
    const recordOf = ({ plan }: MadeBundle): string => path.join(storeDir(), 'roots', recordName(plan.root));
    const age = async (made: MadeBundle): Promise<number> => (await stat(recordOf(made))).mtimeMs;

    it('puts the bundle back before those that came later, as one whose record is damaged', async () => {
      for (const damage of [rm, (file: string) => writeFile(file, '{')]) {
        const [older, newer] = await stored();
        await damage(recordOf(older));
        expect(await importBundle({ ...terms(), dir: older.dir })).toMatchObject({ result: 'imported', problems: [] });
        expect(await age(older)).toBeLessThan(await age(newer));
        await rm(folder, { recursive: true });
      }
      await mkdir(folder);
    });

    it('does so by its kept seals where the history is lost, too, and somebody lets it in', async () => {
      const [older, newer] = await stored();
      await rm(recordOf(older));
      await rm(path.join(storeDir(), 'history'), { recursive: true });
      expect((await importBundle({ ...terms(), dir: older.dir })).reasons).toEqual(['older']);
      expect((await importBundle({ ...terms(), dir: older.dir, allowOlder: true })).result).toBe('imported');
      expect(await age(older)).toBeLessThan(await age(newer));
    });

    it('makes it the newest where it was removed and somebody lets it in again', async () => {
      const [older, newer] = await stored();
      const view = await viewStore(storeDir());
      await remove(view, planRemoval(view, { leaving: new Set([older.plan.root]), unreached: false }));
      expect((await importBundle({ ...terms(), dir: older.dir })).reasons).toEqual(['older']);
      expect((await importBundle({ ...terms(), dir: older.dir, allowOlder: true })).result).toBe('imported');
      expect(await age(older)).toBeGreaterThanOrEqual(await age(newer));
    });
  });

  it('knows its site by the seals that it kept, where neither record nor mark is left', async () => {
    await take('nordlicht');
    for (const name of ['roots', 'sequences']) await rm(path.join(storeDir(), name), { recursive: true });
    const { reasons, checks } = await take('suedlicht');
    expect(reasons).toContain('other-site');
    expect(failures(checks).map(({ detail }) => detail)).toContainEqual(
      expect.stringContaining('the store has those of nordlicht;'),
    );
    await rm(path.join(folder, 'nordlicht'), { recursive: true });
    expect((await take('nordlicht')).reasons ?? []).not.toContain('other-site');
  });

  it('says all that speaks against a bundle, what it shows itself and what only the store knows', async () => {
    await take('nordlicht');
    const { reasons } = await take('suedlicht', { trusted: [makeKey().trusted] });
    expect(reasons).toEqual(['too-few-signers', 'other-site']);
    expect((await readHistory(storeDir())).records.at(-1)?.reasons).toEqual(reasons);
  });

  it('knows its site by the mark where every record is damaged, and asks for a word where that is gone, too', async () => {
    await take('nordlicht');
    for (const name of await readdir(path.join(storeDir(), 'roots')))
      await writeFile(path.join(storeDir(), 'roots', name), '{}');
    await rm(path.join(folder, 'nordlicht'), { recursive: true });
    const { reasons } = await take('suedlicht');
    expect(reasons).toEqual(['other-site']);
    await rm(path.join(storeDir(), 'sequences'), { recursive: true });
    await rm(path.join(folder, 'suedlicht'), { recursive: true });
    expect((await take('suedlicht')).reasons).toEqual(['other-site']);
  });
});
