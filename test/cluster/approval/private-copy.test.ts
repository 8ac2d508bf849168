import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type PrivateCopy, type ReviewedFiles, withPrivateCopy } from '../../../cluster/approval/private-copy';
import { digestOf } from '../../../core/digest';

let folder: string;
let files: ReviewedFiles;
const copied = <T>(use: (copy: PrivateCopy) => Promise<T>): Promise<T> =>
  withPrivateCopy(files, use, path.join(folder, 'tmp'));
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'airlock-copy-'));
  mkdirSync(path.join(folder, 'tmp'));
  const at = (name: string): string => path.join(folder, name);
  mkdirSync(at('cdktf.out/stacks/a'), { recursive: true });
  writeFileSync(at('cdktf.out/manifest.json'), 'manifest');
  writeFileSync(at('cdktf.out/stacks/a/cdk.tf.json'), 'a');
  for (const name of ['site', 'enclave', 'lock']) writeFileSync(at(name), name);
  files = { plan: at('cdktf.out'), site: at('site'), enclave: at('enclave'), lock: at('lock') };
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const left = (): string[] => readdirSync(path.join(folder, 'tmp'));

it('names every file by the digest of the copy, which does not change with the original', async () => {
  await copied((copy) => {
    writeFileSync(path.join(files.plan, 'manifest.json'), 'changed');
    writeFileSync(files.site, 'changed');
    expect(copy.digests).toEqual({ 'manifest.json': digestOf('manifest'), 'stacks/a/cdk.tf.json': digestOf('a') });
    expect(copy.inputs).toEqual({
      site: digestOf('site'),
      enclave: digestOf('enclave'),
      lock: digestOf('lock'),
      waivers: null,
    });
    expect(readFileSync(path.join(copy.plan, 'manifest.json'), 'utf8')).toBe('manifest');
    expect(readFileSync(copy.site, 'utf8')).toBe('site');
    return Promise.resolve();
  });
});

it('lies where only its user can look, and is gone afterwards, whatever comes of it', async () => {
  let seen: PrivateCopy | undefined;
  const work = copied((copy) => {
    seen = copy;
    const [root = ''] = left();
    expect(statSync(path.join(folder, 'tmp', root)).mode & 0o777).toBe(0o700);
    throw new Error('it fails');
  });
  await expect(work).rejects.toThrow('it fails');
  expect([existsSync(seen?.plan ?? ''), left()]).toEqual([false, []]);
});

it('is not made where others may put another in its place', async () => {
  chmodSync(path.join(folder, 'tmp'), 0o777);
  await expect(copied(() => Promise.resolve())).rejects.toMatchObject({ code: 'FOLDER_NOT_PRIVATE' });
  chmodSync(path.join(folder, 'tmp'), 0o1777);
  await expect(copied(() => Promise.resolve('made'))).resolves.toBe('made');
});

it.each([
  ['a link in the plan', () => symlinkSync('/etc', path.join(files.plan, 'link')), 'PLAN_HOLDS_LINKS'],
  ['no plan', () => rmSync(files.plan, { recursive: true }), 'PLAN_INVALID'],
  ['no site', () => rmSync(files.site), 'FILE_MISSING'],
])('refuses %s, and leaves nothing', async (_, change, code) => {
  change();
  await expect(copied(() => Promise.resolve())).rejects.toMatchObject({ code });
  expect(left()).toEqual([]);
});
