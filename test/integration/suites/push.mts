/** `airlock push` into the real registry: what arrives, what a kill costs, what becomes of rot, and what garbage collection leaves. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { digestOf } from '../../../core/digest.js';
import type { PushReport } from '../../../offline-bundle/push/push.js';
import { mustRun, startService, tail } from '../../harness/processes.mjs';
import { expect, expectEqual, expectMatch, type Suite } from '../../harness/report.mjs';
import { makeFolder } from '../../harness/scratch.mjs';
import { MINILM } from '../install/versions.mjs';
import { type DockerRegistry, startDockerRegistry } from '../journey/docker-registry.mjs';
import type { Journey } from '../journey/journey.mjs';
import { MODEL } from '../journey/site-files.mjs';
import { type CountingProxy, startCountingProxy } from './counting-proxy.mjs';
import { copied, type Named, namedImages, rawDigest } from './images.mjs';

const MIB = 1024 * 1024;
const WEIGHTS = `sha256:${MINILM.sha256}`;
const PLAIN = '--tls-verify=false';

interface Place {
  readonly folder: string;
  readonly registry: DockerRegistry;
  /** What the push talks to. */
  readonly proxy: CountingProxy;
  /** Arguments of a push into it, in parts of a MiB. */
  readonly args: (store: string, ...more: readonly string[]) => string[];
}

/** An empty registry. */
async function startPlace(): Promise<Place> {
  const folder = await makeFolder('push');
  const registry = await startDockerRegistry(folder);
  const proxy = await startCountingProxy(registry.authority);
  const target = ['--to', `${proxy.authority}/site`, '--state', path.join(folder, 'state.json')];
  const args = (store: string, ...more: readonly string[]): string[] => {
    return ['push', store, ...target, '--chunk-size', '1', '--json', ...more];
  };
  return { folder, registry, proxy, args };
}

async function inPlace(work: (place: Place) => Promise<void>): Promise<void> {
  const place = await startPlace();
  try {
    await work(place);
  } finally {
    await place.proxy.stop();
    await place.registry.stop();
  }
}

async function pushed({ far }: Journey, args: readonly string[], code = 0): Promise<PushReport> {
  const ran = await far.run(args);
  expectEqual(ran.code, code, `status of the push\n${tail(ran)}`);
  return JSON.parse(ran.stdout) as PushReport;
}

/** Digests that a registry holds bytes under; each must be that of its bytes. */
async function blobsOf({ data }: DockerRegistry): Promise<string[]> {
  const folder = path.join(data, 'docker/registry/v2/blobs/sha256');
  const { stdout } = await mustRun('sh', ['-c', 'find "$0" -name data -exec sha256sum {} +', folder]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const [hash = '', file = ''] = line.split('  ');
      expectEqual(path.basename(path.dirname(file)), hash, `digest of what the registry has in ${file}`);
      return `sha256:${hash}`;
    })
    .sort();
}

/** What the registry says it has, one path for each manifest, tag and blob. */
async function linksOf({ data }: DockerRegistry): Promise<string[]> {
  const entries = await readdir(data, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => (entry.isFile() ? [path.join(entry.parentPath, entry.name)] : [])).sort();
}

/** Every image by its tag, and what was carried of it by the digest of each platform, as a plan pins it. */
async function pulls({ authority }: DockerRegistry, named: readonly Named[]): Promise<string> {
  let manifests = 0;
  for (const { repository, tag, digest, manifests: platforms } of named) {
    const place = `docker://${authority}/site/${repository}`;
    expectEqual(await rawDigest(`${place}:${tag}`, [PLAIN]), digest, `digest of ${repository}:${tag}`);
    for (const platform of platforms) {
      expectEqual(await rawDigest(`${place}@${platform}`, [PLAIN]), platform, `digest of ${repository}@${platform}`);
      await copied(`${place}@${platform}`, platform, false, [`--src${PLAIN.slice(1)}`]);
      manifests += 1;
    }
  }
  return `${named.length} tags, ${manifests} manifests of platforms`;
}

