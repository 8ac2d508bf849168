import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { extractRecord, type ExtractReport } from '../../../offline-bundle/verify/extract-record';
import { makeBundle, type MadeBundle, makeKey, type TestKey } from '../support/make-bundle';

const key = makeKey();
let scratch: string;
let bundle: MadeBundle;

beforeEach(async () => {
  scratch = await mkdtemp(path.join(os.tmpdir(), 'airlock-record-'));
  bundle = await makeBundle(path.join(scratch, 'bundle'), { signers: [key] });
});
afterEach(() => rm(scratch, { recursive: true }));

const extract = (out: string, signer: TestKey = key): Promise<ExtractReport> =>
  extractRecord({ dir: bundle.dir, out: path.join(scratch, out), trusted: [signer.trusted], threshold: 1 });

it('writes site and lock as they were bundled, and nothing else', async () => {
  const { report, files } = await extract('record');
  expect(report.result).toBe('pass');
  expect((await readdir(path.join(scratch, 'record'))).sort()).toEqual(['airlock.lock.json', 'site.yaml']);
  for (const name of ['site.yaml', 'airlock.lock.json']) {
    const bytes = await readFile(path.join(scratch, 'record', name));
    expect(bytes).toEqual(await readFile(bundle.blobFile(`record/record: ${name}`)));
  }
  expect(files.map(({ file }) => path.basename(file))).toEqual(['site.yaml', 'airlock.lock.json']);
  expect(await readdir(scratch)).toEqual(['bundle', 'record']);
});

it('fills an empty folder', async () => {
  await mkdir(path.join(scratch, 'record'));
  expect((await extract('record')).files).toHaveLength(2);
});

it('writes nothing of a bundle that another key sealed', async () => {
  expect(await extract('record', makeKey())).toMatchObject({ report: { result: 'fail' }, files: [] });
  expect(await readdir(scratch)).toEqual(['bundle']);
});

it.each(['model/tiny: config.json', 'record/record: site.yaml'])(
  'writes nothing where %s is damaged, however far from the record that is',
  async (name) => {
    await appendFile(bundle.blobFile(name), 'x');
    expect(await extract('record')).toMatchObject({ report: { result: 'fail' }, files: [] });
    expect(await readdir(scratch)).toEqual(['bundle']);
  },
);

it('refuses a folder that holds something, and leaves it as it is', async () => {
  await mkdir(path.join(scratch, 'record'));
  await writeFile(path.join(scratch, 'record/site.yaml'), 'mine');
  await expect(extract('record')).rejects.toMatchObject({ kind: 'input' });
  expect(await readFile(path.join(scratch, 'record/site.yaml'), 'utf8')).toBe('mine');
});

it.each(['bundle/record', 'bundle'])('refuses %s, since a bundle is only read', async (out) => {
  const before = await readdir(bundle.dir);
  await expect(extract(out)).rejects.toMatchObject({
    kind: 'input',
    message: expect.stringContaining('inside the bundle') as string,
  });
  expect(await readdir(bundle.dir)).toEqual(before);
});

it('leaves nothing behind where the folder cannot be made', async () => {
  await writeFile(path.join(scratch, 'file'), '');
  await expect(extract('file/record')).rejects.toMatchObject({ kind: 'input' });
  expect((await readdir(scratch)).sort()).toEqual(['bundle', 'file']);
});
