import { cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Digest, digestOf, hexOf } from '../../../core/digest';
import { type AirlockError, environmentFailed } from '../../../core/errors';
import type { SealedBundle } from '../../../offline-bundle/bundle/ledger';
import {
  demandChoices,
  type SealChoices,
  signBundle,
  type SignOptions,
  type SignResult,
} from '../../../offline-bundle/bundle/sign';
import { modelStatements } from '../../../offline-bundle/layout/model-statements';
import { modelSignatureFault, modelSignatureFileName } from '../../../offline-bundle/trust/model-signature';
import { createSeal, formatSeal, parseSeal, sealPayload, type SealStatement } from '../../../offline-bundle/trust/seal';
import { verifySeals, type SealVerdict } from '../../../offline-bundle/trust/verify-seals';
import { copyFolder } from '../../support/copy-folder';
import { matching } from '../support/matchers';
import { testSigner, type TestSigner } from '../trust/signers';
import { digestsOf, writeBundle } from './sample-bundle';
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
  copyFolder(good, bundle);
});

const models = (): Record<string, Digest> => digestsOf(modelStatements(of.lock));
const sign = (
  { signer }: TestSigner,
  choices: SealChoices = {},
  now = NOW,
  trusted: readonly TestSigner[] = [],
): Promise<SignResult> =>
  signBundle(
    bundle,
    signer,
    choices,
    now,
    trusted.map((one) => one.trusted),
  );
/** Signs as b, who was given a's key. */
const signAfter = (choices: SealChoices = {}, now = NOW): Promise<SignResult> => sign(b, choices, now, [a]);

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
      models: ['tiny'],
      unverified: [],
      statement: {
        models: models(),
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
    const second = await signAfter({}, '2027-01-01T00:00:00Z');
    expect(second.statement).toMatchObject({ sequence: 3, sealedAt: NOW });
    expect(second.signers).toEqual([a.trusted.id, b.trusted.id].sort());
    expect(second.unverified).toEqual([]);
    expect(await verdict(2)).toMatchObject({ ok: true, problems: [] });
  });

  it('refuses a later signer who wants to say something else', async () => {
    await sign(a, { sequence: 3 });
    await expect(signAfter({ sequence: 4 })).rejects.toMatchObject({
      kind: 'input',
      message: 'the bundle was sealed with sequence 3, not 4',
    });
    expect(await signAfter({ sequence: 3, sealedAt: NOW })).toMatchObject({ alreadySealed: false });
  });

  it('lets the first signer say until when the bundle may be taken, and later ones take that over', async () => {
    const expires = '2027-05-31T00:00:00Z';
    const first = await sign(a, { expires });
    expect(first.statement).toMatchObject({ expires });
    expect((await signAfter()).statement).toEqual(first.statement);
    expect(await verdict(2)).toMatchObject({ ok: true, payload: first.statement });
    await expect(signAfter({ expires: '2028-01-01T00:00:00Z' })).rejects.toThrow(
      `the bundle was sealed with expires ${expires}, not 2028-01-01T00:00:00Z`,
    );
  });

  it('has nothing expire in a bundle whose steps do not know of it', async () => {
    const start = path.join(bundle, 'START-HERE.txt');
    const text = await readFile(path.join(__dirname, '../../corpus/0.1.0/bundle/START-HERE.txt'), 'utf8');
    const own = await readFile(start, 'utf8');
    const at = '\nThis folder is an OCI';
    const former = Buffer.from(own.slice(0, own.indexOf(at)) + text.slice(text.indexOf(at)));
    await rm(bundle, { recursive: true });
    await writeBundle(bundle, of, [], 1, former);
    await expect(sign(a, { expires: '2027-05-31T00:00:00Z' })).rejects.toThrow(
      'START-HERE.txt is of an earlier release, and its steps do not know that seals expire',
    );
    expect((await sign(a)).alreadySealed).toBe(false);
  });

  it('does not let a later signer limit what the first one did not', async () => {
    expect((await sign(a)).statement).not.toHaveProperty('expires');
    await expect(signAfter({ expires: '2028-01-01T00:00:00Z' })).rejects.toThrow(
      'the bundle was sealed with expires none, not 2028-01-01T00:00:00Z',
    );
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
    const failing = {
      ...a.signer,
      sign: () => Promise.reject(environmentFailed('SIGNER_FAILED', 'the token is locked')),
    };
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
    await expect(signAfter()).rejects.toMatchObject({ kind: 'check' });
    const other = path.join(scratch, 'other');
    await rm(other, { recursive: true, force: true });
    await writeBundle(other, await sample({ siteName: 'elsewhere' }), [a]);
    await cp(path.join(other, 'seals'), path.join(bundle, 'seals'), { recursive: true });
    await expect(signAfter()).rejects.toThrow(/the seals there say root/);
  });

  it('asks for the sequence of a bundle that follows another', async () => {
    await expect(sign(a, { previous: digestOf('previous') })).rejects.toMatchObject({
      kind: 'input',
      fix: matching(/give --sequence/),
    });
    expect(await sign(a, { previous: null })).toMatchObject({ statement: { sequence: 1, previous: null } });
  });
});

