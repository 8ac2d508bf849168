import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseTrustPolicy } from '../../../offline-bundle/trust/policy';
import { readPolicySignatures, signPolicyChange } from '../../../offline-bundle/trust/policy-signatures';
import { witnessed } from '../../support/witness';
import { policyText } from './policy-text';
import { testSigner } from './signers';

const [sealer, ada, ben] = [testSigner(), testSigner(), testSigner()];
const policyOf = (more: Readonly<Record<string, unknown>> = {}) =>
  parseTrustPolicy(
    policyText(
      [
        { name: 'sealer', signer: sealer, roles: ['bundle'] },
        { name: 'Ada', signer: ada, roles: ['policy'] },
        { name: 'Ben', signer: ben, roles: ['policy'] },
      ],
      { policyThreshold: 2, ...more },
    ),
    'trust.yaml',
  );
const [old, next] = [policyOf(), policyOf({ minimumDays: 3 })];
const NOW = new Date('2026-06-15T12:00:00Z');
let file: string;
beforeEach(async () => {
  file = path.join(await mkdtemp(path.join(os.tmpdir(), 'airlock-policy-')), 'trust.yaml');
});
afterEach(() => rm(path.dirname(file), { recursive: true }));

it('lie beside the new policy, one for each key, and say how many of the needed ones are there', async () => {
  const first = await signPolicyChange(file, old, next, ada.signer, NOW);
  const name = `${old.digest.slice(7, 23)}.${ada.trusted.id}.sigstore.json`;
  expect(first).toEqual({
    ...{ file: path.join(`${file}.seals`, name), keyId: ada.trusted.id, previous: old.digest, policy: next.digest },
    ...{ signers: [ada.trusted.id], threshold: 2 },
  });
  expect(await signPolicyChange(file, old, next, ben.signer, NOW)).toMatchObject({
    signers: [ada.trusted.id, ben.trusted.id].sort(),
  });
  await signPolicyChange(file, old, next, ben.signer, NOW);
  expect(await readPolicySignatures(file)).toHaveLength(2);
  expect(await readdir(`${file}.seals`)).toHaveLength(2);
});

it('are made by no key that the old policy does not let sign, and over no policy that follows itself', async () => {
  await expect(signPolicyChange(file, old, next, sealer.signer, NOW)).rejects.toMatchObject({
    ...{ code: 'POLICY_KEY_UNNAMED', kind: 'check' },
    message: expect.stringContaining(sealer.trusted.id) as string,
  });
  await expect(signPolicyChange(file, old, old, ada.signer, NOW)).rejects.toMatchObject({
    code: 'USAGE_INVALID_VALUE',
  });
  expect(await readdir(path.dirname(file))).toEqual([]);
});

it('are none where there is no folder, and what is no small file beside them is passed over', async () => {
  expect(await readPolicySignatures(file)).toEqual([]);
  await signPolicyChange(file, old, next, ada.signer, NOW);
  const folder = `${file}.seals`;
  await mkdir(path.join(folder, 'a.sigstore.json'));
  await symlink('/dev/zero', path.join(folder, 'b.sigstore.json'));
  await writeFile(path.join(folder, 'c.sigstore.json'), Buffer.alloc(64 * 1024 + 1));
  await writeFile(path.join(folder, 'README'), 'hello');
  expect(await readPolicySignatures(file)).toHaveLength(1);
});

it('are refused in a number that no policy has, and where they cannot be read', async () => {
  await mkdir(`${file}.seals`);
  await Promise.all(
    Array.from({ length: 1025 }, (_, at) => writeFile(path.join(`${file}.seals`, `${at}.sigstore.json`), '')),
  );
  await expect(readPolicySignatures(file)).rejects.toMatchObject({ code: 'TRUST_FILE_INVALID' });
  await rm(`${file}.seals`, { recursive: true });
  await symlink(`${path.basename(file)}.seals`, `${file}.seals`);
  await expect(readPolicySignatures(file)).rejects.toMatchObject({ code: 'FILE_UNREADABLE', kind: 'environment' });
});

it('says which place the disk refuses', async () => {
  await writeFile(`${file}.seals`, '');
  await expect(signPolicyChange(file, old, next, ada.signer, NOW)).rejects.toMatchObject({ kind: 'environment' });
});

witnessed('openssl', 'version')('are verified by openssl, over the bytes that DSSE names', async () => {
  const signed = await signPolicyChange(file, old, next, ada.signer, NOW);
  const { dsseEnvelope } = JSON.parse(await readFile(signed.file, 'utf8')) as {
    dsseEnvelope: { payload: string; payloadType: string; signatures: { sig: string }[] };
  };
  const at = (name: string): string => path.join(path.dirname(file), name);
  const payload = Buffer.from(dsseEnvelope.payload, 'base64');
  const type = dsseEnvelope.payloadType;
  await writeFile(at('signed'), `DSSEv1 ${type.length} ${type} ${payload.length} ${payload.toString()}`);
  await writeFile(at('sig'), Buffer.from(dsseEnvelope.signatures[0]?.sig ?? '', 'base64'));
  await writeFile(at('pub'), ada.publicPem);
  const said = execFileSync('openssl', [
    'dgst',
    '-sha256',
    '-verify',
    at('pub'),
    '-signature',
    at('sig'),
    at('signed'),
  ]);
  expect(said.toString()).toBe('Verified OK\n');
});
