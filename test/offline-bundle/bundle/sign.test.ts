import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { digestOf, hexOf } from '../../../core/digest';
import { environmentFailed } from '../../../core/errors';
import { type SealChoices, signBundle, type SignResult } from '../../../offline-bundle/bundle/sign';
import { verifySeals, type SealVerdict } from '../../../offline-bundle/trust/verify-seals';
import { testSigner, type TestSigner } from '../trust/signers';
import { writeBundle } from './sample-bundle';
import { sample, type Sample } from './sample-lock';

const [a, b] = [testSigner(), testSigner()];
const NOW = '2026-11-23T20:00:00Z';
let of: Sample;
let scratch = '';
let good = '';
let bundle = '';

beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'airlock-sign-'));
  of = await sample();
  good = path.join(scratch, 'good');
  await writeBundle(good, of, []);
  await rm(path.join(good, 'seals'), { recursive: true });
});
afterAll(() => rm(scratch, { recursive: true }));
beforeEach(async () => {
  bundle = path.join(scratch, 'bundle');
  await rm(bundle, { recursive: true, force: true });
  await cp(good, bundle, { recursive: true });
});

const sign = ({ signer }: TestSigner, choices: SealChoices = {}, now = NOW): Promise<SignResult> =>
  signBundle(bundle, signer, choices, now);

async function verdict(threshold: number): Promise<SealVerdict> {
  const folder = path.join(bundle, 'seals');
  const seals = new Map<string, Buffer>();
  for (const name of await readdir(folder)) seals.set(name, await readFile(path.join(folder, name)));
  const sums = await readFile(path.join(bundle, 'SHA256SUMS'));
  return verifySeals({ seals, sums, root: of.plan.root, trusted: [a.trusted, b.trusted], threshold });
}

describe('signBundle', () => {
  it('adds a seal that says site, index, lock and what the first signer chose', async () => {
    const previous = digestOf('previous');
    const result = await sign(a, { sequence: 7, sealedAt: '2026-01-02T03:04:05Z', previous });
    expect(result).toEqual({
      keyId: a.trusted.id,
      alreadySealed: false,
      signers: [a.trusted.id],
      statement: {
        site: 'nordlicht',
        root: of.plan.root,
        sequence: 7,
        sealedAt: '2026-01-02T03:04:05Z',
        lock: digestOf(of.lockBytes),
        previous,
      },
    });
    expect(await verdict(1)).toMatchObject({ ok: true, payload: result.statement });
  });

  it('has a sequence of 1, the time of now and no previous bundle where nothing is chosen', async () => {
    expect((await sign(a)).statement).toMatchObject({ sequence: 1, sealedAt: NOW, previous: null });
  });

  it('lets later signers sign the same payload, whatever the time is by then', async () => {
    await sign(a, { sequence: 3 });
    const second = await sign(b, {}, '2027-01-01T00:00:00Z');
    expect(second.statement).toMatchObject({ sequence: 3, sealedAt: NOW });
    expect(second.signers).toEqual([a.trusted.id, b.trusted.id].sort());
    expect(await verdict(2)).toMatchObject({ ok: true, problems: [] });
  });

  it('refuses a later signer who wants to say something else', async () => {
    await sign(a, { sequence: 3 });
    await expect(sign(b, { sequence: 4 })).rejects.toMatchObject({
      kind: 'input',
      message: 'the bundle was sealed with sequence 3, not 4',
    });
    expect(await sign(b, { sequence: 3, sealedAt: NOW })).toMatchObject({ alreadySealed: false });
  });

  it('changes nothing when the same key signs twice, and mends what a killed run left half done', async () => {
    await sign(a);
    const seal = path.join(bundle, 'seals', `${a.trusted.id}.sigstore.json`);
    const before = await readFile(seal);
    expect(await sign(a)).toMatchObject({ alreadySealed: true });
    expect(await readFile(seal)).toEqual(before);
    await rm(seal);
    await writeFile(path.join(bundle, 'seals', 'x.0123456789ab.tmp'), 'half');
    expect(await sign(a)).toMatchObject({ alreadySealed: false });
    expect(await verdict(1)).toMatchObject({ ok: true });
  });

  it('leaves nothing visible when the signer fails', async () => {
    const failing = { ...a.signer, sign: () => Promise.reject(environmentFailed('the token is locked')) };
    await expect(signBundle(bundle, failing, {}, NOW)).rejects.toThrow('the token is locked');
    expect(await readdir(bundle)).not.toContain('seals');
  });

  it.each<[string, () => Promise<void>, RegExp]>([
    ['without index.json', () => rm(path.join(bundle, 'index.json')), /is not a bundle/],
    ['with another index.json', () => writeFile(path.join(bundle, 'index.json'), '{}'), /names no bundle/],
    ['with changed sums', () => writeFile(path.join(bundle, 'SHA256SUMS'), ''), /SHA256SUMS does not follow/],
    [
      'with a changed START-HERE.txt',
      () => writeFile(path.join(bundle, 'START-HERE.txt'), 'run me'),
      /does not follow/,
    ],
    ['with a changed root', () => writeFile(blob(of.plan.root), '{}'), /the index of the bundle .* damaged/],
    ['with a short blob', () => truncate(blob(weights()), 5), /model\/tiny: model\.safetensors .* another size/],
    ['with a missing blob', () => rm(blob(weights())), /model\/tiny: model\.safetensors .* is missing/],
  ])('refuses a bundle %s', async (_, damage, message) => {
    await damage();
    await expect(sign(a)).rejects.toThrow(message);
    expect(await readdir(bundle)).not.toContain('seals');
  });

  it('refuses to add its name to damaged seals or to those of another bundle', async () => {
    await sign(a);
    const seal = path.join(bundle, 'seals', `${a.trusted.id}.sigstore.json`);
    const bytes = await readFile(seal);
    await writeFile(seal, bytes.subarray(1));
    await expect(sign(b)).rejects.toMatchObject({ kind: 'check' });
    const other = path.join(scratch, 'other');
    await rm(other, { recursive: true, force: true });
    await writeBundle(other, await sample({ siteName: 'elsewhere' }), [a]);
    await cp(path.join(other, 'seals'), path.join(bundle, 'seals'), { recursive: true });
    await expect(sign(b)).rejects.toThrow(/the seals there say root/);
  });
});

const weights = (): `sha256:${string}` => of.plan.blobs.find(({ file }) => file === 'model.safetensors')!.digest;
const blob = (digest: `sha256:${string}`): string => path.join(bundle, 'blobs', 'sha256', hexOf(digest));
