/** Wrong inputs: each is refused with a message that names it, the right exit code, and nothing visible left behind. */
import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeImage } from '../../outside-world/images.js';
import { startRegistry } from '../../outside-world/registry.js';
import { mustRun, type Ran, tail } from '../../harness/processes.mjs';
import { expect, expectEqual, expectMatch, type Suite } from '../../harness/report.mjs';
import { makeFolder } from '../../harness/scratch.mjs';
import { MINILM } from '../install/versions.mjs';
import { type Journey } from '../journey/journey.mjs';
import { airlock, airlockOk } from '../journey/kit.mjs';
import { siteYaml } from '../journey/site-files.mjs';

interface Refusal {
  readonly code: number;
  /** All of these must be in what is printed. */
  readonly says: readonly RegExp[];
  /** What may lie there afterwards besides what lay there before, for the next run to go on from. */
  readonly keeps?: readonly string[];
}

/** The line of an error, from its code on. */
const ERROR = /^error(\[[A-Z_]+\]: .*)$/m;

/** Checks code and message, and that the folder holds what it held before. */
async function refused(
  folder: string,
  before: readonly string[],
  ran: Ran,
  { code, says, keeps = [] }: Refusal,
): Promise<string> {
  expect(ran.code === code, `ended with status ${ran.code}, not ${code}:\n${tail(ran)}`);
  for (const pattern of says) expectMatch(ran.stderr + ran.stdout, pattern, 'message');
  expectMatch(ran.stderr, ERROR, 'an error line');
  const left = (await readdir(folder)).filter((name) => !keeps.includes(name));
  expectEqual(left.sort(), [...before].sort(), 'files in the folder');
  return `status ${code}: ${ERROR.exec(ran.stderr)?.[1]?.slice(0, 90) ?? ''}`;
}

/** A run that has asked upstream keeps what it has hashed. */
const HASHED = ['airlock.lock.json.unfinished'];

/** Runs `airlock lock` on a changed site in a folder of its own. */
async function lockWith(
  journey: Journey,
  change: (yaml: string) => string,
  refusal: Refusal,
  options: readonly string[] = [],
): Promise<string> {
  const folder = await makeFolder('wrong');
  await writeFile(path.join(folder, 'site.yaml'), change(siteYaml(journey.upstream)));
  const { upstream } = journey;
  const ran = await airlock(['lock', ...upstream.options, ...options], { cwd: folder, env: upstream.env });
  return refused(folder, ['site.yaml'], ran, refusal);
}

async function siteFaults(suite: Suite, journey: Journey): Promise<void> {
  const { toolbox } = journey.upstream.images;
  await suite.check('an unknown key in site.yaml', () =>
    lockWith(journey, (yaml) => yaml.replace('maxModelLen:', 'maxModelLength:'), {
      code: 2,
      says: [/site\.yaml:\d+:\d+/, /maxModelLength/, /maxModelLen\b/],
    }),
  );
  await suite.check('a wrong type in site.yaml', () =>
    lockWith(journey, (yaml) => yaml.replace('gpusPerNode: 8', 'gpusPerNode: eight'), {
      code: 2,
      says: [/site\.yaml:\d+:\d+/, /gpusPerNode/, /integer/],
    }),
  );
  await suite.check('a revision that is a branch', () =>
    lockWith(journey, (yaml) => yaml.replace(MINILM.revision, 'main'), {
      code: 2,
      says: [/site\.yaml:\d+:\d+/, /revision/, /40/, /main/],
    }),
  );
  await suite.check('an image that does not exist', () =>
    lockWith(journey, (yaml) => yaml.replace(toolbox.reference, `${toolbox.reference}-no-such-tag`), {
      code: 2,
      says: [/1\.35-no-such-tag/],
      keeps: HASHED,
    }),
  );
  await suite.check('a registry that answers 401', async () => {
    const image = await makeImage({ layers: [{ 'etc/hello': 'hello\n' }] });
    const credentials = { username: 'someone', password: 'else' };
    const registry = await startRegistry({ images: { 'private/tool:1': image }, auth: { kind: 'basic', credentials } });
    try {
      const upstream = ['--upstream', `${registry.authority}=${registry.url}`];
      const change = (yaml: string): string => yaml.replace(toolbox.reference, `${registry.authority}/private/tool:1`);
      return await lockWith(
        journey,
        change,
        { code: 3, says: [/401|credentials|log ?in|authenticat/i, /private\/tool/], keeps: HASHED },
        upstream,
      );
    } finally {
      await registry.close();
    }
  });
}

