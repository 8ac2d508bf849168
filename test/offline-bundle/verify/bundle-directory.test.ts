import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AirlockError } from '../../../core/errors';
import { openBundle, readBundleFile } from '../../../offline-bundle/verify/bundle-directory';

let scratch = '';
let dir = '';
beforeEach(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'airlock-directory-'));
  dir = path.join(scratch, 'bundle');
  await mkdir(path.join(dir, 'blobs', 'sha256'), { recursive: true });
});
afterEach(() => rm(scratch, { recursive: true }));

const refusal = async (work: Promise<unknown>): Promise<Partial<AirlockError>> => {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  if (!(error instanceof AirlockError)) throw new Error(`no refusal: ${String(error)}`);
  const { code, what, fix } = error;
  return { code, what, ...(fix === undefined ? {} : { fix }) };
};

const listed = async (): Promise<(readonly [string, string, number])[]> =>
  [...(await openBundle(dir)).entries.values()].map((one) => [one.path, one.kind, one.size] as const).sort();

describe('a directory of a bundle', () => {
  it('is listed whole: files with their sizes, folders, links that are not followed, and what is neither', async () => {
    await writeFile(path.join(dir, 'index.json'), 'four');
    await writeFile(path.join(dir, 'blobs', 'sha256', 'aa'), '');
    await symlink(path.join(scratch), path.join(dir, 'blobs', 'out'));
    execFileSync('mkfifo', [path.join(dir, 'pipe')]);
    expect(await listed()).toEqual([
      ['blobs', 'directory', 0],
      ['blobs/out', 'symbolic link', 0],
      ['blobs/sha256', 'directory', 0],
      ['blobs/sha256/aa', 'file', 0],
      ['index.json', 'file', 4],
      ['pipe', 'special file', 0],
    ]);
    const bundle = await openBundle(dir);
    expect([bundle.dir, [...bundle.entries].every(([name, entry]) => name === entry.path)]).toEqual([dir, true]);
  });

  it.each([
    ['a b', '"a b"'],
    ['a"b', '"a\\x22b"'],
    ['a\\b', '"a\\x5cb"'],
    ['\u001b', '"\\x1b"'],
    ['\u007f', '"\\x7f"'],
    ['~', '"~"'],
    ['!', '"!"'],
    ['\n', '"\\x0a"'],
    ['é', '"\\xc3\\xa9"'],
    ['aé', '"a\\xc3\\xa9"'],
    ['éa', '"\\xc3\\xa9a"'],
    ['A.z_0+@=,-9', 'A.z_0+@=,-9'],
  ])('shows the name %j as %s', async (name, shown) => {
    await writeFile(path.join(dir, name), '');
    expect((await listed()).map(([one]) => one)).toContain(shown);
  });

  it('names folders of the medium and does not enter them', async () => {
    for (const name of ['lost+found', 'System Volume Information']) {
      await mkdir(path.join(dir, name));
      await writeFile(path.join(dir, name, 'inside'), '');
    }
    expect((await listed()).map(([one]) => one)).toEqual([
      '"System Volume Information"',
      'blobs',
      'blobs/sha256',
      'lost+found',
    ]);
  });

  it.each(['oci-layout', 'index.json', 'START-HERE.txt', 'SHA256SUMS', 'blobs'])(
    'is known by %s alone',
    async (name) => {
      await rm(path.join(dir, 'blobs'), { recursive: true });
      await writeFile(path.join(dir, name), '');
      expect(await listed()).toEqual([[name, 'file', 0]]);
    },
  );
});

describe('what is no bundle', () => {
  it('is a file', async () => {
    const file = path.join(scratch, 'bundle.tar');
    await writeFile(file, '');
    expect(await refusal(openBundle(file))).toEqual({
      code: 'BUNDLE_MISSING',
      what: `${file} is a file, not a bundle`,
      fix: 'name the directory that holds index.json and blobs/',
    });
  });

  it('is an unfinished one', async () => {
    const partial = path.join(scratch, 'b.partial');
    await mkdir(path.join(partial, 'blobs'), { recursive: true });
    expect(await refusal(openBundle(`${partial}/`))).toEqual({
      code: 'BUNDLE_UNFINISHED',
      what: `${partial}/ is a bundle that \`bundle create\` has not finished`,
      fix: 'run `bundle create` again to finish it',
    });
  });

  it('is a folder of other things', async () => {
    await rm(path.join(dir, 'blobs'), { recursive: true });
    await writeFile(path.join(dir, 'cat.jpg'), '');
    expect(await refusal(openBundle(dir))).toEqual({
      code: 'BUNDLE_MISSING',
      what: `${dir} is not a bundle: it holds neither index.json nor blobs/`,
      fix: 'name the directory that does',
    });
  });

  it.each(['nowhere', 'bundle/blobs/sha256/aa/below'])('is nothing: %s', async (name) => {
    await writeFile(path.join(dir, 'blobs', 'sha256', 'aa'), '');
    expect(await refusal(openBundle(path.join(scratch, name)))).toEqual({
      code: 'BUNDLE_MISSING',
      what: `there is no directory ${path.join(scratch, name)}`,
      fix: 'name the directory that holds the bundle',
    });
  });

  it('is what the machine cannot read', async () => {
    const long = path.join(scratch, 'x'.repeat(300));
    const failed = openBundle(long);
    expect(await refusal(failed)).toEqual({
      code: 'FILE_UNREADABLE',
      what: `cannot read ${long}: ENAMETOOLONG`,
      fix: 'check the medium and permissions',
    });
    await expect(failed).rejects.toMatchObject({ cause: { code: 'ENAMETOOLONG' } });
  });
});

describe('a small file of a bundle', () => {
  it('is read whole, up to a limit', async () => {
    await writeFile(path.join(dir, 'index.json'), 'seven b');
    const bundle = await openBundle(dir);
    expect((await readBundleFile(bundle, 'index.json', 7))?.toString()).toBe('seven b');
    expect(await refusal(readBundleFile(bundle, 'index.json', 6))).toMatchObject({
      code: 'BUNDLE_DAMAGED',
      what: 'index.json has 7 bytes, more than the 6 allowed',
    });
  });

  it('is none where there is nothing, a folder or a link', async () => {
    await symlink('/etc/hostname', path.join(dir, 'link'));
    const bundle = await openBundle(dir);
    for (const name of ['none', 'blobs', 'link']) expect(await readBundleFile(bundle, name, 100)).toBeUndefined();
  });

  it('is never read through a link that took its place', async () => {
    await writeFile(path.join(dir, 'index.json'), 'seven b');
    const bundle = await openBundle(dir);
    await rm(path.join(dir, 'index.json'));
    await writeFile(path.join(scratch, 'other'), 'seven c');
    await symlink(path.join(scratch, 'other'), path.join(dir, 'index.json'));
    const failed = readBundleFile(bundle, 'index.json', 100);
    expect(await refusal(failed)).toEqual({
      code: 'FILE_UNREADABLE',
      what: 'cannot read index.json: ELOOP',
      fix: 'check the medium',
    });
    await expect(failed).rejects.toMatchObject({ cause: { code: 'ELOOP' } });
  });

  it('is what is there of one that became shorter', async () => {
    await writeFile(path.join(dir, 'index.json'), 'seven b');
    const bundle = await openBundle(dir);
    await writeFile(path.join(dir, 'index.json'), 'abc');
    expect((await readBundleFile(bundle, 'index.json', 100))?.toString()).toBe('abc');
  });
});
