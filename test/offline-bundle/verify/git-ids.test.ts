import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { digestOf, hexOf } from '../../../core/digest';
import { gitBlobId, lfsPointerOid } from '../../../offline-bundle/hub/git-objects';
import { openBundle } from '../../../offline-bundle/verify/bundle-directory';
import { checkGitIds } from '../../../offline-bundle/verify/git-ids';
import type { Check } from '../../../offline-bundle/verify/report';
import type { LockModelFile } from '../../../site/generated/lock';
import { gitObjectId } from '../../outside-world/bytes';

const README = Buffer.from('# A model\n');
const WEIGHTS = Buffer.from('weights');
const COMMIT = 'c'.repeat(40);

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'airlock-git-ids-'));
  await mkdir(path.join(dir, 'blobs/sha256'), { recursive: true });
  await writeFile(path.join(dir, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(path.join(dir, 'index.json'), '{}');
});
afterEach(() => rm(dir, { recursive: true }));

const keep = (bytes: Buffer, as = bytes): Promise<void> =>
  writeFile(path.join(dir, 'blobs/sha256', hexOf(digestOf(as))), bytes);

function file(name: string, bytes: Buffer, change: Partial<LockModelFile> = {}): LockModelFile {
  const sha256 = hexOf(digestOf(bytes));
  return { path: name, size: bytes.length, sha256, sha256From: 'fetched', gitOid: gitBlobId(bytes), ...change };
}
const weights = (change: Partial<LockModelFile> = {}): LockModelFile => {
  const { sha256, size } = file('model.safetensors', WEIGHTS);
  return file('model.safetensors', WEIGHTS, { sha256From: 'hub', gitOid: lfsPointerOid(sha256, size), ...change });
};

async function check(...files: LockModelFile[]): Promise<Check[]> {
  const source = { repository: 'example/tiny', revision: COMMIT, include: [], exclude: [] };
  const license = { expected: 'MIT', declared: 'MIT', files: [] };
  return checkGitIds(await openBundle(dir), { models: [{ name: 'tiny', source, license, files }] });
}

it('is right for the ids that git gives: of the bytes, and in LFS of the pointer', async () => {
  await keep(README);
  await keep(WEIGHTS);
  expect(gitObjectId('blob', README)).toBe(gitBlobId(README));
  expect(await check(file('README.md', README), weights())).toEqual([
    {
      id: 'lock',
      subject: 'files of models have the git ids of the lock',
      result: 'pass',
      detail: '2 files',
    },
  ]);
});

it('names each file that is another than its commit says, and goes on', async () => {
  await keep(README);
  await keep(WEIGHTS);
  const found = await check(
    file('README.md', README, { gitOid: 'd'.repeat(40) }),
    weights({ gitOid: gitBlobId(WEIGHTS) }),
    file('LICENSE', README),
  );
  expect(found).toMatchObject([
    {
      result: 'fail',
      fault: 'changed',
      subject: `example/tiny@${COMMIT}: README.md`,
      detail: `the commit names git id ${'d'.repeat(40)}, these bytes have ${gitBlobId(README)}`,
    },
    { result: 'fail', subject: `example/tiny@${COMMIT}: model.safetensors` },
    { result: 'pass', detail: '1 file' },
  ]);
});

it('leaves to the checks of blobs what is missing, cut or changed', async () => {
  const readme = file('README.md', README);
  expect(await check(readme)).toEqual([]);
  await keep(README.subarray(1), README);
  expect(await check(readme)).toEqual([]);
  await keep(Buffer.from('# A medal\n'), README);
  expect(await check(readme)).toEqual([]);
});

it('says of what is too large to be outside of LFS that it was not compared', async () => {
  const [found] = await check(file('huge', README, { size: 64 * 1024 * 1024 + 1 }));
  expect(found?.result).toBe('skipped');
  expect(found?.detail).toMatch(/^git id [0-9a-f]{40}: not compared, since it has 67108865 bytes outside of LFS$/);
});
