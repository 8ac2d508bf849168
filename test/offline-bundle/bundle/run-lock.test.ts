import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { takeRunLock } from '../../../offline-bundle/bundle/run-lock';

let folder = '';
const base = (): string => path.join(folder, 'lock');
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'airlock-lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Pid of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'close');
  return child.pid!;
}
const holder = (pid: number, started: string | null, host = hostname()): string =>
  `${JSON.stringify({ pid, started, host })}\n`;

describe('the lock of a run', () => {
  it('is held by one at a time and leaves nothing behind', async () => {
    const lock = await takeRunLock(base());
    await expect(takeRunLock(base())).rejects.toThrow(
      `process ${process.pid} on ${hostname()} is working on this bundle`,
    );
    await lock.release();
    await (await takeRunLock(base())).release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is taken over from a process that was killed', async () => {
    const script = `setInterval(() => undefined, 1000); process.send('up')`;
    const child = fork('-e', [script], { execArgv: [], execPath: process.execPath });
    await once(child, 'message');
    await writeFile(`${base()}.1`, holder(child.pid!, null));
    await expect(takeRunLock(base())).rejects.toThrow(`process ${child.pid!}`);
    child.kill('SIGKILL');
    await once(child, 'close');
    const lock = await takeRunLock(base());
    expect(await readdir(folder)).toEqual(['lock.2']);
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is taken over when its pid belongs to another process by now', async () => {
    await writeFile(`${base()}.1`, holder(process.pid, '1'));
    await (await takeRunLock(base())).release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('of another machine is believed', async () => {
    await writeFile(`${base()}.1`, holder(await deadPid(), null, 'another.example'));
    await expect(takeRunLock(base())).rejects.toMatchObject({
      code: 'BUNDLE_LOCKED',
      fix: expect.stringContaining(`remove ${base()}.1`) as string,
    });
  });

  it('without a name in it is held for the moment that naming takes', async () => {
    await writeFile(`${base()}.1`, '');
    await expect(takeRunLock(base())).rejects.toThrow('another run is working');
    const before = new Date(Date.now() - 60_000);
    await utimes(`${base()}.1`, before, before);
    await (await takeRunLock(base())).release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is taken by exactly one of many who find it dead at the same time', async () => {
    await writeFile(`${base()}.7`, holder(await deadPid(), null));
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => takeRunLock(base())));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await readdir(folder)).toEqual(['lock.8']);
  });
});
