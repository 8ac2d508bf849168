import { createHash } from 'node:crypto';
import { digestOf, hexOf } from '../../../core/digest';
import {
  isModelName,
  isWithin,
  keyHint,
  modelSignatureFault,
  modelSignatureFileName,
  modelSignatureOf,
  modelStatement,
  parseModelSignature,
  PASSED_OVER,
  signModel,
} from '../../../offline-bundle/trust/model-signature';
import { signPayload } from '../../../offline-bundle/trust/signed-payload';
import { testSigner } from './signers';

const [a, b] = [testSigner(), testSigner()];
const digests = ['one', 'two', 'three'].map((text) => digestOf(text));
const files = ['b.txt', 'a/z', 'a.txt'].map((path, at) => ({ path, digest: digests[at]! }));

interface Statement {
  readonly subject: readonly { readonly name: string; readonly digest: { readonly sha256: string } }[];
  readonly predicateType: string;
  readonly predicate: {
    readonly serialization: unknown;
    readonly resources: readonly { readonly name: string; readonly algorithm: string; readonly digest: string }[];
  };
}
const said = (bytes: Buffer): Statement => JSON.parse(bytes.toString('utf8')) as Statement;

describe('the statement about a model', () => {
  const statement = modelStatement('tiny', files);

  it('names every file with its SHA-256, in the order of code points', () => {
    expect(said(statement).predicate.resources).toEqual([
      { name: 'a.txt', algorithm: 'sha256', digest: hexOf(digests[2]!) },
      { name: 'a/z', algorithm: 'sha256', digest: hexOf(digests[1]!) },
      { name: 'b.txt', algorithm: 'sha256', digest: hexOf(digests[0]!) },
    ]);
  });

  it('is about the hash over these hashes in that order (OMS v1.0)', () => {
    const all = createHash('sha256');
    for (const at of [2, 1, 0]) all.update(Buffer.from(hexOf(digests[at]!), 'hex'));
    expect(said(statement).subject).toEqual([{ name: 'tiny', digest: { sha256: all.digest('hex') } }]);
    expect(said(statement).predicateType).toBe('https://model_signing/signature/v1.0');
  });

  it('is the same in whatever order files are given, and another for any other name, path or content', () => {
    expect(modelStatement('tiny', [...files].reverse())).toEqual(statement);
    const [first, ...rest] = files;
    for (const other of [
      modelStatement('tinier', files),
      modelStatement('tiny', rest),
      modelStatement('tiny', [{ ...first!, path: 'c.txt' }, ...rest]),
      modelStatement('tiny', [{ ...first!, digest: digests[1]! }, ...rest]),
    ])
      expect(other.equals(statement)).toBe(false);
  });

  it.each(PASSED_OVER)('passes over %s and what is in it, at the root alone', (name) => {
    const beside = [...files, { path: name, digest: digests[0]! }, { path: `${name}/x`, digest: digests[1]! }];
    expect(modelStatement('tiny', beside)).toEqual(statement);
    for (const path of [`sub/${name}`, `${name}x`]) {
      const names = said(modelStatement('tiny', [...files, { path, digest: digests[0]! }])).predicate.resources;
      expect(names.map((one) => one.name)).toContain(path);
      expect(isWithin(path, PASSED_OVER)).toBe(false);
    }
  });
});

it.each([
  ['tiny', true],
  ['a.model', true],
  ['Qwen_3+x-1', true],
  ['', false],
  ['.hidden', false],
  ['a/b', false],
  ['a b', false],
])('%j is the name of a model: %s', (name, right) => {
  expect(isModelName(name)).toBe(right);
  const file = modelSignatureFileName('0123456789abcdef', name);
  expect(modelSignatureOf(file)).toEqual(right ? { keyId: '0123456789abcdef', model: name } : undefined);
});

it.each([
  'x.tiny.model.sig',
  '0123456789abcdef.sigstore.json',
  '0123456789abcdef.SHA256SUMS.sig',
  '0123456789abcdef.model.sig',
])('%s is no signature of a model', (name) => expect(modelSignatureOf(name)).toBeUndefined());

describe('a signature of a model', () => {
  const statement = modelStatement('tiny', files);
  const digest = digestOf(statement);

  it('holds under the key that made it, and names it by its PEM', async () => {
    const bytes = await signModel(statement, a.signer);
    expect(modelSignatureFault(bytes, digest, a.trusted.publicKey)).toBeUndefined();
    expect(modelSignatureFault(bytes, digest, undefined)).toBeUndefined();
    expect(parseModelSignature(bytes)?.keyId).toBe(createHash('sha256').update(a.publicPem).digest('hex'));
    expect(keyHint(a.trusted.publicKey)).toBe(parseModelSignature(bytes)?.keyId);
  });

  it('does not hold where any byte is another', async () => {
    const bytes = await signModel(statement, a.signer);
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      expect(modelSignatureFault(changed, digest, a.trusted.publicKey)).toBeDefined();
    }
  });

  it.each([
    ['another key', () => signModel(statement, b.signer), 'names another key inside'],
    [
      'another key under the name of this one',
      () => signPayload(statement, b.signer, keyHint(a.trusted.publicKey)),
      'the signature is not one of its key',
    ],
    [
      'other files',
      () => signModel(modelStatement('tiny', files.slice(1)), a.signer),
      'is about other files than those that were locked',
    ],
    [
      'the id of a key, as seals have it',
      () => signPayload(statement, a.signer),
      'not a signature in its canonical form',
    ],
    ['nothing', () => Promise.resolve(Buffer.alloc(0)), 'not a signature in its canonical form'],
  ])('does not hold with %s', async (_, make, fault) => {
    expect(modelSignatureFault(await make(), digest, a.trusted.publicKey)).toBe(fault);
  });
});
