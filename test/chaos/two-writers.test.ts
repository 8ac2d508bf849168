import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { digestOf, hexOf } from '../../core/digest';
import { SILENCE_MS } from '../../offline-bundle/store/writer-lock';
import { chaosSeed, seededRandom } from './random';
import { seededBytes } from '../outside-world/bytes';

const ROUNDS = Number(process.env['AIRLOCK_CHAOS_ROUNDS'] ?? 100);
const UNSHARE = ['--pid', '--fork', '--mount-proc', '--kill-child'];
const mayUnshare = spawnSync('unshare', [...UNSHARE, 'true']).status === 0;
const SIZES = [3_000_000, 1_500_000, 700_000, 300_000, 90_000, 5000, 700, 0];

let scratch: string;
let child: string;
let sources: string;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(os.tmpdir(), 'airlock-chaos-writers-'));
  sources = path.join(scratch, 'sources');
  await mkdir(sources);
  for (const [at, size] of SIZES.entries()) {
    const bytes = seededBytes(`part ${at}`, size);
    await writeFile(path.join(sources, hexOf(digestOf(bytes))), bytes);
  }
  child = path.join(scratch, 'child.cjs');
  const entryPoints = [path.join(__dirname, 'writer-child.ts')];
  await build({ entryPoints, outfile: child, bundle: true, platform: 'node', format: 'cjs', logLevel: 'silent' });
}, 60_000);
afterAll(() => rm(scratch, { recursive: true }));

interface Ended {
  readonly killed: boolean;
  readonly output: string;
}

interface Writer {
  readonly working: Promise<void>;
  readonly ended: Promise<Ended>;
  readonly kill: () => void;
}

/** A writer in a PID namespace of its own: neither sees whether the other lives. */
function startWriter(store: string, lease: 'on' | 'off', seed: number): Writer {
  const running: ChildProcess = spawn('unshare', [
    ...UNSHARE,
    process.execPath,
    child,
    store,
    sources,
    lease,
    String(seed),
  ]);
  let output = '';
  let complaint = '';
  const working = new Promise<void>((resolve) => {
    running.stdout?.on('data', (part: Buffer) => {
      output += part.toString();
      if (output.startsWith('working')) resolve();
    });
    running.on('close', () => resolve());
  });
  running.stderr?.on('data', (part: Buffer) => (complaint += part.toString()));
  const ended = new Promise<Ended>((resolve, reject) => {
    running.on('error', reject);
    running.on('close', (code, signal) => {
      if (signal === null && code !== 0) reject(new Error(`a writer ended with ${String(code)}: ${complaint}`));
      else resolve({ killed: signal !== null, output });
    });
  });
  return { working, ended, kill: () => void running.kill('SIGKILL') };
}

/** Finished blobs, each of which must have its digest; name to inode. */
async function rightBlobs(store: string, context: string): Promise<Map<string, number>> {
  const folder = path.join(store, 'blobs', 'sha256');
  const blobs = new Map<string, number>();
  for (const name of await readdir(folder).catch((): string[] => [])) {
    expect([context, hexOf(digestOf(await readFile(path.join(folder, name))))]).toEqual([context, name]);
    blobs.set(name, (await stat(path.join(folder, name))).ino);
  }
  return blobs;
}

/** Of a writer that was killed in another namespace the lease falls by its silence, which a test does not wait for. */
async function ageLeases(store: string): Promise<void> {
  const then = new Date(Date.now() - 2 * SILENCE_MS);
  for (const name of await readdir(store).catch((): string[] => []))
    if (name.endsWith('.lock')) await utimes(path.join(store, name), then, then).catch(() => undefined);
}

it(
  `two writers in two PID namespaces over one store, ${ROUNDS} rounds with kills: every blob has its digest, nothing is lost`,
  async () => {
    if (!mayUnshare) {
      process.stdout.write('SKIPPED: no right to make a PID namespace here\n');
      return;
    }
    const seed = chaosSeed();
    const random = seededRandom(seed);
    let kills = 0;
    let unfinished = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const lease = round % 2 === 0 ? 'off' : 'on';
      const store = path.join(scratch, `store-${round}`);
      const context = `seed ${seed}, round ${round}, lease ${lease}`;
      let before = new Map<string, number>();
      for (let isOver = false; !isOver;) {
        const writers = [0, 1].map(() => startWriter(store, lease, Math.floor(random() * 1e9)));
        // Without the lease both work at once; with it the first does, and the other waits.
        await Promise.race(writers.map(({ working }) => working));
        const victims = before.size === SIZES.length ? [] : writers.filter(() => random() < 0.5);
        const timers = victims.map(({ kill }) => setTimeout(kill, random() * 60));
        await Promise.race([
          Promise.all(victims.map(({ ended }) => ended)),
          Promise.all(writers.map(({ ended }) => ended)),
        ]);
        if (lease === 'on' && victims.length > 0) await ageLeases(store);
        const ended = await Promise.all(writers.map(({ ended: end }) => end));
        timers.forEach(clearTimeout);
        const after = await rightBlobs(store, context);
        for (const name of before.keys()) expect([context, after.has(name)]).toEqual([context, true]);
        const killed = ended.filter((one) => one.killed).length;
        kills += killed;
        if (killed > 0 && after.size < SIZES.length) unfinished += 1;
        before = after;
        isOver = ended.some(({ output }) => output.endsWith('done\n'));
      }
      expect([context, before.size]).toEqual([context, SIZES.length]);
      await rm(store, { recursive: true });
    }
    process.stdout.write(
      `two writers: ${ROUNDS} rounds, ${kills} kills (seed ${seed}), ${unfinished} left blobs to write\n`,
    );
    expect(kills).toBeGreaterThan(ROUNDS / 4);
    expect(unfinished).toBeGreaterThan(2);
  },
  ROUNDS * 2900,
);
