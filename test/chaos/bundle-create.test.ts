/**
 * Kills `airlock bundle create` at seeded moments, and fills its disk: the rerun must end with the same bundle, must
 * not ask for a finished blob again, and must go on inside an unfinished one.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Lock } from '../../site/generated/lock';
import { buildFarSide } from '../../tools/build-far-side';
import { seededBytes } from '../outside-world/bytes';
import { quickstartWorld } from '../outside-world/quickstart';
import type { RecordedRequest } from '../outside-world/server';
import { startWorld, type World } from '../outside-world/world';
import { chaosSeed, seededRandom } from './random';

const KILLS = 24;
const MEGABYTE = 1024 * 1024;
const ROOT = path.resolve(__dirname, '../..');
const FILES = ['--site', 'site.yaml', '--lock', 'airlock.lock.json'];
const seed = chaosSeed();
const random = seededRandom(seed);

let world: World;
let scratch: string;
let lock: Lock;
/** Content of the bundle that nobody disturbed: SHA-256 by path. */
let expected: Map<string, string>;
/** Bytes that one undisturbed run takes from the network. */
let calmBytes: number;

interface Ended {
  readonly code: number | null;
  readonly killed: boolean;
  readonly stderr: string;
}

/** Runs `airlock`; `disturb` is asked every millisecond whether to kill it now. */
function airlock(args: readonly string[], disturb?: () => boolean): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(scratch, 'airlock.mjs'), ...args], {
      cwd: scratch,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env['PATH'], HOME: scratch, DOCKER_CONFIG: scratch, ...world.environment },
    });
    let stderr = '';
    child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
    const timer = setInterval(() => disturb?.() === true && child.kill('SIGKILL'), 1);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearInterval(timer);
      resolve({ code, killed: signal === 'SIGKILL', stderr });
    });
  });
}

const create = (out: string, disturb?: () => boolean): Promise<Ended> =>
  airlock(['bundle', 'create', ...FILES, '--out', out], disturb);

const sent = (requests: readonly RecordedRequest[]): number =>
  requests.reduce((sum, { bytesSent }) => sum + bytesSent, 0);

async function content(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    found.set(
      path.relative(folder, file),
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
    );
  }
  return found;
}

/** Sizes of the files in a folder by name; none where there is no folder. */
async function sizesIn(folder: string): Promise<Map<string, number>> {
  const names = await readdir(folder).catch(() => []);
  return new Map(await Promise.all(names.map(async (n) => [n, (await stat(path.join(folder, n))).size] as const)));
}

/** The blob that a request to an origin is for; redirects lead elsewhere and carry the same Range. */
function hexAsked({ url }: RecordedRequest): string | undefined {
  const registry = /^\/v2\/.+\/(?:blobs|manifests)\/sha256:([0-9a-f]{64})/.exec(url)?.[1];
  if (registry !== undefined) return registry;
  for (const { source, files } of lock.models) {
    const prefix = `/${source.repository}/resolve/${source.revision}/`;
    const file = files.find(({ path: name }) => decodeURIComponent(url.split('?')[0] ?? '') === `${prefix}${name}`);
    if (file !== undefined) return file.sha256;
  }
  return lock.files.find((file) => new URL(file.url).pathname === url)?.sha256;
}

