import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { digestOf, hexOf } from '../../../core/digest';
import type { Progress } from '../../../core/progress';
import type * as chunks from '../../../offline-bundle/store/file-chunks';
import { fileChunks } from '../../../offline-bundle/store/file-chunks';
import {
  blobFile,
  blobSubject,
  checkBlob,
  checkPresence,
  type ExpectedBlob,
  judgeHash,
} from '../../../offline-bundle/verify/blob-check';
import { type BundleDirectory, openBundle } from '../../../offline-bundle/verify/bundle-directory';

jest.mock('../../../offline-bundle/store/file-chunks', () => {
  const real = jest.requireActual<typeof chunks>('../../../offline-bundle/store/file-chunks');
  return { ...real, fileChunks: jest.fn(real.fileChunks) };
});

const BYTES = 'the weights of a model';
const BLOB: ExpectedBlob = { digest: digestOf(BYTES), size: BYTES.length, name: 'model/tiny: model.safetensors' };
const FILE = `blobs/sha256/${hexOf(BLOB.digest)}`;
const SUBJECT = `model/tiny: model.safetensors (${FILE})`;

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'airlock-blob-'));
  await mkdir(path.join(dir, 'blobs', 'sha256'), { recursive: true });
});
afterEach(() => rm(dir, { recursive: true }));

const write = (text: string): Promise<void> => writeFile(path.join(dir, FILE), text);
const opened = (): Promise<BundleDirectory> => openBundle(dir);

let moved = 0;
const nothing = (): void => undefined;
const progress: Progress = { start: nothing, note: nothing, stop: nothing, advance: (bytes) => (moved += bytes) };
beforeEach(() => (moved = 0));

const fault = (kind: string, detail: string): object => ({
  id: 'blob',
  subject: SUBJECT,
  result: 'fail',
  fault: kind,
  detail,
});

describe('a blob of a bundle', () => {
  it('lies under its digest, and is named by artifact, file and place', () => {
    expect([blobFile(BLOB.digest), blobSubject(BLOB)]).toEqual([FILE, SUBJECT]);
  });

  it('passes where its bytes have its digest', async () => {
    await write(BYTES);
    const whole = { id: 'blob', subject: SUBJECT, result: 'pass', detail: `${BYTES.length} bytes` };
    expect(await checkBlob(await opened(), BLOB, progress)).toStrictEqual(whole);
    expect(checkPresence(await opened(), BLOB)).toBeUndefined();
    expect(judgeHash(BLOB, BLOB.digest)).toStrictEqual(whole);
    expect(moved).toBe(BYTES.length);
  });

  it('is missing where nothing is there', async () => {
    expect(await checkBlob(await opened(), BLOB, progress)).toStrictEqual(fault('missing', 'there is no such file'));
    expect(moved).toBe(BYTES.length);
  });

  it('is changed where its size is another', async () => {
    await write(BYTES.slice(1));
    const size = `size: expected ${BYTES.length} bytes, got ${BYTES.length - 1}`;
    expect(await checkBlob(await opened(), BLOB, progress)).toStrictEqual(fault('changed', size));
    await write(`${BYTES}x`);
    expect(checkPresence(await opened(), BLOB)).toMatchObject({ fault: 'changed' });
  });

  it('is changed where something else lies in its place', async () => {
    await symlink('/dev/null', path.join(dir, FILE));
    expect(await checkBlob(await opened(), BLOB, progress)).toStrictEqual(
      fault('changed', 'a symbolic link instead of a file'),
    );
    await rm(path.join(dir, FILE));
    await mkdir(path.join(dir, FILE));
    expect(checkPresence(await opened(), BLOB)).toStrictEqual(fault('changed', 'a directory instead of a file'));
  });

  it('is changed where its bytes are others', async () => {
    const other = BYTES.toUpperCase();
    await write(other);
    const detail = `SHA-256: expected ${BLOB.digest}, got ${digestOf(other)}`;
    expect(await checkBlob(await opened(), BLOB, progress)).toStrictEqual(fault('changed', detail));
  });

  it('is changed where the medium cannot read it', async () => {
    await write(BYTES);
    jest.mocked(fileChunks).mockImplementationOnce(() => {
      throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
    });
    const detail = 'the medium cannot read it: EIO';
    expect(await checkBlob(await opened(), BLOB, progress)).toStrictEqual(fault('changed', detail));
  });

  it('is not judged where it cannot be opened, nor through a link that took its place', async () => {
    await write(BYTES);
    const bundle = await opened();
    await rm(path.join(dir, FILE));
    await writeFile(path.join(dir, 'elsewhere'), BYTES);
    await symlink(path.join(dir, 'elsewhere'), path.join(dir, FILE));
    await expect(checkBlob(bundle, BLOB, progress)).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: `cannot read ${FILE}: ELOOP`,
      fix: 'check the medium and the permissions',
      cause: { code: 'ELOOP' },
    });
  });
});
