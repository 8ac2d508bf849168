/**
 * `npm run quickstart`: the main job on this machine alone, with the real commands. A small outside world on loopback stands
 * in for the internet and is switched off before the far side begins.
 */
import { randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import type { Lock } from '../site/generated/lock.js';
import { loadLock } from '../site/lock-file.js';
import { quickstartWorld } from '../test/outside-world/quickstart.js';
import { startWorld } from '../test/outside-world/world.js';
import { hashOf, startMirror } from './quickstart/mirror.mjs';
import { type Finished, Steps } from './quickstart/steps.mjs';
import { formatBytes, print } from './ui/output.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** The three places of the journey. */
interface Places {
  /** The connected side: site, keys, lock. */
  readonly near: string;
  /** What crosses the gap. */
  readonly media: string;
  /** The sovereign side: at first only `airlock.mjs` and the public key. */
  readonly far: string;
}

/** The bundle as both sides see it from their own folders. */
const MEDIA = '../media';

type Environment = Readonly<Record<string, string>>;

/** Nothing of the caller's setup reaches the steps: no proxy, no token, no credentials, no Airlock variable. */
function cleanEnvironment(): Environment {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'SystemRoot', 'TEMP'];
  return Object.fromEntries(
    kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

const airlock = (...args: string[]): { shown: string; argv: string[] } => ({
  shown: `airlock ${args.join(' ')}`,
  argv: [process.execPath, path.join(ROOT, 'scripts/airlock.cjs'), ...args],
});

const farSide = (...args: string[]): { shown: string; argv: string[] } => ({
  shown: `node airlock.mjs ${args.join(' ')}`,
  argv: [process.execPath, 'airlock.mjs', ...args],
});

async function nearSide(steps: Steps, { near, far }: Places): Promise<void> {
  const world = await startWorld(await quickstartWorld());
  const env = {
    ...cleanEnvironment(),
    ...world.environment,
    AIRLOCK_KEY_PASSPHRASE: randomBytes(12).toString('hex'),
    DOCKER_CONFIG: path.join(near, 'no-docker-config'),
  };
  const here = { cwd: near, env };
  const files = ['--site', 'site.yaml', '--lock', 'airlock.lock.json'];
  try {
    print(`The outside world of this run: ${Object.keys(world.upstreams).join(', ')} and a Hub, on loopback.`);
    await cp(path.join(ROOT, 'examples/quickstart'), near, { recursive: true });
    await steps.command({
      title: 'create a signing key',
      ...airlock('keys', 'create', '--out', 'keys', '--name', 'release'),
      ...here,
    });
    await steps.command({ title: 'lock the site', ...airlock('lock', ...files), ...here });
    await steps.command({ title: 'check the lock', ...airlock('lock', ...files, '--check'), ...here });
    const create = ['bundle', 'create', ...files, '--out', MEDIA];
    await steps.command({ title: 'plan the bundle', ...airlock(...create, '--dry-run'), ...here });
    await steps.command({
      title: 'create and seal the bundle',
      ...airlock(...create, '--key', 'keys/release.key'),
      ...here,
    });
    await steps.command({
      title: 'build the far side’s program',
      shown: 'npm run build',
      argv: ['npm', 'run', '--silent', 'build'],
      cwd: ROOT,
      env,
    });
  } finally {
    await world.close();
  }
  await mkdir(far);
  await cp(path.join(ROOT, 'dist/airlock.mjs'), path.join(far, 'airlock.mjs'));
  await cp(path.join(near, 'keys/release.pub'), path.join(far, 'release.pub'));
  print('\nThe outside world is off. The far side holds the bundle and, by another path, airlock.mjs and release.pub.');
}

/** Asks the mirror for a weight file as huggingface_hub does, and for an image as a node does. */
async function askMirror(steps: Steps, url: string, lock: Lock): Promise<void> {
  await steps.check('ask the mirror whether it is well', async () => {
    const response = await fetch(`${url}/healthz`);
    if (!response.ok) throw new Error(`/healthz answered ${response.status}`);
    return `GET /healthz: ${response.status}`;
  });
  await steps.check('download a model through the Hub API', async () => {
    let total = 0;
    for (const { source, files } of lock.models) {
      for (const file of files) {
        const address = `${url}/${source.repository}/resolve/${source.revision}/${file.path}`;
        const { sha256, bytes } = await hashOf(address);
        if (sha256 !== file.sha256) throw new Error(`${address} has SHA-256 ${sha256}, the lock says ${file.sha256}`);
        total += bytes;
      }
    }
    return `${lock.models.length} models, ${formatBytes(total)}, every SHA-256 as locked`;
  });
  await steps.check('pull an image manifest through the registry API', async () => {
    const image = lock.images.find(({ name }) => name === 'toolbox');
    const manifest = image?.manifests[0];
    if (image === undefined || manifest === undefined) throw new Error('the lock has no image "toolbox"');
    const { sha256 } = await hashOf(`${url}/v2/${image.repository}/manifests/${manifest.digest}`, {
      accept: manifest.mediaType,
    });
    if (`sha256:${sha256}` !== manifest.digest) throw new Error(`${image.reference} came with sha256:${sha256}`);
    return `${image.repository}@sha256:${sha256.slice(0, 12)}… as locked`;
  });
}

async function crossTheGap(steps: Steps, { near, far }: Places, signal: AbortSignal): Promise<void> {
  const here = { cwd: far, env: { PATH: process.env['PATH'] ?? '' } };
  const trust = ['--trust', 'release.pub'];
  await steps.command({ title: 'verify the bundle', ...farSide('verify', MEDIA, ...trust), ...here });
  await steps.command({
    title: 'import it into the store',
    ...farSide('import', MEDIA, '--store', 'store', ...trust),
    ...here,
    result: ({ stdout }) => stdout.split('\n').find((line) => line.startsWith('imported')) ?? '',
  });
  const { shown, argv } = farSide('mirror', '--store', 'store', '--listen', '127.0.0.1:0');
  print(`\n$ ${shown} &`);
  const mirror = await startMirror(argv, here, signal);
  print(`  ${mirror.url}`);
  try {
    await askMirror(steps, mirror.url, await loadLock(path.join(near, 'airlock.lock.json')));
  } finally {
    await mirror.stop();
  }
}

async function synthesizeAndAudit(steps: Steps, { near, far }: Places): Promise<void> {
  const inputs = { site: 'site.yaml', enclave: 'enclave.yaml', lock: 'airlock.lock.json' };
  const at = (file: string): string => path.join(near, file);
  await steps.command({
    title: 'synthesize the stacks',
    shown: `AIRLOCK_SITE=${inputs.site} AIRLOCK_ENCLAVE=${inputs.enclave} AIRLOCK_LOCK=${inputs.lock} npm run synth`,
    argv: ['npm', 'run', '--silent', 'synth'],
    cwd: ROOT,
    env: {
      ...cleanEnvironment(),
      AIRLOCK_SITE: at(inputs.site),
      AIRLOCK_ENCLAVE: at(inputs.enclave),
      AIRLOCK_LOCK: at(inputs.lock),
      CDKTF_OUTDIR: at('cdktf.out'),
    },
    result: () => 'cdktf.out written, no Terraform needed',
  });
  const files = Object.entries(inputs).flatMap(([option, file]) => [`--${option}`, `../near/${file}`]);
  await steps.command({
    title: 'audit the plan',
    ...farSide('audit', '../near/cdktf.out', ...files),
    cwd: far,
    env: { PATH: process.env['PATH'] ?? '' },
  });
}

/** Flips one bit of one weight file, in a copy, and demands that `verify` names the file. */
async function damage(steps: Steps, { near, media, far }: Places): Promise<void> {
  const lock = await loadLock(path.join(near, 'airlock.lock.json'));
  const file = lock.models.flatMap((model) => model.files).find(({ path: name }) => name.endsWith('.safetensors'));
  if (file === undefined) throw new Error('the lock has no safetensors file');
  const copy = `${media}-damaged`;
  await steps.check('flip one bit in a copy of the bundle', async () => {
    await cp(media, copy, { recursive: true });
    const blob = await open(path.join(copy, 'blobs/sha256', file.sha256), 'r+');
    try {
      const at = Math.floor(file.size / 2);
      const byte = Buffer.alloc(1);
      await blob.read(byte, 0, 1, at);
      byte[0] = (byte[0] ?? 0) ^ 1;
      await blob.write(byte, 0, 1, at);
      return `bit 0 of byte ${at} of ${file.path}`;
    } finally {
      await blob.close();
    }
  });
  await steps.command({
    title: 'verify the damaged copy',
    ...farSide('verify', `${MEDIA}-damaged`, '--trust', 'release.pub'),
    cwd: far,
    env: { PATH: process.env['PATH'] ?? '' },
    expected: 1,
    fault: ({ stdout }: Finished) => (stdout.includes(file.path) ? undefined : `verify does not name ${file.path}`),
    result: () => `refused with exit code 1, names ${file.path}`,
  });
}

const NEXT = `
What to do next with a real site:
  airlock init --dir my-site --name my-site   writes both files, commented; edit them
  airlock keys create --out keys --name me    keep the .key secret; carry the .pub by another path than the bundle
  airlock lock && airlock bundle create       against the real upstreams: HF_TOKEN, docker login, --ca as you need
  docs/quickstart.md                          every step explained, and the far side with TLS`;

async function quickstart({ dir, keep }: { readonly dir?: string; readonly keep: boolean }): Promise<void> {
  const abort = new AbortController();
  const interrupt = (): void => abort.abort(new Error('interrupted'));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  if (dir !== undefined) await mkdir(dir, { recursive: true });
  const scratch = await mkdtemp(path.join(dir ?? tmpdir(), 'airlock-quickstart-'));
  const places = {
    near: path.join(scratch, 'near'),
    media: path.join(scratch, 'media'),
    far: path.join(scratch, 'far'),
  };
  const steps = new Steps(abort.signal);
  print(`Scratch folder: ${scratch}`);
  try {
    await nearSide(steps, places);
    await crossTheGap(steps, places, abort.signal);
    await synthesizeAndAudit(steps, places);
    await damage(steps, places);
    print(`\n${steps.summary()}\n${NEXT}`);
  } catch (error) {
    print(`\n${steps.summary()}`);
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    if (keep) print(`\nKept: ${scratch}`);
    else await rm(scratch, { recursive: true, force: true });
  }
}

await new Command('quickstart')
  .description('the whole journey on this machine alone')
  .option('--dir <dir>', 'parent of the scratch folder; the system’s temporary folder by default')
  .option('--keep', 'keep the scratch folder', false)
  .action(quickstart)
  .parseAsync();
