import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readRegular } from '../../core/read-regular';

let folder: string;
const at = (name: string): string => path.join(folder, name);
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'airlock-read-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('reads a file, also by a link to it', async () => {
  writeFileSync(at('file'), 'text');
  symlinkSync('file', at('link'));
  for (const name of ['file', 'link']) expect((await readRegular(at(name))).toString()).toBe('text');
});

it('follows no link where it may not', async () => {
  writeFileSync(at('file'), 'text');
  symlinkSync('file', at('link'));
  expect((await readRegular(at('file'), { follow: false })).toString()).toBe('text');
  await expect(readRegular(at('link'), { follow: false })).rejects.toMatchObject({ code: 'ELOOP' });
});

it('reads as many bytes as it may, and no more', async () => {
  writeFileSync(at('file'), 'text');
  expect(await readRegular(at('file'), { longest: 4 })).toHaveLength(4);
  await expect(readRegular(at('file'), { longest: 3 })).rejects.toMatchObject({ code: 'EFBIG' });
});

it.each<[string, () => unknown, string]>([
  ['a folder', () => mkdirSync(at('x')), 'EINVAL'],
  ['a pipe that nobody writes to', () => execFileSync('mkfifo', [at('x')]), 'EINVAL'],
  ['a device that never ends', () => symlinkSync('/dev/zero', at('x')), 'EINVAL'],
  ['a link to nothing', () => symlinkSync('nowhere', at('x')), 'ENOENT'],
  ['a link to itself', () => symlinkSync('x', at('x')), 'ELOOP'],
  ['nothing', () => undefined, 'ENOENT'],
])('refuses %s, at once', async (_, make, code) => {
  make();
  await expect(readRegular(at('x'))).rejects.toMatchObject({ code });
});