describe('signatures of models', () => {
  const file = ({ trusted }: TestSigner): string =>
    path.join(bundle, 'seals', modelSignatureFileName(trusted.id, 'tiny'));
  const fault = async (by: TestSigner): Promise<string | undefined> =>
    modelSignatureFault(await readFile(file(by)), models()['tiny']!, by.trusted.publicKey);

  it('are made by every signer', async () => {
    await sign(a);
    await signAfter();
    expect([await fault(a), await fault(b)]).toEqual([undefined, undefined]);
  });

  it.each([
    ['is missing', () => rm(file(a))],
    ['was changed', () => truncate(file(a), 100)],
    ['is of another signer', async () => writeFile(file(a), await readFile(file(b)))],
  ])('are made again where one %s', async (_, damage) => {
    await sign(a);
    await signAfter();
    await damage();
    expect(await sign(a, {}, NOW, [b])).toMatchObject({ alreadySealed: false, models: ['tiny'] });
    expect(await fault(a)).toBeUndefined();
    expect(await sign(a, {}, NOW, [b])).toMatchObject({ alreadySealed: true });
  });

  it.each([
    ['of an earlier release', 'https://airlock.example/seal/v1'],
    ['that names none', undefined],
  ])('are not made beside a seal %s: all signers say the same', async (_, type) => {
    const statement = { site: 'nordlicht', root: of.plan.root, lock: digestOf(of.lockBytes), sequence: 1 };
    const payload = sealPayload({ ...statement, sealedAt: NOW, previous: null }, type);
    await mkdir(path.join(bundle, 'seals'));
    await writeFile(path.join(bundle, 'seals', `${a.trusted.id}.sigstore.json`), await createSeal(payload, a.signer));
    expect(await signAfter()).toMatchObject({ models: [] });
    expect((await readdir(path.join(bundle, 'seals'))).filter((name) => name.endsWith('.model.sig'))).toEqual([]);
  });

  it('are not made beside seals that name other files than the lock', async () => {
    const statement = { site: 'nordlicht', root: of.plan.root, lock: digestOf(of.lockBytes), sequence: 1 };
    const payload = sealPayload({ ...statement, sealedAt: NOW, previous: null, models: { tiny: digestOf('else') } });
    await mkdir(path.join(bundle, 'seals'));
    await writeFile(path.join(bundle, 'seals', `${a.trusted.id}.sigstore.json`), await createSeal(payload, a.signer));
    await expect(signAfter()).rejects.toMatchObject({ code: 'SEALS_DISAGREE' });
  });
});