async function arrives(suite: Suite, journey: Journey, place: Place, named: readonly Named[]): Promise<void> {
  const { proxy, registry, args } = place;
  await suite.check(
    'everything of the store goes into docker-registry, and every blob there has its digest',
    async () => {
      const { bytes, blobs, tags, unresolvable } = await pushed(journey, args(journey.store));
      expectEqual(proxy.uploaded(), bytes.sent, 'bytes of blobs that went over the network');
      expectEqual(unresolvable.length, 1, 'indexes of which a platform was not carried');
      return `${blobs.sent} blobs, ${proxy.uploaded()} bytes, ${tags.set} tags, ${(await blobsOf(registry)).length} in the registry`;
    },
  );
  await suite.check('skopeo gets every image by tag and by digest, and copies each platform', () =>
    pulls(registry, named),
  );
  await suite.check('a second push sends no blob', async () => {
    const [before, writes] = [proxy.uploaded(), proxy.writes.length];
    const { blobs } = await pushed(journey, args(journey.store));
    expectEqual([blobs.sent, blobs.mounted, proxy.uploaded() - before], [0, 0, 0], 'blobs sent, mounted, and bytes');
    const refused = proxy.writes.slice(writes);
    // The index that the registry does not take, offered once more.
    expect(
      refused.every((line) => /^PUT .*vllm-openai\/manifests\//.test(line)),
      refused.join('\n'),
    );
    return `${blobs.present} blobs there, ${refused.length} manifest offered again`;
  });
}

/** An image index under its digest alone, without a tag. @returns its digest */
async function putUntagged({ authority }: DockerRegistry, repository: string): Promise<string> {
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const body = JSON.stringify({ schemaVersion: 2, mediaType, manifests: [] });
  const digest = digestOf(Buffer.from(body));
  const url = `http://${authority}/v2/site/${repository}/manifests/${digest}`;
  const answer = await fetch(url, { method: 'PUT', headers: { 'Content-Type': mediaType }, body });
  expectEqual(answer.status, 201, 'answer to a manifest without a tag');
  return digest;
}

async function collected(suite: Suite, { folder, registry }: Place, named: readonly Named[]): Promise<void> {
  await suite.check('garbage-collect -m takes what has no tag, and nothing that was pushed', async () => {
    const before = await linksOf(registry);
    const untagged = await putUntagged(registry, named[0]?.repository ?? '');
    await registry.stop();
    const ran = await mustRun('docker-registry', ['garbage-collect', '-m', registry.config], {
      env: { OTEL_TRACES_EXPORTER: 'none' },
    });
    const eligible = [...tail(ran, Infinity).matchAll(/(\w+) eligible for deletion: (\S+)/g)].map((match) => match[2]);
    expectEqual(eligible, [untagged, untagged], 'manifest and blob that are taken');
    const left = new Set(await linksOf(registry));
    expectEqual(
      before.filter((file) => !left.has(file)),
      [],
      'files that are gone',
    );
    return `${before.length} files of the registry stay`;
  });
  await suite.check('skopeo still gets and copies all of it afterwards', async () => {
    const again = await startDockerRegistry(folder);
    try {
      return await pulls(again, named);
    } finally {
      await again.stop();
    }
  });
}

/** Pushes until so many bytes of the weights have passed, and kills. */
async function killedAt({ far, store }: Journey, { proxy, args, folder }: Place, bytes: number): Promise<void> {
  proxy.holdAt(bytes);
  const service = await startService(process.execPath, ['airlock.mjs', ...args(store, '--only', 'models')], {
    cwd: far.folder,
    ready: () => proxy.isHeld(),
  });
  process.kill(service.pid, 'SIGKILL');
  await service.stop();
  proxy.release();
  // The weights, or their image form where an earlier suite derived it.
  expectMatch(await readFile(path.join(folder, 'state.json'), 'utf8'), /@sha256:[0-9a-f]{64}"/, 'notes of the push');
}

const KILLS = [
  { name: 'between two parts', at: 20 * MIB, kept: 20 * MIB },
  // docker-registry 2.8 forgets an upload whose part broke off.
  { name: 'in the middle of a part', at: 20.5 * MIB, kept: 0 },
] as const;

async function kills(suite: Suite, journey: Journey): Promise<void> {
  for (const { name, at, kept } of KILLS)
    await inPlace(async (place) => {
      await suite.check(`killed ${name} of the weights, a push is run again and ends well`, async () => {
        const { proxy, registry, args } = place;
        await killedAt(journey, place, at);
        const first = proxy.uploaded();
        const { bytes } = await pushed(journey, args(journey.store, '--only', 'models'));
        const second = proxy.uploaded() - first;
        expectEqual(bytes.resumed, kept, 'bytes that it had not to send again');
        expectEqual(
          [second, second + bytes.resumed],
          [bytes.network, bytes.sent],
          'bytes over the network the second time',
        );
        expect((await blobsOf(registry)).includes(WEIGHTS), 'the registry does not have the weights');
        expect(!(await readdir(place.folder)).includes('state.json'), 'notes are left');
        return `${first} bytes the first time, ${second} the second, ${bytes.resumed} resumed, ${bytes.present} there`;
      });
    });
}

/** A store in which one byte of the weights has changed. @returns its folder, and the digest of what lies there */
async function rottenStore(store: string): Promise<{ readonly copy: string; readonly rot: string }> {
  const copy = path.join(await makeFolder('rot'), 'store');
  await mustRun('cp', ['-al', store, copy]);
  const file = path.join(copy, 'blobs/sha256', MINILM.sha256);
  const bytes = await readFile(file);
  bytes[80 * MIB] = (bytes[80 * MIB] ?? 0) ^ 1;
  await rm(file); // a hard link: the store itself stays as it is
  await writeFile(file, bytes);
  return { copy, rot: digestOf(bytes) };
}

async function rots(suite: Suite, journey: Journey, named: readonly Named[]): Promise<void> {
  await inPlace(async ({ args, registry }) => {
    await suite.check(
      'weights that rot in the store never become a blob of the registry, and the rest arrives',
      async () => {
        const { copy, rot } = await rottenStore(journey.store);
        const { result, problems } = await pushed(journey, args(copy), 1);
        expectEqual(result, 'fail', 'result');
        expect(
          problems.some((problem) => problem.includes(WEIGHTS)),
          `nothing names ${WEIGHTS}:\n${problems.join('\n')}`,
        );
        const blobs = await blobsOf(registry);
        expectEqual(
          blobs.filter((digest) => digest === WEIGHTS || digest === rot),
          [],
          'weights in the registry',
        );
        const model = await fetch(`http://${registry.authority}/v2/site/models/${MODEL}/tags/list`);
        const { tags = [] } = (await model.json()) as { readonly tags?: string[] | null };
        expectEqual(tags ?? [], [], 'tags of the model');
        for (const { repository, tag, digest } of named)
          expectEqual(
            await rawDigest(`docker://${registry.authority}/site/${repository}:${tag}`, [PLAIN]),
            digest,
            repository,
          );
        return `${blobs.length} blobs arrived; ${problems[0] ?? ''}`;
      },
    );
  });
}

export async function pushes(suite: Suite, journey: Journey): Promise<void> {
  const named = await namedImages(journey);
  await inPlace(async (place) => {
    await arrives(suite, journey, place, named);
    await collected(suite, place, named);
  });
  await kills(suite, journey);
  await rots(suite, journey, named);
}
