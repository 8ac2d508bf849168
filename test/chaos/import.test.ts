import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { readHistory } from '../../offline-bundle/history/history';
import { type MadeBundle, makeBundle, makeKey } from '../offline-bundle/support/make-bundle';
import { chaosSeed, seededRandom } from './random';
import { seededBytes } from '../outside-world/bytes';

const KILLS = 24;
const MOST_KILLS = 200;
const MEGABYTE = 1024 * 1024;

const key = makeKey();
let scratch: string;
let bundle: MadeBundle;
let child: string;

beforeAll(async () => {
  scratch = await mkdtemp(path.join(os.tmpdir(), 'airlock-chaos-import-'));
  const sizes = [24, 12, 6, 3, 3, 1, 1, 1];
  const modelFiles = Object.fromEntries(
    sizes.map((size, at) => [`part-${at}.safetensors`, seededBytes(`part ${at}`, size * MEGABYTE + at)]),
  );
  bundle = await makeBundle(path.join(scratch, 'bundle'), { signers: [key], modelFiles });
  await writeFile(path.join(scratch, 'key.pub'), key.publicPem);
  child = path.join(scratch, 'child.cjs');
  const entryPoints = [path.join(__dirname, 'import-child.ts')];
  await build({ entryPoints, outfile: child, bundle: true, platform: 'node', format: 'cjs', logLevel: 'silent' });
}, 60_000);
afterAll(() => rm(scratch, { recursive: true }));

interface Ended {
  readonly killed: boolean;
  /** The result that the import printed; empty when it was killed. */
  readonly result: string;
  /** Milliseconds from the first copied byte to the end. */
  readonly working: number;
}

/** When to kill an import: so many milliseconds after it was started, or after its copying began. */
interface Kill {
  readonly after: 'start' | 'working';
  readonly milliseconds: number;
}

/** Runs the import; it is killed at the given moment, unless it has ended. */
function runImport(store: string, kill?: Kill): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const running = spawn(process.execPath, [child, bundle.dir, store, path.join(scratch, 'key.pub')]);
    let timer: NodeJS.Timeout | undefined;
    const arm = (event: Kill['after']): void => {
      if (kill?.after === event) timer = setTimeout(() => running.kill('SIGKILL'), kill.milliseconds);
    };
    let began: number | undefined;
    let output = '';
    let complaint = '';
    running.on('spawn', () => arm('start'));
    running.stdout.on('data', (part: Buffer) => {
      output += part.toString();
      if (began !== undefined || !output.startsWith('working\n')) return;
      began = performance.now();
      arm('working');
    });
    running.stderr.on('data', (part: Buffer) => (complaint += part.toString()));
    running.on('error', reject);
    running.on('close', (code, signal) => {
      clearTimeout(timer);
      if (signal !== 'SIGKILL' && code !== 0) reject(new Error(`import ended with ${String(code)}: ${complaint}`));
      const ended = performance.now();
      const result = output.replace('working\n', '');
      resolve({ killed: signal === 'SIGKILL', result, working: ended - (began ?? ended) });
    });
  });
}

const namesIn = (dir: string): Promise<string[]> => readdir(dir).catch(() => []);

/** Finished blobs: name to inode and time of change. */
async function finishedBlobs(store: string): Promise<Map<string, string>> {
  const dir = path.join(store, 'blobs', 'sha256');
  const blobs = new Map<string, string>();
  for (const name of await namesIn(dir)) {
    const { ino, mtimeMs } = await stat(path.join(dir, name));
    blobs.set(name, `${ino} ${mtimeMs}`);
  }
  return blobs;
}

/** What an import leaves, without what depends on when it ran. */
async function finalState(store: string): Promise<Record<string, string>> {
  const entries = await readdir(store, { recursive: true, withFileTypes: true });
  // A killed import may leave a record more in the history, which is looked at by itself.
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !file.startsWith(path.join(store, 'history')));
  const state: Record<string, string> = {};
  for (const file of files.sort()) {
    const small = !file.includes(`${path.sep}blobs${path.sep}`);
    state[path.relative(store, file)] = small ? await readFile(file, 'utf8') : String((await stat(file)).size);
  }
  return state;
}

it(`${KILLS} kills at random moments lose nothing, rewrite nothing and serve nothing too early`, async () => {
  const seed = chaosSeed();
  const random = seededRandom(seed);
  const calm = path.join(scratch, 'calm');
  const { working } = await runImport(calm);
  // Most kills hit the copying; some come while the program starts, or reads the seal.
  const moment = (): Kill =>
    random() < 0.2
      ? { after: 'start', milliseconds: random() * 150 }
      : { after: 'working', milliseconds: random() * working };
  const expected = await finalState(calm);

  let kills = 0;
  let stagedSeen = 0;
  let finishedSeen = 0;
  // A fast disk may need more kills until enough of them hit a blob that is being written.
  const goesOn = (): boolean => kills < KILLS || (Math.min(stagedSeen, finishedSeen) < 3 && kills < MOST_KILLS);
  for (let round = 0; goesOn(); round += 1) {
    const store = path.join(scratch, `store-${round}`);
    let before = new Map<string, string>();
    let ended: Ended;
    do {
      ended = await runImport(store, goesOn() ? moment() : undefined);
      const after = await finishedBlobs(store);
      const context = `seed ${seed}, round ${round}, after ${kills} kills`;
      for (const [name, identity] of before)
        expect([context, name, after.get(name)]).toEqual([context, name, identity]);
      before = after;
      if (!ended.killed) continue;
      kills += 1;
      const roots = await namesIn(path.join(store, 'roots'));
      // The record is the last thing written: a kill after it finds a complete import.
      if (roots.length > 0) expect(after.size).toBe(bundle.plan.blobs.length);
      if (after.size > 0 && roots.length === 0) finishedSeen += 1;
      if ((await namesIn(path.join(store, 'staging'))).length > 0) stagedSeen += 1;
    } while (ended.killed);
    expect(await finalState(store)).toEqual(expected);
    expect((await readHistory(store)).problems).toEqual([]);
    await rm(store, { recursive: true });
  }
  // Otherwise the kills missed the work, and nothing above was shown.
  process.stdout.write(
    `import: ${kills} kills (seed ${seed}), ${finishedSeen} left finished blobs, ${stagedSeen} an unfinished one\n`,
  );
  expect(finishedSeen).toBeGreaterThan(2);
  expect(stagedSeen).toBeGreaterThan(2);
}, 280_000);

it('a killed import goes on inside an unfinished file', async () => {
  const store = path.join(scratch, 'store-half');
  const largest = bundle.plan.blobs.find(({ file }) => file === 'part-0.safetensors')!;
  const hex = largest.digest.slice('sha256:'.length);
  await runImport(store);
  const bytes = await readFile(path.join(store, 'blobs', 'sha256', hex));
  await rm(path.join(store, 'blobs', 'sha256', hex));
  await writeFile(path.join(store, 'staging', hex), bytes.subarray(0, 20 * MEGABYTE));
  const { result } = await runImport(store);
  expect(JSON.parse(result)).toEqual({ result: 'imported', copied: { blobs: 1, bytes: largest.size } });
  expect(bytes.equals(await readFile(path.join(store, 'blobs', 'sha256', hex)))).toBe(true);
});