describe('seals that nobody verified', () => {
  const stranger = testSigner();
  const said = { sequence: 2, sealedAt: NOW, previous: digestOf('previous') };
  const signedBy = async (over: Partial<SealStatement> = {}): Promise<Buffer> =>
    createSeal(
      sealPayload({
        ...{ site: 'nordlicht', root: of.plan.root, lock: digestOf(of.lockBytes), models: models() },
        ...{ ...said, ...over },
      }),
      stranger.signer,
    );
  /** Puts a seal there under any name, as whoever carries the bundle can. */
  const plant = async (bytes: Buffer, id = stranger.trusted.id): Promise<void> => {
    await mkdir(path.join(bundle, 'seals'), { recursive: true });
    await writeFile(path.join(bundle, 'seals', `${id}.sigstore.json`), bytes);
  };
  /** One without a signature, under an id that no key has. */
  const garbage = (over: Partial<SealStatement>): Buffer => {
    const statement = { site: 'nordlicht', root: of.plan.root, lock: digestOf(of.lockBytes), ...said, ...over };
    return formatSeal({ keyId: '0'.repeat(16), payload: sealPayload(statement), signature: Buffer.from([0, 0, 0]) });
  };

  const choices = Object.keys(said) as (keyof typeof said)[];
  const options = { sequence: '--sequence', sealedAt: '--sealed-at', previous: '--previous' };
  const subsets = Array.from({ length: 7 }, (_, bits) => choices.filter((__, at) => (bits & (1 << at)) !== 0));

  it.each(subsets.map((given) => [given.join(', ') || 'nothing', given] as const))(
    'are not adopted when the signer chooses %s: what is missing is named',
    async (_, given) => {
      await plant(garbage({ sequence: 9007199254740991, sealedAt: '2099-01-01T00:00:00Z' }), '0'.repeat(16));
      const some = Object.fromEntries(given.map((key) => [key, said[key]]));
      const error = await sign(b, some, NOW, [a]).catch((thrown: unknown) => thrown as AirlockError);
      expect(error).toMatchObject({ kind: 'input', message: matching(/0000000000000000.* is not taken over/) });
      const missing = choices.filter((key) => !given.includes(key)).map((key) => options[key]);
      expect((error as AirlockError).fix).toContain(`what you seal: ${missing.join(', ')} (`);
      expect(await readdir(path.join(bundle, 'seals'))).toEqual(['0000000000000000.sigstore.json']);
    },
  );

  it('are refused where they say something else than the signer chooses, and named unverified', async () => {
    await plant(garbage({ sequence: 3 }), '0'.repeat(16));
    await expect(sign(b, said)).rejects.toMatchObject({
      kind: 'check',
      message: matching(/seals\/0000000000000000.sigstore.json is unverified and says something else/),
    });
    await rm(path.join(bundle, 'seals'), { recursive: true });
    await sign(a, said);
    await plant(garbage({ sequence: 3 }), '0'.repeat(16));
    await expect(signAfter()).rejects.toMatchObject({ kind: 'check', message: matching(/unverified/) });
  });

  it('are not counted where they say the same', async () => {
    await plant(await signedBy());
    expect(await sign(b, said)).toMatchObject({
      statement: said,
      signers: [b.trusted.id],
      unverified: [stranger.trusted.id],
    });
    await sign(a, {}, NOW, [b, stranger]);
    expect(await verdict(2)).toMatchObject({ ok: true, untrusted: [stranger.trusted.id] });
  });

  it('are signed again in the form of an earlier version, where it sealed the bundle', async () => {
    const statement = { site: 'nordlicht', root: of.plan.root, lock: digestOf(of.lockBytes), ...said };
    const earlier = sealPayload(statement, 'https://airlock.example/seal/v1');
    await plant(await createSeal(earlier, stranger.signer));
    await writeFile(
      path.join(bundle, 'seals', `${stranger.trusted.id}.SHA256SUMS.sig`),
      await stranger.signer.sign(await readFile(path.join(bundle, 'SHA256SUMS'))),
    );
    expect(await sign(b, {}, NOW, [stranger])).toMatchObject({
      statement: said,
      signers: [b.trusted.id, stranger.trusted.id].sort(),
      unverified: [],
    });
    const added = parseSeal(await readFile(path.join(bundle, 'seals', `${b.trusted.id}.sigstore.json`)));
    expect(added.isOver(earlier)).toBe(true);
    expect(added.isOver(sealPayload(statement))).toBe(false);
  });

  it('are adopted once the key of their signer is given', async () => {
    await plant(await signedBy());
    expect(await sign(b, {}, '2027-01-01T00:00:00Z', [stranger])).toMatchObject({ statement: said });
  });

  it("are refused under the name of a given key, or of the signer's own", async () => {
    const forged = await createSeal(
      sealPayload({ site: 'nordlicht', root: of.plan.root, lock: digestOf(of.lockBytes), ...said }),
      { ...stranger.signer, keyId: a.trusted.id },
    );
    await plant(forged, a.trusted.id);
    for (const signing of [() => signAfter(said), () => sign(a, said)])
      await expect(signing()).rejects.toMatchObject({
        kind: 'check',
        message: `seals/${a.trusted.id}.sigstore.json is unverified: no signature of key ${a.trusted.id}`,
      });
  });

  it('do not show themselves by a signature over SHA256SUMS alone', async () => {
    await mkdir(path.join(bundle, 'seals'));
    await writeFile(path.join(bundle, 'seals', `${'0'.repeat(16)}.SHA256SUMS.sig`), 'x');
    await expect(sign(b)).rejects.toThrow(/is not taken over/);
    expect(await sign(b, said)).toMatchObject({ signers: [b.trusted.id], unverified: ['0'.repeat(16)] });
  });
});

