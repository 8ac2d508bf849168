/** Signatures: two independent routes judge the same bundles, and cosign reads the seal. */
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Lock } from '../../../site/generated/lock.js';
import { mustRun, type Ran, run, tail } from '../../harness/processes.mjs';
import { expect, expectEqual, expectMatch, type Suite } from '../../harness/report.mjs';
import { makeFolder } from '../../harness/scratch.mjs';
import { goProgram } from '../../harness/go.mjs';
import { GO_PROGRAMS } from '../install/versions.mjs';
import { MINILM } from '../install/versions.mjs';
import { type Journey } from '../journey/journey.mjs';
import { airlockOk } from '../journey/kit.mjs';
import { DAMAGES, type DamageContext } from './damages.mjs';

/** The check of START-HERE.txt, taken from a bundle that is known to be good: it is the same text for every bundle. */
async function startHereCheck(bundle: string): Promise<string> {
  const text = await readFile(path.join(bundle, 'START-HERE.txt'), 'utf8');
  const [, check] = /^-+ begin of the check -+\n([\s\S]*?)\n-+ end of the check -+$/m.exec(text) ?? [];
  expect(check !== undefined, 'START-HERE.txt has no marked check');
  return check;
}

const byHand = (check: string, bundle: string, publicKey: string): Promise<Ran> =>
  run('sh', ['-c', check], { cwd: bundle, env: { KEY: publicKey } });

/** A second bundle of the same signer: the same site without its model. */
async function otherBundle({ folder, site, keys, upstream }: Journey): Promise<string> {
  const [otherSite, lock, bundle] = ['other.yaml', 'other.lock.json', 'other'].map((name) =>
    path.join(folder, name),
  ) as [string, string, string];
  const text = await readFile(site, 'utf8');
  const small = text
    .replace(/models:\n[\s\S]*?images:/, 'models: []\nservings: []\nimages:')
    .replace(/^kit: .*\n/m, `kit: { baseImage: "${upstream.images.toolbox.reference}" }\n`);
  await writeFile(otherSite, small);
  // Not every host of the journey's site is one of this site: as options they would be refused.
  const hosts = upstream.options.filter((word) => word !== '--upstream').join();
  const run = { env: { ...upstream.env, AIRLOCK_UPSTREAMS: hosts }, cwd: folder };
  await airlockOk(['lock', '--site', otherSite, '--lock', lock], run);
  const args = ['--site', otherSite, '--lock', lock, '--out', bundle, '--key', keys.alice.private];
  await airlockOk(['bundle', 'create', ...args], run);
  return bundle;
}

