/**
 * Takes the whole outside world away for a while at seeded moments of `airlock lock` and `bundle create`: neither has to be run again,
 * and nothing that had arrived is fetched a second time. `AIRLOCK_OUTAGES` says how many, `AIRLOCK_OUTAGE_SECONDS` how long.
 */
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { inParallel } from '../../core/in-parallel';
import { buildFarSide } from '../../tools/build-far-side';
import { seededBytes } from '../outside-world/bytes';
import { quickstartWorld } from '../outside-world/quickstart';
import type { RecordedRequest } from '../outside-world/server';
import { startWorld, type World } from '../outside-world/world';
import { chaosSeed, seededRandom } from './random';

const OUTAGES = Number(process.env['AIRLOCK_OUTAGES'] ?? 6);
const SECONDS = Number(process.env['AIRLOCK_OUTAGE_SECONDS'] ?? 3);
/** What a server gave to connections that ended, and nobody took: small answers, and a piece of each large one. Bytes. */
const IN_FLIGHT = 2 * 1024 * 1024;
const LANES = 10;
const MEGABYTE = 1024 * 1024;
const ROOT = path.resolve(__dirname, '../..');
const FILES = ['--site', 'site.yaml', '--lock', 'airlock.lock.json'];
const COMMANDS = { lock: ['lock', ...FILES], create: ['bundle', 'create', ...FILES, '--out', 'bundle'] } as const;
type Phase = keyof typeof COMMANDS;

const seed = chaosSeed();
const random = seededRandom(seed);
let scratch: string;
let site: string;

beforeAll(async () => {
  scratch = await mkdtemp(path.join(os.tmpdir(), 'airlock-outages-'));
  await writeFile(path.join(scratch, 'airlock.mjs'), (await buildFarSide()).bytes);
  site = await readFile(path.join(ROOT, 'examples/quickstart/site.yaml'), 'utf8');
}, 60_000);
afterAll(() => rm(scratch, { recursive: true }));

/** A world of one's own, with a line on which large files take a while. */
async function makeWorld(): Promise<World> {
  const plain = await quickstartWorld();
  const extra = Object.fromEntries(
    [13, 7, 3, 1].map((size, at) => [`extra-${at}.safetensors`, seededBytes(`extra ${at}`, size * MEGABYTE + at)]),
  );
  const [first, ...others] = plain.hub!.repositories;
  const revision = /revision: ([0-9a-f]{40})/.exec(site)![1]!;
  const repositories = [{ ...first!, files: { ...first!.files, ...extra }, revision }, ...others];
  const trickle = { path: /./, fault: { kind: 'trickle', bytes: 65_536, everyMs: 8 } } as const;
  return startWorld({ ...plain, hub: { ...plain.hub!, repositories, cdnFaults: [trickle] } });
}

const sentIn = (requests: readonly RecordedRequest[]): number => requests.reduce((sum, one) => sum + one.bytesSent, 0);

/** Runs a command; once the world has sent that many bytes, or been asked that often, it goes away. */
async function disturbed(world: World, cwd: string, phase: Phase, isTime: (asked: number, sent: number) => boolean) {
  const seen = new Set(world.requests());
  const own = (): RecordedRequest[] => world.requests().filter((request) => !seen.has(request));
  const began = performance.now();
  const child = spawn(process.execPath, [path.join(scratch, 'airlock.mjs'), ...COMMANDS[phase]], {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: cwd, DOCKER_CONFIG: cwd, ...world.environment },
  });
  let stderr = '';
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
  let outage: Promise<void> | undefined;
  const timer = setInterval(() => {
    if (outage === undefined && isTime(own().length, sentIn(own())))
      outage = world
        .down()
        .then(() => wait(SECONDS * 1000))
        .then(() => world.up());
  }, 2);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  clearInterval(timer);
  await outage;
  return {
    ...{ code, stderr, requests: own(), away: outage !== undefined },
    seconds: (performance.now() - began) / 1000,
  };
}

interface Calm {
  readonly asked: number;
  readonly sent: number;
  readonly lock: string;
  /** Digests of all blobs. */
  readonly blobs: readonly string[];
}

/** Blobs that hold where the world was: lock, record, and the index over them. */
const PLACED = 3;

const never = (): boolean => false;
let calm: Record<Phase, Calm>;