const weights = (): `sha256:${string}` => of.plan.blobs.find(({ file }) => file === 'model.safetensors')!.digest;
const blob = (digest: `sha256:${string}`): string => path.join(bundle, 'blobs', 'sha256', hexOf(digest));

describe('choices that no bundle can have', () => {
  const own = { site: 'nordlicht', root: digestOf('own') };
  const known = { bundles: [{ ...own, root: digestOf('other'), sequence: 8, sealedAt: NOW }] };

  it('are refused before there is one', () => {
    expect(() => demandChoices({ previous: own.root }, own, { bundles: [] }, true)).toThrow(/cannot follow itself/);
    for (const sequence of [1, 8])
      expect(() => demandChoices({ sequence }, own, known, false)).toThrow(`sequence ${sequence} does not rise`);
    for (const choices of [{}, { sequence: 9 }, { previous: null }, { previous: digestOf('other') }])
      expect(() => {
        demandChoices(choices, own, known, false);
      }).not.toThrow();
    expect(() => {
      demandChoices({ sequence: 1 }, own, known, true);
    }).not.toThrow();
  });

  it('are not sealed', async () => {
    await expect(sign(a, { sequence: 2, previous: of.plan.root })).rejects.toThrow(/cannot follow itself/);
    expect(await readdir(bundle)).not.toContain('seals');
  });
});

describe('signBundle, with a ledger', () => {
  const other = { site: 'nordlicht', root: digestOf('another'), sealedAt: NOW };
  const signWith = (bundles: readonly SealedBundle[], choices: SealChoices = {}, more: Partial<SignOptions> = {}) => {
    const noted: SealStatement[] = [];
    const note = (statement: SealStatement): Promise<void> => Promise.resolve(void noted.push(statement));
    const signed = signBundle(bundle, b.signer, choices, NOW, [a.trusted], { ledger: { bundles, note }, ...more });
    return signed.then(({ statement }) => ({ statement, noted }));
  };

  it('takes the next number and names the one before, where nobody says otherwise', async () => {
    const { statement, noted } = await signWith([{ ...other, sequence: 8 }]);
    expect(statement).toMatchObject({ sequence: 9, previous: other.root });
    expect(noted).toEqual([statement]);
  });

  it('is the first of its site in an empty one, and takes what is chosen', async () => {
    expect((await signWith([])).statement).toMatchObject({ sequence: 1, previous: null });
  });

  it('takes a choice that rises, and refuses another without a word', async () => {
    const known = [{ ...other, sequence: 8 }];
    for (const sequence of [1, 8])
      await expect(signWith(known, { sequence })).rejects.toMatchObject({ code: 'SEAL_CHOICES_INVALID' });
    expect(await readdir(bundle)).not.toContain('seals');
    expect((await signWith(known, { sequence: 8 }, { allowLower: true })).statement).toMatchObject({ sequence: 8 });
  });

  it('does not sign after another signer what it knows to be old', async () => {
    await sign(a, { sequence: 3 });
    await expect(signWith([{ ...other, sequence: 3 }])).rejects.toMatchObject({ code: 'SEAL_CHOICES_INVALID' });
    expect((await signWith([{ ...other, sequence: 2 }])).statement).toMatchObject({ sequence: 3, previous: null });
  });

  it('writes no seal where the ledger cannot be written', async () => {
    const note = (): Promise<void> => Promise.reject(environmentFailed('DISK_FULL', 'the disk is full'));
    await expect(signWith([], {}, { ledger: { bundles: [], note } })).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(await readdir(bundle)).not.toContain('seals');
  });
});
