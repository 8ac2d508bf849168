import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { importBundle, type ImportReport } from '../../../offline-bundle/import/import-bundle';
import { startMirror } from '../../../offline-bundle/mirror/server';
import { openStore } from '../../../offline-bundle/store/store';
import { failures } from '../../../offline-bundle/verify/report';
import { type MadeBundle, makeBundle, makeKey } from '../support/make-bundle';

const alice = makeKey();
const CONFIG = Buffer.from('{"a": 1}');
let scratch: string;
let first: MadeBundle;
let further: MadeBundle;
let poisoned: MadeBundle;

beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'airlock-commits-'));
  const make = (
    name: string,
    sequence: number,
    modelFiles: Record<string, Buffer>,
    site?: string,
  ): Promise<MadeBundle> =>
    makeBundle(path.join(scratch, name), {
      signers: [alice],
      sequence,
      modelFiles,
      ...(site === undefined ? {} : { site }),
    });
  first = await make('first', 1, { 'config.json': CONFIG });
  further = await make('further', 2, { 'config.json': CONFIG, 'README.md': Buffer.from('# More\n') });
  poisoned = await make('poisoned', 1, { 'config.json': Buffer.from('{"a": 2}') }, 'elsewhere');
});
afterAll(() => rm(scratch, { recursive: true }));

const bring = ({ dir }: MadeBundle, store: string): Promise<ImportReport> =>
  importBundle({
    ...{ dir, storeDir: path.join(scratch, store), trusted: [alice.trusted], threshold: 1 },
    acceptSite: 'elsewhere',
  });

const AT = 'example/tiny@6cee5e81ee83917806bbde320786a8fb61efebee: config.json';

it('a bundle that names other bytes for a commit of the store is refused, whatever its site, and the store stays as it was', async () => {
  expect(await bring(first, 'store')).toMatchObject({ result: 'imported' });
  const report = await bring(poisoned, 'store');
  expect(report.result).toBe('refused');
  expect(failures(report.checks)).toMatchObject([
    {
      subject: AT,
      detail: expect.stringContaining(`bundle ${first.plan.root} of the store has other bytes`) as string,
    },
  ]);
  const store = await openStore(path.join(scratch, 'store'));
  expect((await store.roots()).map(({ digest }) => digest)).toEqual([first.plan.root]);
  expect(report.copied.blobs).toBe(0);
});

it('a bundle that carries more of a commit is taken, and the same one again', async () => {
  expect(await bring(first, 'more')).toMatchObject({ result: 'imported' });
  expect(await bring(further, 'more')).toMatchObject({ result: 'imported' });
  expect(await bring(further, 'more')).toMatchObject({ result: 'already imported' });
});

it('a store that was filled with both before serves the earlier one, and names the later one', async () => {
  await bring(first, 'both');
  await bring(poisoned, 'apart');
  const both = path.join(scratch, 'both');
  await new Promise((resolve) => setTimeout(resolve, 10));
  for (const folder of ['blobs', 'roots', 'seals'])
    await cp(path.join(scratch, 'apart', folder), path.join(both, folder), { recursive: true });
  const mirror = await startMirror({ store: await openStore(both), host: '127.0.0.1', port: 0 });
  try {
    const { problems, roots } = await mirror.catalog();
    expect(problems).toEqual([expect.stringContaining(`bundle ${poisoned.plan.root} is not served: ${AT}`)]);
    expect(roots).toHaveLength(1);
    const at = `${mirror.url}/example/tiny/resolve/6cee5e81ee83917806bbde320786a8fb61efebee/config.json`;
    expect(await (await fetch(at)).text()).toBe(CONFIG.toString());
  } finally {
    await mirror.close(0);
  }
});
