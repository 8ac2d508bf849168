/** Images made from Debian packages with tar and umoci, pushed with skopeo. */
import { chmod, copyFile, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mustRun } from '../../harness/processes.mjs';
import { unpackedFolder } from '../install/image-packages.mjs';
import { type ImageArchitecture } from '../install/versions.mjs';

/** Puts one platform's root file system into an empty folder. */
type Filler = (rootfs: string, architecture: ImageArchitecture) => Promise<void>;

const APPLETS = ['cat', 'echo', 'ls', 'sh', 'sha256sum', 'sleep', 'test', 'true', 'uname'];

const busybox: Filler = async (rootfs, architecture) => {
  await Promise.all(['bin', 'etc', 'tmp'].map((name) => mkdir(path.join(rootfs, name), { recursive: true })));
  await copyFile(path.join(unpackedFolder(architecture), 'bin/busybox'), path.join(rootfs, 'bin/busybox'));
  await Promise.all(APPLETS.map((name) => symlink('busybox', path.join(rootfs, 'bin', name))));
  await writeFile(path.join(rootfs, 'etc/platform'), `linux/${architecture}\n`);
  await writeFile(path.join(rootfs, 'etc/passwd'), 'root:x:0:0:root:/:/bin/sh\n');
};

/** This machine's own Node with the C and C++ libraries of Debian; a stand-in that cannot run elsewhere. */
const node: Filler = async (rootfs, architecture) => {
  await busybox(rootfs, architecture);
  await mkdir(path.join(rootfs, 'usr/bin'), { recursive: true });
  const program = path.join(rootfs, 'usr/bin/node');
  if (architecture !== 'amd64') {
    await copyFile(path.join(rootfs, 'bin/busybox'), program);
    return;
  }
  await copyFile(process.execPath, program);
  await chmod(program, 0o755);
  await Promise.all(['lib', 'lib64', 'usr/lib'].map((name) => mkdir(path.join(rootfs, name), { recursive: true })));
  const packages = unpackedFolder(architecture);
  const libraries = ['lib/x86_64-linux-gnu', 'lib64', 'usr/lib/x86_64-linux-gnu'].map((name) =>
    path.join(packages, name),
  );
  for (const from of libraries) {
    const to = path.join(rootfs, path.relative(packages, path.dirname(from)));
    await mustRun('cp', ['-a', from, to === path.join(rootfs, '') ? `${rootfs}/` : to]);
  }
  await rm(path.join(rootfs, 'usr/lib/x86_64-linux-gnu/gconv'), { recursive: true, force: true });
};

export interface PushedImage {
  /** `host:port/repository:tag`. */
  readonly reference: string;
  /** Digest of the index, or of the manifest of a single-platform image. */
  readonly digest: string;
  /** Manifest digest of each platform, by `os/architecture`. */
  readonly platforms: Readonly<Record<string, string>>;
}

interface Described {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

async function describe(authority: string, repository: string, reference: string): Promise<Described> {
  const headers = { Accept: 'application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json' };
  const response = await fetch(`http://${authority}/v2/${repository}/manifests/${reference}`, { headers });
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (!response.ok) throw new Error(`registry answers ${String(response.status)} for ${repository}:${reference}`);
  return {
    mediaType: response.headers.get('content-type') ?? '',
    digest: response.headers.get('docker-content-digest') ?? '',
    size: bytes.length,
  };
}

async function pushPlatform(
  folder: string,
  fill: Filler,
  architecture: ImageArchitecture,
  target: string,
  entrypoint: string,
): Promise<void> {
  const work = path.join(folder, architecture);
  const [rootfs, layout, layer] = ['rootfs', 'layout', 'layer.tar'].map((name) => path.join(work, name));
  if (rootfs === undefined || layout === undefined || layer === undefined) throw new Error('unreachable');
  await mkdir(rootfs, { recursive: true });
  await fill(rootfs, architecture);
  await mustRun('tar', [
    '--sort=name',
    '--mtime=@0',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '-C',
    rootfs,
    '-cf',
    layer,
    '.',
  ]);
  const image = `${layout}:image`;
  await mustRun('umoci', ['init', '--layout', layout]);
  await mustRun('umoci', ['new', '--image', image]);
  await mustRun('umoci', ['raw', 'add-layer', '--image', image, layer]);
  const settings = [`--architecture=${architecture}`, '--os=linux', `--config.entrypoint=${entrypoint}`];
  await mustRun('umoci', ['config', '--image', image, ...settings, '--config.env=PATH=/usr/bin:/bin']);
  await mustRun('skopeo', [
    'copy',
    '--quiet',
    '--insecure-policy',
    '--dest-tls-verify=false',
    `oci:${image}`,
    `docker://${target}`,
  ]);
  await rm(work, { recursive: true, force: true });
}

export interface ImageRecipe {
  readonly content: 'busybox' | 'node';
  /** Repository and tag on the registry. */
  readonly repository: string;
  readonly tag: string;
  readonly architectures: readonly ImageArchitecture[];
}

/** Builds an image, pushes each platform with skopeo, and ties several together in an index under the tag. */
export async function pushImage(folder: string, authority: string, recipe: ImageRecipe): Promise<PushedImage> {
  const { content, repository, tag, architectures } = recipe;
  const [fill, entrypoint] = content === 'node' ? [node, '/usr/bin/node'] : [busybox, '/bin/sh'];
  const work = path.join(folder, `image-${repository.replaceAll('/', '-')}`);
  const single = architectures.length === 1;
  const children: (Described & { platform: { architecture: string; os: string } })[] = [];
  for (const architecture of architectures) {
    const childTag = single ? tag : `${tag}-${architecture}`;
    await pushPlatform(work, fill, architecture, `${authority}/${repository}:${childTag}`, entrypoint);
    children.push({ ...(await describe(authority, repository, childTag)), platform: { architecture, os: 'linux' } });
  }
  const platforms = Object.fromEntries(children.map((child) => [`linux/${child.platform.architecture}`, child.digest]));
  const reference = `${authority}/${repository}:${tag}`;
  if (single) return { reference, digest: children[0]?.digest ?? '', platforms };
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const response = await fetch(`http://${authority}/v2/${repository}/manifests/${tag}`, {
    method: 'PUT',
    headers: { 'Content-Type': mediaType },
    body: JSON.stringify({ schemaVersion: 2, mediaType, manifests: children }, null, 2),
  });
  if (!response.ok) throw new Error(`registry refuses the index: ${await response.text()}`);
  return { reference, digest: (await describe(authority, repository, tag)).digest, platforms };
}
