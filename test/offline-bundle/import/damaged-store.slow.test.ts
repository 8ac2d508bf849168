/** A store in which something was damaged after an import is mended by further imports. */
import { appendFile, cp, readdir, readFile, rm, stat, truncate } from 'node:fs/promises';
import path from 'node:path';
import { digestOf, hexOf } from '../../../core/digest';
import { flip } from '../../support/flip';
import { matching } from '../support/matchers';
import { makeBundle } from '../support/make-bundle';
import { filesOfContent, twoBundles } from './two-bundles';

const two = twoBundles();
const { alice, fresh, run } = two;

/** SHA-256 of every file below a folder. */
async function contents(dir: string): Promise<string[]> {
  const files = await filesOfContent(dir);
  return Promise.all(files.sort().map(async (file) => `${path.relative(dir, file)} ${digestOf(await readFile(file))}`));
}

/** What may happen to a file of a store. */
const DAMAGES: readonly (readonly [string, (file: string) => Promise<void>])[] = [
  ['flipped', (file) => flip(file, 0)],
  ['truncated', (file) => truncate(file, 10)],
  ['removed', (file) => rm(file)],
  ['appended', (file) => appendFile(file, 'x')],
  ['a folder', (file) => rm(file).then(() => cp(__dirname, file, { recursive: true }))],
];

describe.each(DAMAGES)('a store in which something is %s', (_, damage) => {
  it.each([
    'bundle: index',
    'image/toolbox: manifest (linux/amd64)',
    'model/tiny: config',
    'model/tiny: model.safetensors',
  ])('is mended by another import of the bundle: %s', async (name) => {
    const dir = fresh();
    await run(dir);
    const before = await contents(dir);
    await damage(path.join(dir, path.relative(two.first.dir, two.first.blobFile(name))));
    expect(await run(dir)).toMatchObject({ result: 'imported', copied: { blobs: 1 } });
    expect(await contents(dir)).toEqual(before);
    expect((await run(dir)).result).toBe('already imported');
  });

  it('is mended by a new bundle that shares a large blob, when asked to look', async () => {
    const dir = fresh();
    const blob = Buffer.alloc(5_000_000, 'weights');
    const [one, two] = await Promise.all(
      ['', '-2'].map((variant, at) =>
        makeBundle(fresh(), { signers: [alice], sequence: at + 1, variant, modelFiles: { 'big.bin': blob } }),
      ),
    );
    await run(dir, { dir: one!.dir });
    const file = path.join(dir, path.relative(one!.dir, one!.blobFile('model/tiny: big.bin')));
    await damage(file);
    const report = await run(dir, { dir: two!.dir, recheck: true });
    expect(report.result).toBe('imported');
    expect((await readFile(file)).equals(blob)).toBe(true);
  });

  it('is mended by another import of the bundle: its record and its seals', async () => {
    const dir = fresh();
    await run(dir);
    const before = await contents(dir);
    const hex = hexOf(two.first.plan.root);
    await damage(path.join(dir, 'roots', `${hex}.json`));
    for (const name of await readdir(path.join(dir, 'seals', hex))) await damage(path.join(dir, 'seals', hex, name));
    expect(await run(dir)).toMatchObject({ result: 'imported', problems: [] });
    expect(await contents(dir)).toEqual(before);
  });

  it('is mended by an older bundle that it had: its record, and names keep their meaning', async () => {
    const dir = fresh();
    await run(dir);
    await run(dir, { dir: two.second.dir });
    await damage(path.join(dir, 'roots', `${hexOf(two.first.plan.root)}.json`));
    expect(await run(dir)).toMatchObject({ result: 'imported', problems: [] });
    const times = await Promise.all(
      [two.first, two.second].map(({ plan }) => stat(path.join(dir, 'roots', `${hexOf(plan.root)}.json`))),
    );
    expect(times[0]!.mtimeMs).toBeLessThan(times[1]!.mtimeMs);
  });

  it('takes the bundles of others, and names its problem: a record, a seal', async () => {
    const dir = fresh();
    await run(dir);
    const hex = hexOf(two.first.plan.root);
    const [seal = ''] = (await readdir(path.join(dir, 'seals', hex))).filter((name) => name.endsWith('.json'));
    await damage(path.join(dir, 'seals', hex, seal));
    const next = await run(dir, { dir: two.second.dir });
    expect(next.result).toBe('imported');
    expect(next.problems).toEqual([matching(new RegExp(two.first.plan.root))]);
    await flip(path.join(dir, 'roots', `${hex}.json`), 0);
    const other = await makeBundle(fresh(), { site: 'suedlicht', signers: [alice], sequence: 1 });
    const report = await run(dir, { dir: other.dir, acceptSite: 'suedlicht' });
    expect(report.result).toBe('imported');
    expect(report.problems[0]).toMatch(new RegExp(`${hex}.json is not JSON: remove the file`));
  });
});