beforeAll(async () => {
  scratch = await mkdtemp(path.join(os.tmpdir(), 'airlock-chaos-create-'));
  // Built once: the checkout would build the kit for each bundle anew.
  await writeFile(path.join(scratch, 'airlock.mjs'), (await buildFarSide()).bytes);
  const plain = await quickstartWorld();
  const site = await readFile(path.join(ROOT, 'examples/quickstart/site.yaml'), 'utf8');
  await cp(path.join(ROOT, 'examples/quickstart/site.yaml'), path.join(scratch, 'site.yaml'));
  const extra = Object.fromEntries(
    [17, 11, 7, 5, 3, 2, 1].map((size, at) => [
      `extra-${at}.safetensors`,
      seededBytes(`extra ${at}`, size * MEGABYTE + at),
    ]),
  );
  const repositories = plain.hub!.repositories.map((repository, at) => ({
    ...repository,
    ...(at === 0
      ? { files: { ...repository.files, ...extra }, revision: /revision: ([0-9a-f]{40})/.exec(site)![1]! }
      : {}),
  }));
  // A line of some 30 MB/s for each large file, so that there is a middle to be killed in.
  const trickle = { path: /./, fault: { kind: 'trickle', bytes: 65_536, everyMs: 2 } } as const;
  world = await startWorld({ ...plain, hub: { ...plain.hub!, repositories, cdnFaults: [trickle] } });
  expect(await airlock(['lock', ...FILES])).toMatchObject({ code: 0 });
  lock = JSON.parse(await readFile(path.join(scratch, 'airlock.lock.json'), 'utf8')) as Lock;
  const before = sent(world.requests());
  expect(await create('calm')).toMatchObject({ code: 0 });
  calmBytes = sent(world.requests()) - before;
  expected = await content(path.join(scratch, 'calm'));
}, 60_000);
afterAll(async () => {
  await world.close();
  await rm(scratch, { recursive: true });
});

/** What a killed run left. */
interface Left {
  readonly finished: ReadonlyMap<string, number>;
  readonly partial: ReadonlyMap<string, number>;
}
async function leftBy(out: string): Promise<Left> {
  const folder = path.join(scratch, `${out}.partial`);
  return {
    finished: await sizesIn(path.join(folder, 'blobs', 'sha256')),
    partial: await sizesIn(path.join(folder, 'downloads')),
  };
}

/** Decides when to kill: after some bytes, or as soon as the last step begins. */
function killer(out: string, late: boolean): () => boolean {
  const before = sent(world.requests());
  const bytes = random() * calmBytes * 0.6;
  const sums = path.join(scratch, `${out}.partial`, 'SHA256SUMS');
  let [ending, asked] = [false, 0];
  return () => {
    if (!late) return sent(world.requests()) - before > bytes;
    if ((asked += 1) % 3 === 0)
      void stat(sums).then(
        () => (ending = true),
        () => undefined,
      );
    return ending;
  };
}

/** The rerun asked for nothing that was finished, and for the rest of what was not. */
function expectContinued(requests: readonly RecordedRequest[], { finished, partial }: Left, context: string): number {
  const first = new Map<string, RecordedRequest>();
  for (const request of requests) {
    const hex = hexAsked(request);
    if (hex !== undefined && !first.has(hex) && request.status < 400) first.set(hex, request);
  }
  let continued = 0;
  for (const hex of finished.keys()) expect([context, hex, first.has(hex)]).toEqual([context, hex, false]);
  for (const [hex, { range }] of first) {
    const size = partial.get(hex) ?? 0;
    expect([context, hex, range]).toEqual([context, hex, size > 0 ? `bytes=${size}-` : undefined]);
    if (size > 0) continued += 1;
  }
  return continued;
}

