/** Signatures of models, held against OpenSSF's model-signing in both directions. */
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { hexOf } from '../../../core/digest.js';
import type { Lock } from '../../../site/generated/lock.js';
import { mustRun, type Ran, run, tail } from '../../harness/processes.mjs';
import { installVenv, pythonOf } from '../../harness/python.mjs';
import { expect, expectEqual, expectMatch, type Suite } from '../../harness/report.mjs';
import { makeFolder } from '../../harness/scratch.mjs';
import { type Journey, startMirror } from '../journey/journey.mjs';
import { MODEL } from '../journey/site-files.mjs';
import { CLIENTS, INTEGRATION_CACHE } from '../paths.mjs';

const VENV = path.join(INTEGRATION_CACHE, 'model-signing');

/** The tool of OpenSSF. */
const modelSigning = (args: readonly string[]): Promise<Ran> =>
  run(pythonOf(VENV), ['-m', 'model_signing', ...args], { timeoutMs: 120_000 });

const signatureIn = (seals: string, id: string): string => path.join(seals, `${id}.${MODEL}.model.sig`);

interface Weights {
  /** As `airlock weights fetch` wrote it. */
  readonly folder: string;
  /** File and digest of the model's manifest. */
  readonly manifest: string;
  readonly digest: string;
}

async function fetched({ lock, store, far }: Journey): Promise<Weights> {
  const { models } = (JSON.parse(await readFile(lock, 'utf8')) as Lock).derived;
  const digest = models.find(({ name }) => name === MODEL)?.manifest.digest;
  expect(digest !== undefined, 'the lock derives no manifest for the model');
  const folder = path.join(await makeFolder('weights'), MODEL);
  const mirror = await startMirror(far, store);
  try {
    await far.ok(['weights', 'fetch', '--mirror', mirror.url, '--model', `${MODEL}@${digest}`, '--into', folder]);
  } finally {
    await mirror.stop();
  }
  return { folder, manifest: path.join(store, 'blobs/sha256', hexOf(digest)), digest };
}

/** What model-signing says of what the signers of the bundle signed. */
async function ours(suite: Suite, { bundle, store, root, keys }: Journey, { folder }: Weights): Promise<void> {
  const kept = path.join(store, 'seals', root.slice('sha256:'.length));
  const verify = (signature: string, key: string, model = folder): Promise<Ran> =>
    modelSigning(['verify', 'key', model, '--signature', signature, '--public_key', key]);
  for (const [name, key] of Object.entries(keys)) {
    await suite.check(`model-signing verifies what ${name} signed, beside weights that the mirror served`, async () => {
      const ran = await verify(signatureIn(path.join(bundle, 'seals'), key.id), key.public);
      expect(ran.code === 0, `status ${ran.code}\n${tail(ran)}`);
      return `${(await readdir(folder)).length} files: ${tail(ran, 1)}`;
    });
  }
  await suite.check('and what the store keeps of the bundle', async () => {
    const ran = await verify(signatureIn(kept, keys.alice.id), keys.alice.public);
    expect(ran.code === 0, `status ${ran.code}\n${tail(ran)}`);
    return tail(ran, 1);
  });
  await suite.check('it refuses another key, a changed, a missing and a new file', async () => {
    const signature = signatureIn(path.join(bundle, 'seals'), keys.alice.id);
    const codes = [(await verify(signature, keys.bob.public)).code];
    const damages: ((copy: string) => Promise<void>)[] = [
      (copy) => writeFile(path.join(copy, 'config.json'), '{}'),
      (copy) => rm(path.join(copy, 'config.json')),
      (copy) => writeFile(path.join(copy, 'new.txt'), ''),
    ];
    for (const damage of damages) {
      const copy = path.join(await makeFolder('damaged'), MODEL);
      await cp(folder, copy, { recursive: true });
      await damage(copy);
      codes.push((await verify(signature, keys.alice.public, copy)).code);
    }
    expect(
      codes.every((code) => code !== 0),
      `status ${codes.join(', ')}`,
    );
    return `status ${codes.join(', ')}`;
  });
}

/** What Airlock says of what model-signing signed. */
async function theirs(suite: Suite, { far, keys }: Journey, weights: Weights): Promise<void> {
  const scratch = await makeFolder('publisher');
  const at = (name: string): string => path.join(scratch, name);
  await mustRun('openssl', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', at('key')]);
  await mustRun('openssl', ['pkey', '-in', at('key'), '-pubout', '-out', at('pub')]);
  const sign = async (name: string, model: string, more: readonly string[] = []): Promise<string> => {
    const ran = await modelSigning([
      'sign',
      'key',
      model,
      '--private_key',
      at('key'),
      '--signature',
      at(name),
      ...more,
    ]);
    expect(ran.code === 0, `model-signing ended with status ${ran.code}\n${tail(ran)}`);
    return at(name);
  };
  const judge = (signature: string, key = at('pub')): Promise<Ran> => {
    const { folder, manifest, digest } = weights;
    const args = ['weights', 'verify', '--manifest', manifest, '--digest', digest, '--dir', folder];
    return far.run([...args, '--signature', signature, '--trust', key]);
  };
  await suite.check('Airlock takes what model-signing signed over the locked files', async () => {
    const ran = await judge(await sign('model.sig', weights.folder));
    expectEqual(ran.code, 0, `status\n${tail(ran)}`);
    expectMatch(ran.stdout, /signed by key [0-9a-f]{16}: \d+ files/, 'what it says');
    return /signed by key .*/.exec(ran.stdout)?.[0] ?? '';
  });
  await suite.check('it refuses another key', async () => {
    const ran = await judge(at('model.sig'), keys.alice.public);
    expectEqual(ran.code, 1, `status\n${tail(ran)}`);
    return tail(ran, 2).split('\n')[0] ?? '';
  });
  const other = path.join(scratch, MODEL);
  await cp(weights.folder, other, { recursive: true });
  await suite.check('it refuses a signature over other files, and names each of them', async () => {
    await rm(path.join(other, 'config.json'));
    await writeFile(path.join(other, 'model.safetensors'), 'other');
    await writeFile(path.join(other, 'new.txt'), 'new');
    const ran = await judge(await sign('other.sig', other));
    expectEqual(ran.code, 1, `status\n${tail(ran)}`);
    for (const said of [/not signed: config\.json/, /other content: model\.safetensors/, /not locked: new\.txt/])
      expectMatch(ran.stderr, said, 'what it names');
    return '3 differences';
  });
  await suite.check('it refuses a signature that leaves a file out', async () => {
    const left = ['--ignore-paths', path.join(weights.folder, 'config.json')];
    const ran = await judge(await sign('part.sig', weights.folder, left));
    expectEqual(ran.code, 1, `status\n${tail(ran)}`);
    expectMatch(ran.stderr, /not signed: config\.json/, 'what it names');
    return 'status 1';
  });
}

export async function modelSigningSuite(suite: Suite, journey: Journey): Promise<void> {
  const isThere = await suite.check('model-signing from PyPI, with what it needs', () =>
    installVenv(VENV, path.join(CLIENTS, 'model-signing.txt')),
  );
  if (!isThere) return;
  const weights = await fetched(journey);
  await ours(suite, journey, weights);
  await theirs(suite, journey, weights);
}
