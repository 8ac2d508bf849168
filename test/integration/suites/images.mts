/** Images: plain OCI tools read the bundle and the mirror, and what they get is what upstream had. */
import { chmod, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { digestOf } from '../../../core/digest.js';
import type { Lock } from '../../../site/generated/lock.js';
import { mustRun } from '../../harness/processes.mjs';
import { expect, expectEqual, expectMatch, type Suite } from '../../harness/report.mjs';
import { makeFolder } from '../../harness/scratch.mjs';
import { type Journey, type RunningMirror, startMirror } from '../journey/journey.mjs';
import { MODEL } from '../journey/site-files.mjs';
import { pullConformance } from './conformance.mjs';
import { SNAPSHOTTER, startContainerd, trustHost } from '../../harness/containerd.mjs';

const skopeo = (args: readonly string[]): ReturnType<typeof mustRun> =>
  mustRun('skopeo', ['--insecure-policy', ...args], { timeoutMs: 180_000 });

const readJson = async <T,>(file: string): Promise<T> => JSON.parse(await readFile(file, 'utf8')) as T;

interface Index {
  readonly manifests: readonly { readonly digest: string; readonly annotations?: Readonly<Record<string, string>> }[];
}

const REF_NAME = 'org.opencontainers.image.ref.name';

/** Digest of what skopeo gets under a name, bytes as served. */
export async function rawDigest(source: string, options: readonly string[] = []): Promise<string> {
  const { stdout } = await skopeo(['inspect', '--raw', ...options, source]);
  return digestOf(Buffer.from(stdout, 'utf8'));
}

/** An image of the lock, as plain tools name it. */
export interface Named {
  readonly name: string;
  /** In the bundle directory's `index.json`. */
  readonly reference: string;
  /** In the mirror. */
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
  /** Of the platforms that were carried. */
  readonly manifests: readonly string[];
  readonly all: boolean;
}

const tagOf = (reference: string): string => reference.slice(reference.lastIndexOf(':') + 1);

/** The images of the bundle as plain tools see them, with the digests that upstream gave. */
export async function namedImages({ bundle, lock, upstream }: Journey): Promise<Named[]> {
  const { images, derived } = await readJson<Lock>(lock);
  const index = await readJson<Index>(path.join(bundle, 'index.json'));
  const referenceOf = (digest: string): string =>
    index.manifests.find((entry) => entry.digest === digest)?.annotations?.[REF_NAME] ?? '';
  const named = images.map((image): Named => {
    const digest =
      image.complete && image.index !== undefined ? image.index.digest : (image.manifests[0]?.digest ?? '');
    return {
      name: image.name,
      reference: referenceOf(digest),
      repository: image.repository,
      tag: tagOf(image.reference),
      digest,
      manifests: image.manifests.map((manifest) => manifest.digest),
      all: image.complete,
    };
  });
  const known = Object.values(upstream.images).flatMap(({ digest, platforms }) => [
    digest,
    ...Object.values(platforms),
  ]);
  for (const { name, digest } of named) expect(known.includes(digest), `${name}: upstream never had ${digest}`);
  const { kit } = derived;
  const digest = kit.index?.digest ?? kit.manifests[0]?.digest ?? '';
  return [
    ...named,
    {
      ...{
        name: 'kit',
        reference: referenceOf(digest),
        repository: kit.repository,
        tag: kit.version,
        digest,
        all: true,
      },
      manifests: kit.manifests.map((manifest) => manifest.digest),
    },
  ];
}

/** Without `--preserve-digests`: operators copy like this, and no layer of ours may be one that skopeo would compress. */
export async function copied(
  source: string,
  digest: string,
  all: boolean,
  options: readonly string[] = [],
): Promise<void> {
  const target = await makeFolder('skopeo');
  await skopeo(['copy', '--quiet', ...(all ? ['--all'] : []), ...options, source, `oci:${target}:copy`]);
  const { manifests } = await readJson<Index>(path.join(target, 'index.json'));
  expectEqual(manifests[0]?.digest, digest, `digest of the copy of ${source}`);
}

async function bundleDirectory(suite: Suite, journey: Journey, named: readonly Named[]): Promise<void> {
  await suite.check('skopeo reads every image from the bundle directory, digests unchanged', async () => {
    for (const { reference, digest } of named)
      expectEqual(await rawDigest(`oci:${journey.bundle}:${reference}`), digest, `digest of ${reference}`);
    return `${named.length} images`;
  });
  await suite.check('skopeo copies every image out of the bundle directory, digests unchanged', async () => {
    for (const { reference, digest, all } of named) await copied(`oci:${journey.bundle}:${reference}`, digest, all);
    return named.map(({ name }) => name).join(', ');
  });
}

async function runningMirror(
  suite: Suite,
  mirror: RunningMirror,
  tls: RunningMirror,
  ca: string,
  named: readonly Named[],
): Promise<void> {
  const [plain, secure] = [mirror, tls].map(({ url }) => url.replace(/^https?:/, 'docker:')) as [string, string];
  await suite.check('skopeo reads every image from the mirror by tag and by digest', async () => {
    for (const { repository, tag, digest, all } of named) {
      const byDigest = await rawDigest(`${plain}/${repository}@${digest}`, ['--tls-verify=false']);
      expectEqual(byDigest, digest, `digest of ${repository}@${digest}`);
      if (!all) continue; // carried in part: its tag may name only the platform
      expectEqual(
        await rawDigest(`${plain}/${repository}:${tag}`, ['--tls-verify=false']),
        digest,
        `${repository}:${tag}`,
      );
    }
    return `${named.length} images`;
  });
  await suite.check('skopeo copies every image from the mirror, one over TLS with a private authority', async () => {
    for (const { repository, digest, all } of named)
      await copied(`${plain}/${repository}@${digest}`, digest, all, ['--src-tls-verify=false']);
    const [first] = named;
    if (first === undefined) return '0 images';
    const certificates = await makeFolder('certs.d');
    await mustRun('cp', [ca, path.join(certificates, 'ca.crt')]);
    await copied(`${secure}/${first.repository}@${first.digest}`, first.digest, first.all, [
      '--src-cert-dir',
      certificates,
    ]);
    return named.map(({ name }) => name).join(', ');
  });
}

async function conformance(suite: Suite, { lock }: Journey, mirror: RunningMirror): Promise<void> {
  await suite.check('OCI distribution-spec conformance, pull workflow, against the mirror', async () => {
    const image = (await readJson<Lock>(lock)).images.find(({ name }) => name === 'toolbox');
    expect(image?.index !== undefined, 'the toolbox has no index in the lock');
    return pullConformance(await makeFolder('conformance'), {
      authority: new URL(mirror.url).host,
      repository: image.repository,
      tag: tagOf(image.reference),
      manifests: [image.index.digest, ...image.manifests.map(({ digest }) => digest)],
      blobs: image.manifests.flatMap(({ config, layers }) => [config.digest, ...layers.map(({ digest }) => digest)]),
    });
  });
}

async function containers(
  suite: Suite,
  { lock, certificates, upstream }: Journey,
  mirror: RunningMirror,
  tls: RunningMirror,
  named: readonly Named[],
): Promise<void> {
  const containerd = await startContainerd(await makeFolder('containerd'));
  const platform = ['--platform', 'linux/amd64'];
  const pulled = (name: string, from: RunningMirror): string => {
    const image = named.find((one) => one.name === name);
    return `${new URL(from.url).host}/${image?.repository ?? ''}@${image?.digest ?? ''}`;
  };
  try {
    await suite.check('containerd pulls an image from the mirror by digest and runs it', async () => {
      const reference = pulled('toolbox', mirror);
      await containerd.ctr(['images', 'pull', '--plain-http', ...SNAPSHOTTER, ...platform, reference]);
      const script = 'cat /etc/platform; uname -m';
      const { stdout } = await containerd.ctr([
        'run',
        '--rm',
        ...SNAPSHOTTER,
        reference,
        'toolbox',
        '/bin/sh',
        '-c',
        script,
      ]);
      expectEqual(stdout.trim().split(/\s+/)[0], 'linux/amd64', 'what the container says it is');
      return stdout.trim().replace(/\s+/g, ' ');
    });
    await suite.check(
      "containerd pulls the kit's image over TLS; it fetches and verifies the model as a non-root user",
      async () => {
        const { derived } = await readJson<Lock>(lock);
        const model = derived.models.find(({ name }) => name === MODEL);
        expect(model !== undefined, 'the lock derives no manifest for the model');
        await trustHost(containerd, new URL(tls.url).host, certificates.authority);
        const reference = pulled('kit', tls);
        await containerd.ctr([
          'images',
          'pull',
          '--hosts-dir',
          containerd.hosts,
          ...SNAPSHOTTER,
          ...platform,
          reference,
        ]);
        const weights = await makeFolder('weights');
        await mkdir(path.join(weights, 'model'));
        await chmod(weights, 0o777);
        await chmod(path.join(weights, 'model'), 0o777);
        const mounts = [
          `type=bind,src=${weights},dst=/weights,options=rbind:rw`,
          `type=bind,src=${certificates.authority},dst=/etc/ca.pem,options=rbind:ro`,
        ].flatMap((mount) => ['--mount', mount]);
        const program = ['/usr/bin/node', '/opt/airlock/airlock.mjs', 'weights', 'fetch', '--mirror', tls.url];
        const args = [
          '--model',
          `${MODEL}@${model.manifest.digest}`,
          '--into',
          '/weights/model',
          '--ca',
          '/etc/ca.pem',
        ];
        const flags = ['--rm', '--read-only', '--net-host', ...SNAPSHOTTER, ...mounts];
        await containerd.ctr(['run', ...flags, reference, 'kit', ...program, ...args]);
        const { stdout } = await mustRun('sh', [
          '-c',
          'cd "$0" && find . -type f | sort | xargs sha256sum',
          path.join(weights, 'model'),
        ]);
        const found = new Map(
          stdout
            .trim()
            .split('\n')
            .map((line) => [line.slice(68), line.slice(0, 64)]),
        );
        expectEqual([...found].sort(), [...upstream.modelFiles].sort(), 'files that the pod would have');
        const owner = await mustRun('stat', ['-c', '%u', path.join(weights, 'model/config.json')]);
        expectMatch(owner.stdout, /^65532/, 'owner of the files');
        return `${found.size} files, uid ${owner.stdout.trim()}`;
      },
    );
  } finally {
    await containerd.stop();
  }
}

export async function images(suite: Suite, journey: Journey): Promise<void> {
  const { far, store, certificates } = journey;
  const named = await namedImages(journey);
  await bundleDirectory(suite, journey, named);
  const [mirror, tls] = [await startMirror(far, store), await startMirror(far, store, certificates)];
  try {
    await runningMirror(suite, mirror, tls, certificates.authority, named);
    await conformance(suite, journey, mirror);
    await containers(suite, journey, mirror, tls, named);
  } finally {
    await Promise.all([mirror.stop(), tls.stop()]);
  }
}
