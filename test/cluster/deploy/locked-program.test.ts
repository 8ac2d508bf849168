import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { lockedProgram } from '../../../cluster/deploy/locked-program';
import type { Lock } from '../../../site/generated/lock';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'airlock-program-'));
  mkdirSync(path.join(folder, 'private'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => path.join(folder, name);

const lockOf = (file: string, name = 'terraform'): Lock => {
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
  return { files: [{ name, url: 'https://releases.example/x', size: 1, sha256 }] } as unknown as Lock;
};

async function zipOf(...names: string[]): Promise<string> {
  const zip = new ZipFile();
  for (const name of names) zip.addBuffer(Buffer.from(`program ${name}`), name);
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(at('released.zip')));
  return at('released.zip');
}

it('is a private copy of the file that the lock names, and runs', async () => {
  writeFileSync(at('given'), 'program');
  const { program, digest } = await lockedProgram(at('given'), lockOf(at('given')), 'terraform', at('private'));
  expect(readFileSync(program, 'utf8')).toBe('program');
  expect(statSync(program).mode & 0o777).toBe(0o700);
  expect(digest).toBe(`sha256:${lockOf(at('given')).files[0]?.sha256 ?? ''}`);
  writeFileSync(at('given'), 'changed afterwards');
  expect(readFileSync(program, 'utf8')).toBe('program');
});

it.each([
  ['terraform', ['LICENSE.txt', 'terraform']],
  ['tofu', ['CHANGELOG.md', 'tofu']],
])('is %s out of the ZIP that its project releases', async (name, names) => {
  const zip = await zipOf(...names);
  const { program } = await lockedProgram(zip, lockOf(zip), 'terraform', at('private'));
  expect(readFileSync(program, 'utf8')).toBe(`program ${name}`);
});

it.each([
  ['no program in it', ['README']],
  ['two of them', ['terraform', 'tofu']],
  ['one in a folder', ['bin/terraform']],
])('is refused as a ZIP with %s', async (_, names) => {
  const zip = await zipOf(...names);
  await expect(lockedProgram(zip, lockOf(zip), 'terraform', at('private'))).rejects.toMatchObject({
    code: 'CONTENT_DAMAGED',
  });
});

it('is refused as what only begins like a ZIP', async () => {
  writeFileSync(at('given'), 'PK\u0003\u0004 and no more');
  await expect(lockedProgram(at('given'), lockOf(at('given')), 'terraform', at('private'))).rejects.toMatchObject({
    code: 'CONTENT_DAMAGED',
  });
});

it('is refused where its bytes are others, or the lock has no such file', async () => {
  writeFileSync(at('given'), 'program');
  const lock = lockOf(at('given'));
  await expect(lockedProgram(at('given'), lock, 'tofu', at('private'))).rejects.toMatchObject({
    code: 'DEPLOY_PROGRAM_UNLOCKED',
  });
  writeFileSync(at('given'), 'prograM');
  await expect(lockedProgram(at('given'), lock, 'terraform', at('private'))).rejects.toMatchObject({
    code: 'DEPLOY_PROGRAM_UNLOCKED',
  });
  await expect(lockedProgram(at('gone'), lock, 'terraform', at('private'))).rejects.toMatchObject({
    code: 'PROGRAM_MISSING',
  });
});