async function onSmallDisk<T>(options: string, body: (folder: string) => Promise<T>): Promise<T> {
  const disk = await makeFolder('disk');
  await mustRun('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk]);
  try {
    return await body(disk);
  } finally {
    await mustRun('umount', [disk]);
  }
}

async function fullDisks(suite: Suite, journey: Journey): Promise<void> {
  const { site, lock, bundle, keys, upstream, far } = journey;
  const create = (out: string): Promise<Ran> => {
    const args = ['--site', site, '--lock', lock, '--out', out, '--key', keys.alice.private];
    return airlock(['bundle', 'create', ...args, ...upstream.options], { env: upstream.env });
  };
  const bringIn = (store: string): Promise<Ran> =>
    far.run(['import', bundle, '--store', store, '--trust', keys.alice.public]);
  await suite.check('bundle create onto a disk that is too small says so before the first byte', () =>
    onSmallDisk('size=16m', async (disk) =>
      refused(disk, [], await create(path.join(disk, 'bundle')), {
        code: 3,
        says: [/needs/, /free/],
      }),
    ),
  );
  await suite.check('import onto a disk that is too small says so before the first byte', () =>
    onSmallDisk('size=16m', async (disk) =>
      refused(disk, [], await bringIn(path.join(disk, 'store')), { code: 3, says: [/needs/, /free/] }),
    ),
  );
  // A disk with room in bytes that ends in the middle all the same: it runs out of inodes.
  await suite.check(
    'bundle create onto a disk that fills up on the way shows no bundle, and goes on once there is room',
    () =>
      onSmallDisk('size=1g,nr_inodes=14', async (disk) => {
        const out = path.join(disk, 'bundle');
        const ran = await create(out);
        expect(ran.code === 3, `ended with status ${ran.code}:\n${tail(ran)}`);
        expectMatch(ran.stderr, /ENOSPC|full|space/i, 'message');
        expect(!(await readdir(disk)).includes('bundle'), 'a bundle is visible');
        await mustRun('mount', ['-o', 'remount,size=1g,nr_inodes=4096', disk]);
        const again = await create(out);
        expect(again.code === 0, `with room it ended with status ${again.code}:\n${tail(again)}`);
        expectEqual(await readdir(disk), ['bundle'], 'files on the disk');
        return 'status 3, then the same command finishes';
      }),
  );
  await suite.check('import onto a disk that fills up on the way serves nothing, and goes on once there is room', () =>
    onSmallDisk('size=1g,nr_inodes=18', async (disk) => {
      const store = path.join(disk, 'store');
      const ran = await bringIn(store);
      expect(ran.code === 3, `ended with status ${ran.code}:\n${tail(ran)}`);
      expectMatch(ran.stderr, /ENOSPC|full|space/i, 'message');
      expectEqual(await readdir(path.join(store, 'roots')).catch(() => []), [], 'roots of the store');
      await mustRun('mount', ['-o', 'remount,size=1g,nr_inodes=4096', disk]);
      const again = await bringIn(store);
      expect(again.code === 0, `with room it ended with status ${again.code}:\n${tail(again)}`);
      return 'status 3, then the same command finishes';
    }),
  );
}

async function wrongLock(suite: Suite, { site, lock, keys, upstream }: Journey): Promise<void> {
  await suite.check('a lock for another site', async () => {
    const folder = await makeFolder('wrong');
    const other = (await readFile(lock, 'utf8')).replace('"site": "integration"', '"site": "elsewhere"');
    await writeFile(path.join(folder, 'airlock.lock.json'), other);
    const args = ['--site', site, '--lock', 'airlock.lock.json'];
    const files = ['airlock.lock.json'];
    const says = [/elsewhere/, /integration/];
    await refused(folder, files, await airlock(['lock', '--check', ...args], { cwd: folder }), { code: 1, says });
    const create = ['bundle', 'create', ...args, '--out', 'bundle', '--key', keys.alice.private, ...upstream.options];
    const ran = await airlock(create, { cwd: folder, env: upstream.env });
    return refused(folder, files, ran, { code: ran.code === 1 ? 1 : 2, says });
  });
}

async function wrongBundles(suite: Suite, journey: Journey): Promise<void> {
  const { bundle, keys, far, folder } = journey;
  const store = path.join(await makeFolder('wrong-store'), 'store');
  const roots = async (): Promise<string[]> => readdir(path.join(store, 'roots')).catch(() => []);
  const bothRefuse = async (dir: string, key: string, says: RegExp): Promise<string> => {
    const [verified, imported] = [
      await far.run(['verify', dir, '--trust', key]),
      await far.run(['import', dir, '--store', store, '--trust', key]),
    ];
    expectEqual(
      [verified.code, imported.code],
      [1, 1],
      `status of verify and import\n${tail(verified)}\n${tail(imported)}`,
    );
    expectMatch(verified.stdout + verified.stderr, says, 'what verify says');
    expectMatch(imported.stdout + imported.stderr, says, 'what import says');
    expectEqual(await roots(), [], 'roots of the store');
    return `status 1: ${/^(?:REFUSED|error): .*/m.exec(imported.stdout + imported.stderr)?.[0].slice(0, 90) ?? ''}`;
  };
  await suite.check('a bundle cut short', async () => {
    const copy = path.join(folder, 'cut');
    await mustRun('cp', ['-al', bundle, copy]);
    const weights = path.join(copy, 'blobs/sha256', MINILM.sha256);
    await mustRun('cp', ['--remove-destination', path.join(bundle, 'blobs/sha256', MINILM.sha256), weights]);
    await truncate(weights, 40_000_000);
    return bothRefuse(copy, keys.alice.public, new RegExp(`model\\.safetensors|${MINILM.sha256.slice(0, 12)}`));
  });
  await suite.check('an untrusted key', async () => {
    const strangers = await makeFolder('stranger');
    await mkdir(path.join(strangers, 'keys'));
    await airlockOk(['keys', 'create', '--out', path.join(strangers, 'keys'), '--name', 'mallory']);
    return bothRefuse(bundle, path.join(strangers, 'keys/mallory.pub'), /trust|sign/i);
  });
  await suite.check('import without any trusted key', async () => {
    const ran = await far.run(['import', bundle, '--store', store]);
    expect(ran.code === 1 || ran.code === 2, `ended with status ${ran.code}:\n${tail(ran)}`);
    expectMatch(ran.stderr, /--trust/, 'message');
    expectEqual(await roots(), [], 'roots of the store');
    return `status ${ran.code}`;
  });
}

export async function wrongInputs(suite: Suite, journey: Journey): Promise<void> {
  await siteFaults(suite, journey);
  await wrongLock(suite, journey);
  await wrongBundles(suite, journey);
  await fullDisks(suite, journey);
}
