/** Weights: the kit's image, run by containerd as a non-root user, stops at every damage and names the file. */
import { chmod, cp, mkdir, open, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Digest, hexOf } from '../../../core/digest.js';
import type { Lock } from '../../../site/generated/lock.js';
import { mustRun, type Ran, run, tail } from '../../harness/processes.mjs';
import { expect, expectEqual, expectMatch, type Suite } from '../../harness/report.mjs';
import { makeFolder } from '../../harness/scratch.mjs';
import { airlockOk } from '../journey/kit.mjs';
import { type Journey, type RunningMirror, startMirror } from '../journey/journey.mjs';
import { MODEL } from '../journey/site-files.mjs';
import { type Containerd, SNAPSHOTTER, startContainerd } from '../../harness/containerd.mjs';

const WEIGHTS = 'model.safetensors';
const PROGRAM = ['/usr/bin/node', '/opt/airlock/airlock.mjs', 'weights'];
const PLATFORM = ['--platform', 'linux/amd64'];

const readLock = async (file: string): Promise<Lock> => JSON.parse(await readFile(file, 'utf8')) as Lock;

/** Everybody may write: containers run as another user. */
async function openFolder(name: string): Promise<string> {
  const folder = await makeFolder(name);
  await chmod(folder, 0o777);
  return folder;
}

interface Kit {
  readonly containerd: Containerd;
  /** Reference of the kit's image. */
  readonly image: string;
  readonly mirror: string;
  readonly model: Digest;
}

interface Bind {
  readonly from: string;
  readonly to: string;
  readonly readOnly?: boolean;
}

let containers = 0;

/** Runs the kit in a container with a read-only root, as the user of its image. */
function inContainer({ containerd, image }: Kit, args: readonly string[], binds: readonly Bind[]): Promise<Ran> {
  const mounts = binds.flatMap(({ from, to, readOnly = false }) => [
    '--mount',
    `type=bind,src=${from},dst=${to},options=rbind:${readOnly ? 'ro' : 'rw'}`,
  ]);
  const flags = ['--rm', '--read-only', '--net-host', ...SNAPSHOTTER, ...mounts];
  return containerd.attempt(['run', ...flags, image, `weights-${(containers += 1)}`, ...PROGRAM, ...args]);
}

interface Damage {
  readonly name: string;
  readonly says: RegExp;
  /** @param folder that holds exactly the model */
  readonly make: (folder: string) => Promise<unknown>;
}

/** One bit in the middle, in place: size and name stay. */
async function flipBit(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  const byte = Buffer.alloc(1);
  const at = Math.floor((await handle.stat()).size / 2);
  await handle.read(byte, 0, 1, at);
  byte[0] = (byte[0] ?? 0) ^ 1;
  await handle.write(byte, 0, 1, at);
  await handle.close();
}

const DAMAGES: readonly Damage[] = [
  {
    name: 'a flipped bit',
    says: /changed: model\.safetensors hashes to sha256:/,
    make: (folder) => flipBit(path.join(folder, WEIGHTS)),
  },
  {
    name: 'a missing file',
    says: /missing: config\.json/,
    make: (folder) => rm(path.join(folder, 'config.json')),
  },
  {
    name: 'an unlisted file',
    says: /unlisted: modeling_evil\.py/,
    make: (folder) => writeFile(path.join(folder, 'modeling_evil.py'), 'import os\n'),
  },
  {
    name: 'a renamed file',
    says: /missing: model\.safetensors\n.*unlisted: model\.bin/s,
    make: (folder) => rename(path.join(folder, WEIGHTS), path.join(folder, 'model.bin')),
  },
  {
    name: 'a truncated file',
    says: /changed: model\.safetensors has \d+ bytes instead of \d+/,
    make: async (folder) => {
      const file = path.join(folder, WEIGHTS);
      await truncate(file, (await stat(file)).size - 1);
    },
  },
];

const stopped = (ran: Ran, says: RegExp): string => {
  expectEqual(ran.code, 1, `status of the container:\n${tail(ran)}\nstatus`);
  expectMatch(tail(ran), says, 'what the container said');
  return says.exec(tail(ran))?.[0].split('\n').at(-1)?.slice(0, 60) ?? '';
};

const passed = (ran: Ran, says: RegExp): string => {
  expectEqual(ran.code, 0, `status of the container:\n${tail(ran)}\nstatus`);
  expectMatch(tail(ran), says, 'what the container said');
  return says.exec(tail(ran))?.[0] ?? '';
};

/** `weights verify` over a folder that is there: an image volume, or a shared claim. */
async function verifying(suite: Suite, kit: Kit, good: string, manifests: string): Promise<void> {
  const args = ['verify', '--manifest', '/etc/airlock/manifests/m.json', '--digest', kit.model, '--dir', '/models/m'];
  const verify = (folder: string): Promise<Ran> =>
    inContainer(kit, args, [
      { from: folder, to: '/models/m', readOnly: true },
      { from: manifests, to: '/etc/airlock/manifests', readOnly: true },
    ]);
  await suite.check('the verifying container passes a good folder, mounted read-only', async () =>
    passed(await verify(good), /\d+ files, .*nothing else/),
  );
  for (const { name, says, make } of DAMAGES) {
    await suite.check(`the verifying container stops at ${name}`, async () => {
      const folder = await openFolder('damaged');
      await cp(good, folder, { recursive: true });
      await make(folder);
      return stopped(await verify(folder), says);
    });
  }
}

