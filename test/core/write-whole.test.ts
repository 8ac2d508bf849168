import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeWhole } from '../../core/write-whole';

let folder: string;
const at = (name: string): string => path.join(folder, name);
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'airlock-write-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('writes a file, and puts it in the place of another', async () => {
  await writeWhole(at('file'), Buffer.from('one'));
  expect(readFileSync(at('file'), 'utf8')).toBe('one');
  await writeWhole(at('file'), Buffer.from('two'));
  expect(readFileSync(at('file'), 'utf8')).toBe('two');
  expect(readdirSync(folder)).toEqual(['file']);
});

it('takes the place of a link, and writes nothing through it', async () => {
  writeFileSync(at('target'), 'precious');
  chmodSync(at('target'), 0o640);
  symlinkSync('target', at('file'));
  await writeWhole(at('file'), Buffer.from('new'));
  expect(readFileSync(at('target'), 'utf8')).toBe('precious');
  expect(lstatSync(at('file')).isFile()).toBe(true);
});

it('leaves nothing of what could not be written', async () => {
  mkdirSync(at('folder'));
  await expect(writeWhole(at('folder'), Buffer.from('x'))).rejects.toMatchObject({ code: 'EISDIR' });
  await expect(writeWhole(at('nowhere/file'), Buffer.from('x'))).rejects.toMatchObject({ code: 'ENOENT' });
  expect(readdirSync(folder)).toEqual(['folder']);
});