async function folderFor(name: string): Promise<string> {
  const folder = path.join(scratch, name);
  await mkdir(folder);
  await cp(path.join(ROOT, 'examples/quickstart/site.yaml'), path.join(folder, 'site.yaml'));
  return folder;
}

/** Each world has ports of its own, which stand in the addresses of providers. */
const results = async (folder: string): Promise<Pick<Calm, 'lock' | 'blobs'>> => ({
  lock: (await readFile(path.join(folder, 'airlock.lock.json'), 'utf8')).replace(/(127\.0\.0\.1|localhost):\d+/g, '$1'),
  blobs: await readdir(path.join(folder, 'bundle', 'blobs', 'sha256')),
});

beforeAll(async () => {
  const [world, folder] = [await makeWorld(), await folderFor('calm')];
  try {
    const locked = await disturbed(world, folder, 'lock', never);
    const created = await disturbed(world, folder, 'create', never);
    expect([locked.code, created.code, locked.stderr + created.stderr]).toEqual([0, 0, expect.any(String)]);
    const files = await results(folder);
    const calmOf = ({ requests }: typeof locked): Calm => ({
      ...{ asked: requests.length, sent: sentIn(requests), ...files },
    });
    calm = { lock: calmOf(locked), create: calmOf(created) };
  } finally {
    await world.close();
  }
}, 60_000);

interface Outcome {
  readonly context: string;
  readonly phase: Phase;
  readonly code: number | null;
  readonly away: boolean;
  readonly seconds: number;
  /** Bytes beyond those of a calm run. */
  readonly again: number;
  readonly same: boolean;
  /** Blobs that the calm bundle does not have. */
  readonly others: number;
  readonly stderr: string;
}

async function outageAt(phase: Phase, share: number, number: number): Promise<Outcome> {
  const [world, folder] = [await makeWorld(), await folderFor(`run-${number}`)];
  const { asked, sent, lock, blobs } = calm[phase];
  const isTime = (so: number, bytes: number): boolean =>
    phase === 'lock' ? so >= Math.max(1, share * asked) : bytes >= share * sent;
  try {
    const first = await disturbed(world, folder, 'lock', phase === 'lock' ? isTime : never);
    const second = await disturbed(world, folder, 'create', phase === 'create' ? isTime : never);
    const hit = phase === 'lock' ? first : second;
    const found = second.code === 0 ? await results(folder) : { lock: '', blobs: [] };
    return {
      context: `seed ${seed}, run ${number}, ${phase} at ${share.toFixed(2)}`,
      ...{
        phase,
        code: first.code === 0 ? second.code : first.code,
        away: hit.away,
        seconds: hit.seconds,
        again: sentIn(hit.requests) - sent,
      },
      same: found.lock === lock && found.blobs.length === blobs.length,
      others: found.blobs.filter((hex) => !blobs.includes(hex)).length,
      stderr: hit.stderr,
    };
  } finally {
    await world.close();
    await rm(folder, { recursive: true });
  }
}

it(
  `${OUTAGES} outages of ${SECONDS} s need no rerun, and bring the same lock and bundle`,
  async () => {
    const plans = Array.from({ length: OUTAGES }, (_, at) => ({
      ...{ phase: at % 2 === 0 ? ('lock' as const) : ('create' as const), share: random() * 0.9 },
    }));
    const outcomes = await inParallel(Math.min(LANES, OUTAGES), plans, ({ phase, share }) =>
      outageAt(
        phase,
        share,
        plans.findIndex((one) => one.share === share),
      ),
    );
    for (const { context, code, same, others, again, stderr } of outcomes) {
      expect([context, code, same, code === 0 ? '' : stderr]).toEqual([context, 0, true, '']);
      expect([context, others <= PLACED]).toEqual([context, true]);
      expect([context, again, again <= IN_FLIGHT]).toEqual([context, again, true]);
    }
    // An outage that came after the work shows nothing.
    const met = outcomes.filter(({ away, seconds }) => away && seconds > SECONDS);
    const most = Math.max(...outcomes.map(({ again }) => again));
    process.stdout.write(
      `outages: ${met.length} of ${OUTAGES} met the work (seed ${seed}, ${SECONDS} s), no rerun (nor kill), at most ${most} bytes beyond a calm run\n`,
    );
    expect(met.length).toBeGreaterThan(OUTAGES / 2);
  },
  (OUTAGES / LANES + 1) * (SECONDS + 60) * 1000,
);