it(`${KILLS} kills lose nothing: same bundle, no finished blob asked for again, unfinished ones continued`, async () => {
  let [kills, finishedSeen, continued, lateKills] = [0, 0, 0, 0];
  for (let round = 0; kills < KILLS; round += 1) {
    const out = `bundle-${round}`;
    let left: Left = { finished: new Map(), partial: new Map() };
    for (;;) {
      const context = `seed ${seed}, ${out}, after ${kills} kills`;
      const seen = new Set(world.requests());
      const late = kills % 6 === 5;
      const ended = await create(out, kills < KILLS ? killer(out, late) : undefined);
      const requests = world.requests().filter((request) => !seen.has(request));
      continued += expectContinued(requests, left, context);
      if (!ended.killed) {
        expect([context, ended.code, ended.stderr]).toEqual([context, 0, ended.stderr]);
        break;
      }
      kills += 1;
      if (late) lateKills += 1;
      const before = left;
      left = await leftBy(out);
      const there = await readdir(scratch);
      // A kill after the last rename finds the bundle whole, and nothing unfinished beside it.
      if (there.includes(out)) break;
      for (const [hex, size] of before.finished)
        expect([context, hex, left.finished.get(hex)]).toEqual([context, hex, size]);
      if (left.finished.size > 0) finishedSeen += 1;
    }
    // Whoever runs the command once more finds the bundle complete, and asks nobody.
    const seen = new Set(world.requests());
    expect(await create(out)).toMatchObject({ code: 0 });
    expect(world.requests().filter((request) => !seen.has(request))).toEqual([]);
    expect(await content(path.join(scratch, out))).toEqual(expected);
    expect((await readdir(scratch)).filter((name) => name.startsWith(`${out}.`))).toEqual([]);
    await rm(path.join(scratch, out), { recursive: true });
  }
  process.stdout.write(
    `bundle create: ${kills} kills (seed ${seed}), ${finishedSeen} left finished blobs, ${lateKills} in the last step, ${continued} downloads continued by Range\n`,
  );
  // Otherwise the kills missed the work, and nothing above was shown.
  expect(finishedSeen).toBeGreaterThan(KILLS / 2);
  expect(continued).toBeGreaterThan(KILLS / 2);
}, 280_000);

describe('a disk that is too small', () => {
  const canMount = process.getuid?.() === 0 && spawnSync('mount', ['-V']).status === 0;
  let disk = '';
  const mount = async (size: string): Promise<boolean> => {
    disk = path.join(scratch, 'disk');
    await mkdir(disk, { recursive: true });
    const mounted = canMount && spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', disk]).status === 0;
    if (!mounted) process.stdout.write('SKIPPED: no right to mount a small disk here; the full disk is not tested\n');
    return mounted;
  };
  afterEach(() => spawnSync('umount', [disk]));

  it('is refused before the first byte is asked for', async () => {
    if (!(await mount('32m'))) return;
    const before = world.requests().length;
    const { code, stderr } = await create('disk/bundle');
    expect(stderr).toMatch(/needs \d+ more bytes, \d+ are free/);
    expect(code).toBe(3);
    expect(world.requests()).toHaveLength(before);
    expect(await readdir(disk)).not.toContain('bundle');
  });

  it('ends the run when somebody else fills it on the way; with room again the same command goes on', async () => {
    if (!(await mount('128m'))) return;
    const before = sent(world.requests());
    let filled: Promise<void> | undefined;
    const { code, stderr } = await create('disk/bundle', () => {
      if (sent(world.requests()) - before > calmBytes / 3) filled ??= fill(path.join(disk, 'filler'));
      return false;
    });
    await filled;
    expect(stderr).toMatch(/no space left on the disk[^]*run the same command again/);
    expect(code).toBe(3);
    expect((await readdir(disk)).sort()).toEqual(['bundle.partial', 'filler']);
    const left = await leftBy('disk/bundle');
    await rm(path.join(disk, 'filler'));
    const seen = new Set(world.requests());
    expect(await create('disk/bundle')).toMatchObject({ code: 0 });
    const requests = world.requests().filter((request) => !seen.has(request));
    expect(expectContinued(requests, left, 'full disk')).toBeGreaterThan(0);
    expect(await content(path.join(disk, 'bundle'))).toEqual(expected);
    expect(await readdir(disk)).toEqual(['bundle']);
  });

  /** Takes every byte that is left. */
  const fill = async (file: string): Promise<void> => {
    const megabyte = Buffer.alloc(MEGABYTE);
    for (let at = 0; ; at += 1) {
      try {
        await writeFile(file, megabyte, { flag: 'a' });
      } catch {
        return;
      }
    }
  };
});
