import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { lockStore } from '../../../offline-bundle/store/writer-lock';
import { matching } from '../support/matchers';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'airlock-lock-'));
});
afterEach(() => rm(dir, { recursive: true }));

it('a second writer of the same process is refused until the first lets go', async () => {
  const release = await lockStore(dir);
  await expect(lockStore(dir)).rejects.toMatchObject({ kind: 'environment', message: matching(/another import/) });
  await release();
  await (
    await lockStore(dir)
  )();
  expect(await readdir(dir)).toEqual([]);
});

it('the lock of a running process holds, and falls when that process is killed', async () => {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => undefined, 60_000)']);
  try {
    const stat = await readFile(`/proc/${child.pid!}/stat`, 'utf8');
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]!;
    await writeFile(path.join(dir, `writer-${child.pid!}-${start}.lock`), '');
    await expect(lockStore(dir)).rejects.toMatchObject({ message: matching(new RegExp(`process ${child.pid!}`)) });
    expect(await readdir(dir)).toHaveLength(1);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  const release = await lockStore(dir);
  expect(await readdir(dir)).toEqual([matching(new RegExp(`^writer-${process.pid}-`))]);
  await release();
});

it('a process id that was given to another process does not hold the lock', async () => {
  await writeFile(path.join(dir, `writer-${process.ppid}-1.lock`), '');
  await (
    await lockStore(dir)
  )();
  expect(await readdir(dir)).toEqual([]);
});