/** `weights fetch --cache`: the volume of a replica. */
async function caching(suite: Suite, kit: Kit, mirror: RunningMirror): Promise<void> {
  const fetch = (cache: string, from = kit.mirror, more: readonly string[] = []): Promise<Ran> => {
    const args = ['fetch', '--mirror', from, '--model', `${MODEL}@${kit.model}`, '--cache', '/cache', ...more];
    return inContainer(kit, args, [{ from: cache, to: '/cache' }]);
  };
  const filled = await openFolder('cache');
  await suite.check(
    'the fetching container fills a volume; the next one hashes nothing and needs no mirror',
    async () => {
      const first = passed(await fetch(filled), /(\d+) fetched, 0 hashed/);
      const again = passed(await fetch(filled, 'http://127.0.0.1:9'), /0 fetched, 0 hashed, \d+ unchanged/);
      return `${first}; then ${again}`;
    },
  );
  await suite.check('--rehash hashes all of it again', async () =>
    passed(await fetch(filled, mirror.url, ['--rehash']), /0 fetched, [1-9]\d* hashed/),
  );
  for (const { name, says, make } of DAMAGES) {
    await suite.check(`the fetching container stops at ${name} in its volume, and mends nothing`, async () => {
      const cache = await openFolder('cache');
      passed(await fetch(cache), /fetched/);
      await make(path.join(cache, hexOf(kit.model)));
      stopped(await fetch(cache), says);
      return stopped(await fetch(cache), says);
    });
  }
}

/** The image form: pulled with every digest checked, and the same files in the end. */
async function imageForm(suite: Suite, kit: Kit, journey: Journey, manifests: string): Promise<void> {
  const { containerd } = kit;
  const { hostname, port } = new URL(kit.mirror);
  let reference = '';
  await suite.check('weights derive gives the same digests from the bundle and from the store', async () => {
    const lockOf = async (from: string): Promise<string> => {
      const lock = path.join(await makeFolder('derive'), 'airlock.lock.json');
      await cp(journey.lock, lock);
      await airlockOk(['weights', 'derive', '--lock', lock, '--from', from]);
      return readFile(lock, 'utf8');
    };
    const [fromBundle, fromStore] = [await lockOf(journey.bundle), await lockOf(journey.store)];
    expect(fromBundle === fromStore, 'two locks differ');
    const image = (JSON.parse(fromStore) as Lock).derived.models.find(({ name }) => name === MODEL)?.image;
    const digest = image?.manifests.find(({ platform }) => platform === 'linux/amd64')?.digest ?? '';
    reference = `${hostname}:${port}/${image?.repository ?? ''}@${digest}`;
    return digest.slice(0, 19);
  });
  await suite.check('skopeo copies the model image from the mirror, digests preserved', async () => {
    const target = await makeFolder('model-image');
    const options = ['copy', '--quiet', '--preserve-digests', '--src-tls-verify=false'];
    await mustRun('skopeo', ['--insecure-policy', ...options, `docker://${reference}`, `oci:${target}:model`]);
    const index = JSON.parse(await readFile(path.join(target, 'index.json'), 'utf8')) as {
      manifests: { digest: string }[];
    };
    expectEqual(index.manifests[0]?.digest, reference.split('@')[1], 'digest of the copy');
    return index.manifests[0]?.digest.slice(0, 19) ?? '';
  });
  await suite.check('containerd pulls and unpacks it; the verifying container passes its folder', async () => {
    await containerd.ctr(['images', 'pull', '--plain-http', ...SNAPSHOTTER, ...PLATFORM, reference]);
    const mounted = await makeFolder('image-volume');
    await containerd.ctr(['images', 'mount', ...SNAPSHOTTER, ...PLATFORM, reference, mounted]);
    try {
      const folder = path.join(mounted, 'models', MODEL);
      const args = ['--manifest', '/etc/airlock/manifests/m.json', '--digest', kit.model, '--dir', '/models/m'];
      return passed(
        await inContainer(
          kit,
          ['verify', ...args],
          [
            { from: folder, to: '/models/m', readOnly: true },
            { from: manifests, to: '/etc/airlock/manifests', readOnly: true },
          ],
        ),
        /\d+ files, .*nothing else/,
      );
    } finally {
      await run('umount', [mounted]);
    }
  });
}

export async function weights(suite: Suite, journey: Journey): Promise<void> {
  const { kit: locked, models } = (await readLock(journey.lock)).derived;
  const model = models.find(({ name }) => name === MODEL)?.manifest.digest;
  expect(model !== undefined, 'the lock derives no manifest for the model');
  const mirror = await startMirror(journey.far, journey.store);
  const containerd = await startContainerd(await makeFolder('containerd'));
  const digest = locked.index?.digest ?? locked.manifests[0]?.digest ?? '';
  const image = `${new URL(mirror.url).host}/${locked.repository}@${digest}`;
  const kit: Kit = { containerd, image, mirror: mirror.url, model };
  try {
    await containerd.ctr(['images', 'pull', '--plain-http', ...SNAPSHOTTER, ...PLATFORM, image]);
    const [volume, manifests] = [await openFolder('volume'), await openFolder('manifests')];
    await cp(path.join(journey.store, 'blobs/sha256', hexOf(model)), path.join(manifests, 'm.json'));
    await mkdir(path.join(volume, 'm'));
    await chmod(path.join(volume, 'm'), 0o777);
    await suite.check('the fetching container brings the model into an empty folder', async () => {
      const args = ['fetch', '--mirror', mirror.url, '--model', `${MODEL}@${model}`, '--into', '/models/m'];
      return passed(await inContainer(kit, args, [{ from: volume, to: '/models' }]), /\d+ fetched/);
    });
    await verifying(suite, kit, path.join(volume, 'm'), manifests);
    await caching(suite, kit, mirror);
    await imageForm(suite, kit, journey, manifests);
  } finally {
    await containerd.stop();
    await mirror.stop();
  }
}
