/** The sovereign side: verify, import and serve, with nothing but Node and `airlock.mjs`. */
import { cp, open } from 'node:fs/promises';
import path from 'node:path';
import { formatBytes } from '../../core/format-bytes.js';
import { show } from '../../core/visible.js';
import type { Lock, LockModelFile } from '../../site/generated/lock.js';
import { print } from '../ui/output.mjs';
import { hashOf, startMirror } from './mirror.mjs';
import { farEnvironment, farSide, MEDIA, type Places } from './places.mjs';
import { lineWith, type Steps } from './steps.mjs';

const TRUST = ['--trust', 'release.pub'];

/** Every file of every model as huggingface_hub gets it: by repository, commit and path. */
async function downloadModels(url: string, { models }: Lock): Promise<string> {
  let total = 0;
  for (const { source, files } of models) {
    for (const file of files) {
      const address = `${url}/${source.repository}/resolve/${source.revision}/${file.path}`;
      const { sha256, bytes } = await hashOf(address);
      if (sha256 !== file.sha256) throw new Error(`${address} has SHA-256 ${sha256}, the lock says ${file.sha256}`);
      total += bytes;
    }
  }
  return `${models.length} models, ${formatBytes(total)}, every SHA-256 as locked`;
}

/** An image manifest as a node gets it. */
async function pullManifest(url: string, { images }: Lock): Promise<string> {
  const image = images.find(({ name }) => name === 'toolbox');
  const manifest = image?.manifests[0];
  if (image === undefined || manifest === undefined) throw new Error('the lock has no image "toolbox"');
  const address = `${url}/v2/${image.repository}/manifests/${manifest.digest}`;
  const { sha256 } = await hashOf(address, { accept: manifest.mediaType });
  if (`sha256:${sha256}` !== manifest.digest) throw new Error(`${image.reference} came with sha256:${sha256}`);
  return `${image.repository}@${manifest.digest} as locked`;
}

/** Brings the bundle into a store, serves it, and asks for what an enclave would ask for. */
export async function crossTheGap(steps: Steps, { far }: Places, lock: Lock, signal: AbortSignal): Promise<void> {
  const here = { cwd: far, env: farEnvironment() };
  await steps.command({ title: 'verify the bundle', ...farSide('verify', MEDIA, ...TRUST), ...here });
  await steps.command({
    title: 'import it into the store',
    ...farSide('import', MEDIA, '--store', 'store', ...TRUST),
    ...here,
    result: lineWith('imported'),
  });
  const { shown, argv } = farSide('mirror', '--store', 'store', '--listen', '127.0.0.1:0');
  print([show``, show`$ ${shown} &`]);
  const mirror = await startMirror(argv, here, signal);
  print(show`  ${mirror.url}`);
  try {
    await steps.check('ask the mirror whether it is well', async () => {
      await hashOf(`${mirror.url}/healthz`);
      return 'GET /healthz answers';
    });
    await steps.check('download the models through the Hub API', () => downloadModels(mirror.url, lock));
    await steps.check('pull an image manifest through the OCI API', () => pullManifest(mirror.url, lock));
  } finally {
    await mirror.stop();
  }
}

async function flipBit(blob: string, file: LockModelFile): Promise<string> {
  const handle = await open(blob, 'r+');
  try {
    const at = Math.floor(file.size / 2);
    const byte = Buffer.alloc(1);
    await handle.read(byte, 0, 1, at);
    byte[0] = (byte[0] ?? 0) ^ 1;
    await handle.write(byte, 0, 1, at);
    return `bit 0 of byte ${at} of ${file.path}`;
  } finally {
    await handle.close();
  }
}

/** Damages one weight file in a copy, and demands that `verify` refuses the copy and names the file. */
export async function damage(steps: Steps, { media, far }: Places, { models }: Lock): Promise<void> {
  const file = models.flatMap(({ files }) => files).find(({ path: name }) => name.endsWith('.safetensors'));
  if (file === undefined) throw new Error('the lock has no safetensors file');
  await steps.check('flip one bit in a copy of the bundle', async () => {
    await cp(media, `${media}-damaged`, { recursive: true });
    return flipBit(path.join(`${media}-damaged`, 'blobs/sha256', file.sha256), file);
  });
  await steps.command({
    title: 'verify the damaged copy',
    ...farSide('verify', `${MEDIA}-damaged`, ...TRUST),
    cwd: far,
    env: farEnvironment(),
    expected: 1,
    fault: ({ stdout }) => (stdout.includes(file.path) ? undefined : `verify does not name ${file.path}`),
    result: () => `refused with exit code 1, names ${file.path}`,
  });
}