async function damageTable(suite: Suite, journey: Journey): Promise<void> {
  const { bundle, keys, far, lock, root } = journey;
  const check = await startHereCheck(bundle);
  const verify = (dir: string): Promise<Ran> => far.run(['verify', dir, '--trust', keys.alice.public]);
  await suite.check('good bundle: openssl and sha256sum by START-HERE.txt accept, verify accepts', async () => {
    const [hand, ours] = [await byHand(check, bundle, keys.alice.public), await verify(bundle)];
    expectEqual([hand.code, ours.code], [0, 0], `by hand and verify\n${tail(hand)}\n${tail(ours)}`);
    expectMatch(hand.stdout, /ACCEPTED/, 'what the check says');
    const second = await byHand(check, bundle, keys.bob.public);
    expectEqual(second.code, 0, `with the second signer's key\n${tail(second)}`);
    return 'both accept';
  });
  const images = (JSON.parse(await readFile(lock, 'utf8')) as Lock).images;
  const other = await otherBundle(journey);
  const strangers = await makeFolder('stranger');
  await airlockOk(['keys', 'create', '--out', strangers, '--name', 'mallory']);
  const context = (copy: string): DamageContext => ({
    bundle: copy,
    weights: MINILM.sha256,
    manifest: images.find(({ name }) => name === 'toolbox')?.manifests[0]?.digest.slice('sha256:'.length) ?? '',
    root: root.slice('sha256:'.length),
    keyId: keys.alice.id,
    other,
    signByStranger: async (dir) => {
      await airlockOk(['bundle', 'sign', dir, '--key', path.join(strangers, 'mallory.key')]);
    },
  });
  // Hard links need the same file system as the bundle.
  const copy = path.join(journey.folder, 'damaged');
  for (const { name, apply } of DAMAGES) {
    await suite.check(`damaged: ${name}: both refuse`, async () => {
      await rm(copy, { recursive: true, force: true });
      await mustRun('cp', ['-al', bundle, copy]);
      await rm(path.join(copy, 'seals', `${keys.bob.id}.sigstore.json`));
      await rm(path.join(copy, 'seals', `${keys.bob.id}.SHA256SUMS.sig`));
      await apply(context(copy));
      const [hand, ours] = [await byHand(check, copy, keys.alice.public), await verify(copy)];
      const said = (hand.stderr.trim().split('\n').pop() ?? '').slice(0, 60);
      expect(
        hand.code !== 0 && ours.code === 1,
        `by hand: status ${hand.code}, verify: status ${ours.code}\n${tail(hand)}\n${tail(ours)}`,
      );
      return `by hand ${hand.code} (${said}), verify ${ours.code}`;
    });
  }
  await rm(copy, { recursive: true, force: true });
  await suite.check('the good bundle is still good after all that', async () => {
    const ours = await verify(bundle);
    expectEqual(ours.code, 0, `verify\n${tail(ours)}`);
    return 'unchanged';
  });
}

async function cosign(suite: Suite, { bundle, keys, root }: Journey): Promise<void> {
  const seal = path.join(bundle, 'seals', `${keys.alice.id}.sigstore.json`);
  const index = path.join(bundle, 'blobs/sha256', root.slice('sha256:'.length));
  const verify = async (sealFile: string, key: string, blob: string): Promise<Ran> => {
    const args = [
      '--key',
      key,
      '--bundle',
      sealFile,
      '--insecure-ignore-tlog',
      '--type',
      'https://airlock.dev/seal/v1',
    ];
    const home = await makeFolder('cosign');
    // No network at all: a namespace with nothing but its own loopback.
    return run('unshare', ['--net', goProgram(GO_PROGRAMS.cosign), 'verify-blob-attestation', ...args, blob], {
      env: { HOME: home },
    });
  };
  await suite.check('cosign verify-blob-attestation accepts the seal, offline', async () => {
    const ran = await verify(seal, keys.alice.public, index);
    expect(ran.code === 0, `cosign ended with status ${ran.code}:\n${tail(ran)}`);
    return tail(ran, 1);
  });
  await suite.check('cosign refuses an altered seal, another key, and another blob', async () => {
    const altered = path.join(await makeFolder('cosign'), 'seal.json');
    const text = await readFile(seal, 'utf8');
    const payload = /"payload":"([^"]+)"/.exec(text)?.[1] ?? '';
    const changed = Buffer.from(
      Buffer.from(payload, 'base64').toString('utf8').replace('"sequence":', '"sequence":1'),
    ).toString('base64');
    await writeFile(altered, text.replace(payload, changed));
    const otherBlob = path.join(await makeFolder('cosign'), 'blob');
    await copyFile(path.join(bundle, 'index.json'), otherBlob);
    const codes = [
      (await verify(altered, keys.alice.public, index)).code,
      (await verify(seal, keys.bob.public, index)).code,
      (await verify(seal, keys.alice.public, otherBlob)).code,
    ];
    expect(
      codes.every((code) => code !== 0),
      `status ${codes.join(', ')}`,
    );
    return `status ${codes.join(', ')}`;
  });
}

export async function signatures(suite: Suite, journey: Journey): Promise<void> {
  await damageTable(suite, journey);
  await cosign(suite, journey);
}
