import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { importBundle } from '../../../offline-bundle/import/import-bundle';
import type * as chunks from '../../../offline-bundle/store/file-chunks';
import { fileChunks } from '../../../offline-bundle/store/file-chunks';
import { failures } from '../../../offline-bundle/verify/report';
import { verifyBundle } from '../../../offline-bundle/verify/verify-bundle';
import { type MadeBundle, makeBundle, makeKey } from '../support/make-bundle';

const key = makeKey();
const trust = { trusted: [key.trusted], threshold: 1 };
let scratch: string;
let bundle: MadeBundle;

beforeAll(async () => {
  scratch = await mkdtemp(path.join(os.tmpdir(), 'airlock-medium-'));
  bundle = await makeBundle(path.join(scratch, 'bundle'), { signers: [key] });
});
afterAll(() => rm(scratch, { recursive: true }));

jest.mock('../../../offline-bundle/store/file-chunks', () => {
  const real = jest.requireActual<Chunks>('../../../offline-bundle/store/file-chunks');
  return { ...real, fileChunks: jest.fn(real.fileChunks) };
});
type Chunks = typeof chunks;

const reading = jest.mocked(fileChunks);
const { fileChunks: real } = jest.requireActual<Chunks>('../../../offline-bundle/store/file-chunks');
afterEach(() => reading.mockImplementation(real));

/** From now on the medium has a place that it cannot read, in the one file of this size. */
function breakReads(size: number, code: string): void {
  reading.mockImplementation(async function* (handle, start, sizeHint) {
    yield* real(handle, start, sizeHint);
    if (sizeHint === size) throw Object.assign(new Error(code), { code });
  });
}

it('a place that cannot be read is damage of the file that lies there', async () => {
  breakReads(5000, 'EIO');
  const { checks } = await verifyBundle({ dir: bundle.dir, ...trust });
  expect(failures(checks).map(({ subject, detail }) => [subject.replace(/ \(.*/, ''), detail])).toEqual([
    ['model/tiny: model.safetensors', 'the medium cannot read it: EIO'],
  ]);
});

it('an import names it too, and keeps the rest', async () => {
  breakReads(5000, 'EIO');
  const report = await importBundle({ dir: bundle.dir, storeDir: path.join(scratch, 'store'), ...trust });
  expect(report).toMatchObject({ result: 'refused', copied: { blobs: bundle.plan.blobs.length - 1 } });
  expect(failures(report.checks)).toMatchObject([{ detail: 'the medium cannot read it: EIO' }]);
});

it('any other failure is one of the environment', async () => {
  breakReads(5000, 'EACCES');
  await expect(verifyBundle({ dir: bundle.dir, ...trust })).rejects.toMatchObject({ kind: 'environment' });
});
