import { type Digest, digestOf, hexOf, newHash } from '../../../core/digest';
import { canonicalJson } from '../../../core/canonical-json';
import type { AirlockError } from '../../../core/errors';
import { keyHint, modelStatement, PASSED_OVER, signModel } from '../../../offline-bundle/trust/model-signature';
import { signPayload } from '../../../offline-bundle/trust/signed-payload';
import { judgeSignature } from '../../../offline-bundle/weights/signature';
import { testSigner } from '../trust/signers';

const [a, b] = [testSigner(), testSigner()];
const locked = ['config.json', 'model.safetensors', 'sub/tokenizer.json'].map((path) => ({
  ...{ path, digest: digestOf(path), size: 1 },
}));

interface Resource {
  readonly name: string;
  readonly digest: string;
}
const resources = locked.map(({ path, digest }): Resource => ({ name: path, digest: hexOf(digest) }));

/** A statement as other tools write it: in any order of members, with what they like beside. */
function statement(of: readonly Resource[], over: object = {}, serialization: object = {}): Buffer {
  const all = newHash();
  for (const { digest } of of) all.update(Buffer.from(digest, 'hex'));
  return Buffer.from(
    JSON.stringify(
      {
        _type: 'https://in-toto.io/Statement/v1',
        subject: [{ name: 'anything', digest: { sha256: all.digest('hex') } }],
        predicateType: 'https://model_signing/signature/v1.0',
        predicate: {
          resources: of.map((one) => ({ ...one, algorithm: 'sha256' })),
          serialization: { method: 'files', hash_type: 'sha256', allow_symlinks: false, ...serialization },
        },
        ...over,
      },
      null,
      2,
    ),
  );
}
/** Indented, as no signature of ours is. */
const foreign = async (payload: Buffer, by = a): Promise<Buffer> =>
  Buffer.from(JSON.stringify(JSON.parse((await signModel(payload, by.signer)).toString('utf8')), null, 2));
const judged = async (bytes: Promise<Buffer>, files = locked) => judgeSignature(await bytes, a.trusted, files);
const refusal = (bytes: Promise<Buffer>, files = locked): Promise<string> =>
  judged(bytes, files).then(
    () => 'taken',
    (error: unknown) => {
      const { code, message } = error as AirlockError;
      return `${code}: ${message.replace('the signature does not hold for the model: ', '')}`;
    },
  );

describe('a signature that another tool made', () => {
  it('holds where it names exactly the files that were locked, in any order', async () => {
    const taken = { keyId: a.trusted.id, files: 3, passedOver: [] };
    expect(await judged(foreign(statement(resources)))).toEqual(taken);
    expect(await judged(foreign(statement([...resources].reverse())))).toEqual(taken);
    expect(await judged(signModel(modelStatement('tiny', locked), a.signer))).toEqual(taken);
  });

  it('may pass over what git keeps, and nothing else', async () => {
    const extra = PASSED_OVER.map((path) => ({ path, digest: digestOf(''), size: 0 }));
    expect(await judged(foreign(statement(resources)), [...locked, ...extra])).toMatchObject({
      passedOver: PASSED_OVER,
    });
    const ignoring = foreign(statement(resources.slice(1), {}, { ignore_paths: ['config.json'] }));
    expect(await refusal(ignoring)).toBe('MODEL_SIGNATURE_WRONG: 1 differences\n  not signed: config.json');
  });

  it('may lie among the files that were locked', async () => {
    const bytes = await foreign(statement(resources));
    const files = [...locked, { path: 'model.sig', digest: digestOf(bytes), size: bytes.length }];
    expect(await judged(Promise.resolve(bytes), files)).toMatchObject({ files: 3, passedOver: ['model.sig'] });
    const other = [...locked, { path: 'model.sig', digest: digestOf('other'), size: 5 }];
    expect(await refusal(Promise.resolve(bytes), other)).toMatch(/not signed: model\.sig$/);
  });

  it('names every difference from what was locked', async () => {
    const other: Digest = digestOf('other');
    const changed = [
      { name: 'config.json', digest: hexOf(other) },
      { name: 'new.bin', digest: hexOf(other) },
      resources[1]!,
    ];
    expect((await refusal(foreign(statement(changed)))).split('\n  ').slice(1)).toEqual([
      'not signed: sub/tokenizer.json',
      `signed with other content: config.json, ${hexOf(other)} instead of ${resources[0]!.digest}`,
      'not locked: new.bin',
    ]);
  });

  it.each<[string, () => Promise<Buffer>, string]>([
    ['another key', () => foreign(statement(resources), b), 'it names another key inside'],
    [
      'another key under the name of this one',
      () => signPayload(statement(resources), b.signer, keyHint(a.trusted.publicKey)),
      `it is not one of key ${a.trusted.id}`,
    ],
    ['no JSON', () => Promise.resolve(Buffer.from('x')), 'it is no Sigstore bundle around one in-toto statement'],
    ['null', () => Promise.resolve(Buffer.from('null')), 'it is no Sigstore bundle around one in-toto statement'],
    [
      'a certificate in place of a key',
      async () => {
        const right = JSON.parse((await foreign(statement(resources))).toString('utf8')) as object;
        return canonicalJson({ ...right, verificationMaterial: { certificate: {} } });
      },
      'it was made without a key, so none can verify it',
    ],
    [
      'another predicate',
      () => foreign(statement(resources, { predicateType: 'https://model_signing/Digests/v0.1' })),
      'its key signed something else than a model (OMS v1.0)',
    ],
    [
      'shards',
      () => foreign(statement(resources, {}, { method: 'shards' })),
      'it is over parts of files or over another hash, and locked is the SHA-256 of whole files',
    ],
    [
      'another hash',
      () => foreign(statement(resources, {}, { hash_type: 'blake3' })),
      'it is over parts of files or over another hash, and locked is the SHA-256 of whole files',
    ],
    [
      'a file twice',
      () => foreign(statement([...resources, resources[0]!])),
      'it does not name each file once, with its SHA-256',
    ],
    [
      'another subject',
      () => foreign(statement(resources, { subject: [{ name: 'x', digest: { sha256: hexOf(digestOf('')) } }] })),
      'its subject is not the hash over its files',
    ],
    ['no statement', () => foreign(Buffer.from('null')), 'its key signed something else than a model (OMS v1.0)'],
  ])('is refused with %s', async (_, make, message) => {
    expect(await refusal(make())).toBe(`MODEL_SIGNATURE_WRONG: ${message}`);
  });
});
