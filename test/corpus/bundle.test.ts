/** Bundles, seals, locks and keys of every release, read by the kit of today. */
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { digestOf } from '../../core/digest';
import { signBundle } from '../../offline-bundle/bundle/sign';
import { importBundle } from '../../offline-bundle/import/import-bundle';
import { CHECK_BEGIN, CHECK_END } from '../../offline-bundle/layout/start-here';
import { loadPrivateKey } from '../../offline-bundle/trust/keys';
import { parseSeal, sealFileName } from '../../offline-bundle/trust/seal';
import { keySigner } from '../../offline-bundle/trust/signer';
import { extractRecord } from '../../offline-bundle/verify/extract-record';
import { failures } from '../../offline-bundle/verify/report';
import { verifyBundle } from '../../offline-bundle/verify/verify-bundle';
import { checkLock } from '../../site/lock/lock-file';
import { readManifest } from '../../tools/corpus/manifest';
import { partOf, releases } from '../../tools/corpus/places';
import { witnessed } from '../support/witness';
import { keysOf, layOutStore, lockOf, privateKeyFile, publicKeyFiles, scratchFolder, siteOf } from './left';

const itWithOpenssl = witnessed('openssl', 'version');
const scratch = scratchFolder();

/** A copy that a test may change. */
function copyOf(release: string, name: string): string {
  const dir = path.join(scratch(), `${release}-${name}`);
  cpSync(partOf(release, 'bundle'), dir, { recursive: true });
  return dir;
}

describe.each(releases())('the bundle of %s', (release) => {
  const bundle = partOf(release, 'bundle');

  it('verifies under the keys of all its signers, and says what was sealed', async () => {
    const trusted = await keysOf(release);
    const report = await verifyBundle({ dir: bundle, trusted, threshold: trusted.length });
    expect(failures(report.checks)).toEqual([]);
    expect(report).toMatchObject({
      result: 'pass',
      site: 'corpus',
      signers: trusted.map(({ id }) => id).sort(),
      seal: { site: 'corpus', root: report.root, sequence: 1, previous: null },
    });
    expect(report.seal?.lock).toBe(digestOf(readFileSync(partOf(release, 'lock'))));
    expect(report.seal?.sealedAt).toBe(`${readManifest(release).asOf}T00:00:00Z`);
  });

  it('is refused with one bit of a blob flipped', async () => {
    const dir = copyOf(release, 'flipped');
    const lock = await lockOf(release);
    const blob = path.join(dir, 'blobs', 'sha256', lock.models[0]!.files[0]!.sha256);
    const bytes = readFileSync(blob);
    bytes[0]! ^= 1;
    writeFileSync(blob, bytes);
    const report = await verifyBundle({ dir, trusted: await keysOf(release), threshold: 1 });
    expect(failures(report.checks)).toHaveLength(1);
  });

  itWithOpenssl('is accepted by its own START-HERE.txt, for each signer', async () => {
    const text = readFileSync(path.join(bundle, 'START-HERE.txt'), 'utf8');
    const check = text.slice(text.indexOf(CHECK_BEGIN) + CHECK_BEGIN.length, text.indexOf(CHECK_END));
    const keys = await keysOf(release);
    for (const [at, file] of publicKeyFiles(release).entries()) {
      const env = { PATH: process.env['PATH'], KEY: file };
      const { stdout, stderr, status } = spawnSync('sh', ['-c', check], { cwd: bundle, env });
      expect([status, stderr.toString()]).toEqual([0, '']);
      expect(stdout.toString()).toContain(`ACCEPTED for key ${keys[at]!.id}`);
    }
  });

  it('has seals that open under their own key and no other', async () => {
    const keys = await keysOf(release);
    for (const { id, publicKey } of keys) {
      const seal = parseSeal(readFileSync(path.join(bundle, 'seals', sealFileName(id))));
      expect(seal.open(publicKey)).toMatchObject({ site: 'corpus', sequence: 1 });
      const others = keys.filter((key) => key.id !== id);
      expect(others.map((key) => seal.open(key.publicKey))).toEqual(others.map(() => undefined));
    }
  });

  it('gives back site and lock as they lie beside it', async () => {
    const out = path.join(scratch(), `${release}-record`);
    const { files } = await extractRecord({ dir: bundle, out, trusted: await keysOf(release), threshold: 1 });
    expect(files).toHaveLength(2);
    for (const part of ['site', 'lock'] as const) {
      const file = partOf(release, part);
      expect(readFileSync(path.join(out, path.basename(file)))).toEqual(readFileSync(file));
    }
  });

  it('goes into a new store, and is known to the store that its release filled', async () => {
    const options = { dir: bundle, trusted: await keysOf(release), threshold: 1 };
    const into = async (name: string): Promise<string> =>
      (await importBundle({ ...options, storeDir: path.join(scratch(), `${release}-${name}`) })).result;
    layOutStore(release, path.join(scratch(), `${release}-old`));
    expect(await into('new')).toBe('imported');
    expect(await into('old')).toBe('already imported');
  });
});

describe.each(releases())('the key of %s', (release) => {
  const pem = readFileSync(privateKeyFile(release), 'utf8');
  const { passphrase } = readManifest(release);

  it('opens with its passphrase alone', async () => {
    const [own] = await keysOf(release);
    expect(keySigner(loadPrivateKey(pem, passphrase)).keyId).toBe(own?.id);
    expect(() => loadPrivateKey(pem, `${passphrase}!`)).toThrow(/wrong passphrase/);
  });

  it('is known to have sealed the bundle, whose statement the kit of today would sign again', async () => {
    const signer = keySigner(loadPrivateKey(pem, passphrase));
    const dir = copyOf(release, 'signed');
    const sealed = await signBundle(dir, signer, {}, '2026-01-01T00:00:00Z', await keysOf(release));
    expect(sealed).toMatchObject({ alreadySealed: true, unverified: [] });
  });
});

describe.each(releases())('the lock of %s', (release) => {
  it('answers its site', async () => {
    expect(checkLock(await lockOf(release), await siteOf(release))).toEqual([]);
  });
});
