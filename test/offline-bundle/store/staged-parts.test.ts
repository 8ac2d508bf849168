import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { digestOf, hexOf } from '../../../core/digest';
import { openStore, type Store } from '../../../offline-bundle/store/store';
import { writerName } from '../../../offline-bundle/store/writer-identity';
import { matching } from '../support/matchers';
import { seededBytes } from '../../outside-world/bytes';

const BYTES = seededBytes('parts', 3_000_000);
const CONTENT = { digest: digestOf(BYTES), size: BYTES.length };
const HALF = 1_500_000;
const ELSEWHERE = `${'ab'.repeat(8)}-17-4711`;

let scratch: string;
let store: Store;
let medium: string;
beforeEach(async () => {
  scratch = await mkdtemp(path.join(os.tmpdir(), 'airlock-parts-'));
  store = await openStore(path.join(scratch, 'store'), { create: true });
  medium = path.join(scratch, 'medium');
  await writeFile(medium, BYTES);
});
afterEach(() => rm(scratch, { recursive: true }));

const staging = (): string => path.join(store.dir, 'staging');
const partOf = (writer: string): string =>
  path.join(staging(), `${hexOf(CONTENT.digest)}.${writer}.${randomBytes(8).toString('hex')}`);
const expectRight = async (): Promise<void> => {
  expect((await readFile(store.blobPath(CONTENT.digest))).equals(BYTES)).toBe(true);
  expect(await readdir(staging())).toEqual([]);
};
/** The same place, another process. */
const neighbor = async (pid: number, start: string): Promise<string> =>
  `${(await writerName()).split('-')[0] ?? ''}-${pid}-${start}`;

/** Gives wrong bytes, and waits in their middle until it is told to go on. */
function wrongAndSlow(): { body: AsyncIterable<Buffer>; begun: Promise<void>; goOn: () => void } {
  let goOn = (): void => undefined;
  let began = (): void => undefined;
  const begun = new Promise<void>((resolve) => (began = resolve));
  const gate = new Promise<void>((resolve) => (goOn = resolve));
  async function* body(): AsyncGenerator<Buffer> {
    yield Buffer.alloc(HALF, 1);
    began();
    await gate;
    yield Buffer.alloc(BYTES.length - HALF, 2);
  }
  return { body: body(), begun, goOn };
}

it('two writers of one blob write to two files: neither sees the bytes of the other', async () => {
  const { body, begun, goOn } = wrongAndSlow();
  const slow = store.writeBlob(CONTENT, body);
  const ended = expect(slow).rejects.toMatchObject({ kind: 'check' });
  await begun;
  expect(await readdir(staging())).toHaveLength(1);
  expect(await store.stagedBytes(CONTENT.digest)).toBe(0);
  await store.writeBlob(CONTENT, { path: medium });
  goOn();
  await ended;
  await expectRight();
});

it.each([
  ['another container', ELSEWHERE],
  ['an earlier version', ''],
])('what %s left is continued in a copy: its writer may sleep with the file open', async (_, writer) => {
  const left = writer === '' ? path.join(staging(), hexOf(CONTENT.digest)) : partOf(writer);
  await writeFile(left, BYTES.subarray(0, HALF));
  const sleeper = await open(left, 'r+');
  // Read from its middle on, so it was continued.
  await writeFile(medium, Buffer.concat([Buffer.alloc(HALF), BYTES.subarray(HALF)]));
  expect(await store.stagedBytes(CONTENT.digest)).toBe(HALF);
  await store.writeBlob(CONTENT, { path: medium });
  await sleeper.write(Buffer.alloc(1000, 7), 0, 1000, 0);
  await sleeper.close();
  await expectRight();
});

it('what a process left that is gone is continued as it is', async () => {
  const left = partOf(await neighbor(process.ppid, '1'));
  await writeFile(left, BYTES.subarray(0, HALF));
  const { ino } = await stat(left);
  await store.writeBlob(CONTENT, { start: HALF, body: pieces(BYTES.subarray(HALF)) });
  expect((await stat(store.blobPath(CONTENT.digest))).ino).toBe(ino);
  await expectRight();
});

it('what a running process writes is left to it', async () => {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => undefined, 60_000)']);
  try {
    const text = await readFile(`/proc/${child.pid!}/stat`, 'utf8');
    const left = partOf(await neighbor(child.pid!, text.slice(text.lastIndexOf(')') + 2).split(' ')[19]!));
    await writeFile(left, BYTES.subarray(0, HALF));
    expect(await store.stagedBytes(CONTENT.digest)).toBe(0);
    await store.writeBlob(CONTENT, { path: medium });
    expect(await readdir(staging())).toEqual([path.basename(left)]);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

it('of several parts the longest is continued, and the others are removed', async () => {
  for (const bytes of [10, HALF, 500]) await writeFile(partOf(ELSEWHERE), BYTES.subarray(0, bytes));
  expect(await store.stagedBytes(CONTENT.digest)).toBe(HALF);
  await store.writeBlob(CONTENT, { path: medium });
  await expectRight();
});

it('a file that is another one at the end than at the beginning does not get the blob’s name', async () => {
  const swapping = async function* (): AsyncGenerator<Buffer> {
    yield await Promise.resolve(BYTES);
    const [name = ''] = await readdir(staging());
    await rename(path.join(staging(), name), path.join(scratch, 'away'));
    await writeFile(path.join(staging(), name), Buffer.alloc(BYTES.length));
  };
  await expect(store.writeBlob(CONTENT, swapping())).rejects.toMatchObject({
    kind: 'environment',
    message: matching(/changed by somebody else/),
  });
  expect(await store.has(CONTENT.digest, CONTENT.size)).toBe(false);
});

async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 100_000) yield await Promise.resolve(bytes.subarray(at, at + 100_000));
}
