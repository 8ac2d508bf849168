/** The connected side: keys, lock, bundle, and the far side's program. */
import { randomBytes } from 'node:crypto';
import { cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { formatBytes } from '../../core/format-bytes.js';
import { show } from '../../core/visible.js';
import { GGUF_START_BYTES } from '../../offline-bundle/resolve/resolve-shape.js';
import { loadLock } from '../../site/lock/lock-file.js';
import { quickstartWorld } from '../../test/outside-world/quickstart.js';
import { startWorld, type World } from '../../test/outside-world/world.js';
import { print } from '../ui/output.mjs';
import { airlock, MEDIA, nearEnvironment, npmRun, type Places, ROOT } from './places.mjs';
import { lineWith, type Steps } from './steps.mjs';

/** What the outside world saw: each byte of the weights once, the start of a GGUF file once more for its lock, and no credentials where they do not belong. */
async function askOutsideWorld(world: World, lockFile: string): Promise<string> {
  const { models } = await loadLock(lockFile);
  const large = models.flatMap(({ files }) => files).filter((file) => file.sha256From === 'hub');
  const expected = large.reduce((sum, file) => sum + file.size, 0);
  const headers = large
    .filter(({ path: name }) => name.endsWith('.gguf'))
    .reduce((sum, { size }) => sum + Math.min(size, GGUF_START_BYTES), 0);
  const sent = (world.hub?.cdn.requests ?? []).reduce((sum, request) => sum + request.bytesSent, 0);
  if (sent !== expected + headers) {
    throw new Error(`weights are ${expected} bytes and GGUF headers ${headers}, but ${sent} were sent`);
  }
  const others = [
    ...Object.values(world.registries).map(({ elsewhere }) => elsewhere),
    ...(world.hub ? [world.hub.cdn] : []),
  ];
  const leaked = others
    .flatMap(({ requests }) => requests)
    .filter(({ headers }) => headers.authorization !== undefined);
  if (leaked.length > 0)
    throw new Error(`credentials went to another host: ${leaked.map(({ url }) => url).join(', ')}`);
  return `${world.requests().length} requests; ${formatBytes(expected)} of weights, each byte sent once, GGUF headers twice`;
}

async function lockAndBundle(steps: Steps, { near }: Places, world: World): Promise<void> {
  const env = {
    ...nearEnvironment(),
    ...world.environment,
    AIRLOCK_KEY_PASSPHRASE: randomBytes(12).toString('hex'),
    DOCKER_CONFIG: path.join(near, 'no-docker-config'),
  };
  const here = { cwd: near, env };
  const files = ['--site', 'site.yaml', '--lock', 'airlock.lock.json'];
  const create = ['bundle', 'create', ...files, '--out', MEDIA];
  await steps.command({
    title: 'create a signing key',
    ...airlock('keys', 'create', '--out', 'keys', '--name', 'release'),
    ...here,
    result: lineWith('key '),
  });
  await steps.command({ title: 'lock the site', ...airlock('lock', ...files), ...here });
  await steps.command({ title: 'check the lock', ...airlock('lock', ...files, '--check'), ...here });
  const planned = await steps.command({
    title: 'plan the bundle',
    ...airlock(...create, '--dry-run'),
    ...here,
    result: lineWith('disk '),
  });
  const index = /sha256:[0-9a-f]{64}/.exec(lineWith('index ')(planned))?.[0] ?? 'no digest';
  await steps.command({
    title: 'create and seal the bundle',
    ...airlock(...create, '--key', 'keys/release.key'),
    ...here,
    fault: ({ stdout }) => (stdout.includes(index) ? undefined : `the dry run announced ${index}`),
    result: lineWith('sealed by'),
  });
  const lockFile = path.join(near, 'airlock.lock.json');
  await steps.check('ask the outside world what it saw', () => askOutsideWorld(world, lockFile));
  const { airlockMjs } = (await loadLock(lockFile)).derived.kit;
  await steps.command({
    title: 'build the far side’s program',
    ...npmRun('build'),
    cwd: ROOT,
    env,
    fault: ({ stdout }) => (stdout.includes(airlockMjs.digest) ? undefined : `the lock says ${airlockMjs.digest}`),
  });
}

/** Leaves a sealed bundle on the media, and `airlock.mjs` and the public key on the far side. */
export async function nearSide(steps: Steps, places: Places): Promise<void> {
  const { near, far } = places;
  const world = await startWorld(await quickstartWorld());
  try {
    print(show`The outside world of this run, on loopback: ${Object.keys(world.upstreams).join(', ')} and a Hub.`);
    await cp(path.join(ROOT, 'examples/quickstart'), near, { recursive: true });
    await lockAndBundle(steps, places, world);
  } finally {
    await world.close();
  }
  await mkdir(far);
  await cp(path.join(ROOT, 'dist/airlock.mjs'), path.join(far, 'airlock.mjs'));
  await cp(path.join(near, 'keys/release.pub'), path.join(far, 'release.pub'));
  print([
    show``,
    show`The outside world is off. The far side has the media and, by another path, airlock.mjs and release.pub.`,
  ]);
}
