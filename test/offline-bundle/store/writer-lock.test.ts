import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { lockStore, SILENCE_MS } from '../../../offline-bundle/store/writer-lock';
import { writerName } from '../../../offline-bundle/store/writer-identity';
import { matching } from '../support/matchers';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'airlock-lock-'));
});
afterEach(() => rm(dir, { recursive: true }));

const REFUSED = { kind: 'environment', message: matching(/another command/) };

/** The lock that a process of this place would leave. */
async function lockOf(pid: number, start: string): Promise<string> {
  const [place = ''] = (await writerName()).split('-');
  return path.join(dir, `writer-${place}-${pid}-${start}.lock`);
}

async function expectFree(): Promise<void> {
  const release = await lockStore(dir);
  expect(await readdir(dir)).toEqual([`writer-${await writerName()}.lock`]);
  await release();
  expect(await readdir(dir)).toEqual([]);
}

const silent = async (file: string, milliseconds: number): Promise<void> => {
  const then = new Date(Date.now() - milliseconds);
  await utimes(file, then, then);
};

it('a second writer of the same process is refused until the first lets go', async () => {
  const release = await lockStore(dir);
  await expect(lockStore(dir)).rejects.toMatchObject(REFUSED);
  await release();
  await expectFree();
});

it('the lock of a running process holds, however long it is silent, and falls when that process is killed', async () => {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => undefined, 60_000)']);
  try {
    const text = await readFile(`/proc/${child.pid!}/stat`, 'utf8');
    const file = await lockOf(child.pid!, text.slice(text.lastIndexOf(')') + 2).split(' ')[19]!);
    await writeFile(file, '');
    await silent(file, 10 * SILENCE_MS);
    await expect(lockStore(dir)).rejects.toMatchObject({ message: matching(new RegExp(`process ${child.pid!}`)) });
    expect(await readdir(dir)).toHaveLength(1);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await expectFree();
});

it('a process id that was given to another process does not hold the lock', async () => {
  await writeFile(await lockOf(process.ppid, '1'), '');
  await expectFree();
});

it.each([
  ['of another place', `writer-${'ab'.repeat(8)}-4711-99.lock`],
  ['of a place that is not told', `writer-${'0'.repeat(16)}-1-0.lock`],
  ['of an earlier version', 'writer-4711-99.lock'],
])('a lock %s holds for as long as its writer shows signs of life', async (_, name) => {
  const file = path.join(dir, name);
  await writeFile(file, '');
  await silent(file, SILENCE_MS - 10_000);
  await expect(lockStore(dir)).rejects.toMatchObject({ ...REFUSED, fix: matching(new RegExp(name)) });
  await silent(file, SILENCE_MS + 1000);
  await expectFree();
});

it('shows signs of life while it is held, and none after', async () => {
  jest.useFakeTimers({ doNotFake: ['Date', 'nextTick', 'setImmediate', 'performance'] });
  try {
    const release = await lockStore(dir);
    const file = path.join(dir, `writer-${await writerName()}.lock`);
    await silent(file, SILENCE_MS);
    jest.advanceTimersByTime(6000);
    expect(Date.now() - (await stat(file)).mtimeMs).toBeLessThan(SILENCE_MS / 2);
    await release();
    expect(jest.getTimerCount()).toBe(0);
  } finally {
    jest.useRealTimers();
  }
});

describe('in another PID namespace', () => {
  const unshare = ['--pid', '--fork', '--mount-proc', '--kill-child'];
  const mayUnshare = spawnSync('unshare', [...unshare, 'true']).status === 0;

  /** Holds the lock from inside a namespace of its own, until it is killed. */
  async function holder(): Promise<ChildProcess> {
    const outfile = path.join(dir, 'holder.cjs');
    const contents = `import { lockStore } from './writer-lock';
      lockStore(process.argv[2] ?? '').then(() => process.stdout.write('held'), (error) => process.stdout.write(error.message));
      setTimeout(() => undefined, 60_000);`;
    const resolveDir = path.join(__dirname, '../../../offline-bundle/store');
    await build({ stdin: { contents, resolveDir }, outfile, bundle: true, platform: 'node', format: 'cjs' });
    const child = spawn('unshare', [...unshare, process.execPath, outfile, dir]);
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    await rm(outfile);
    expect(said.toString()).toBe('held');
    return child;
  }

  it('a writer that cannot be seen from here holds the lock', async () => {
    if (!mayUnshare) {
      process.stdout.write('SKIPPED: no right to make a PID namespace here\n');
      return;
    }
    const child = await holder();
    try {
      await expect(lockStore(dir)).rejects.toMatchObject(REFUSED);
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    const [left = ''] = await readdir(dir);
    await silent(path.join(dir, left), SILENCE_MS + 1000);
    await expectFree();
  });
});
