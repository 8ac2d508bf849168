/**
 * Signatures of models in the form of OMS v1.0 (ossf/model-signing-spec): a detached Sigstore bundle around an in-toto statement over the
 * SHA-256 of every file, which tools that know nothing of Airlock verify beside a folder of weights.
 *
 * The statement is a pure function of the model's files as they are locked: of a signature of ours only these very bytes are accepted.
 */
import type { KeyObject } from 'node:crypto';
import { canonicalJson } from '../../core/canonical-json';
import { type Digest, digestOf, hexOf, newHash } from '../../core/digest';
import { partsOf, SignedPayload, signPayload, STATEMENT_TYPE } from './signed-payload';
import type { Signer } from './signer';

/** ossf/model-signing-spec, v1.0, "Predicate". */
export const MODEL_PREDICATE_TYPE = 'https://model_signing/signature/v1.0';

/** A file of a model, by its path below the model's folder. */
export interface SignedFile {
  readonly path: string;
  readonly digest: Digest;
}

/** As the lock names models (site/schema/lock.schema.json, `$defs/plainName`). */
const MODEL_NAME = /^[A-Za-z0-9][A-Za-z0-9._+-]*$/;
export const isModelName = (name: string): boolean => MODEL_NAME.test(name);

const FILE_NAME = /^([0-9a-f]{16})\.([A-Za-z0-9][A-Za-z0-9._+-]*)\.model\.sig$/;

/** Name of a signer's signature of a model inside `seals/`. */
export const modelSignatureFileName = (keyId: string, model: string): string => `${keyId}.${model}.model.sig`;

/** Whose signature of which model a file of `seals/` is by its name; undefined where it is none. */
export function modelSignatureOf(file: string): { readonly keyId: string; readonly model: string } | undefined {
  const [, keyId, model] = FILE_NAME.exec(file) ?? [];
  return keyId === undefined || model === undefined ? undefined : { keyId, model };
}

/**
 * What git keeps beside a model. The tools of OMS pass over it at the root of a model unless they are told otherwise, so no signature covers
 * it; the seal of the bundle does.
 */
export const PASSED_OVER: readonly string[] = ['.git', '.gitattributes', '.github', '.gitignore'];

/** Whether a path lies where signatures do not look. */
export const isWithin = (path: string, folders: readonly string[]): boolean =>
  folders.some((folder) => path === folder || path.startsWith(`${folder}/`));

const byCodePoint = (a: SignedFile, b: SignedFile): number => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path));

/**
 * What every signer of a model signs, in RFC 8785 form.
 *
 * @param name of the model
 * @param files all that were locked, in any order
 */
export function modelStatement(name: string, files: readonly SignedFile[]): Buffer {
  const signed = files.filter(({ path }) => !isWithin(path, PASSED_OVER)).sort(byCodePoint);
  const all = newHash();
  for (const { digest } of signed) all.update(Buffer.from(hexOf(digest), 'hex'));
  return canonicalJson({
    _type: STATEMENT_TYPE,
    subject: [{ name, digest: { sha256: all.digest('hex') } }],
    predicateType: MODEL_PREDICATE_TYPE,
    predicate: {
      serialization: { method: 'files', hash_type: 'sha256', allow_symlinks: false, ignore_paths: PASSED_OVER },
      resources: signed.map(({ path, digest }) => ({ name: path, algorithm: 'sha256', digest: hexOf(digest) })),
    },
  });
}

/** How OMS names a key: SHA-256 of its SPKI in PEM, as hexadecimal digits. */
export const keyHint = (publicKey: KeyObject): string =>
  hexOf(digestOf(publicKey.export({ type: 'spki', format: 'pem' }).toString()));

/** Signs the statement about a model. */
export const signModel = (statement: Buffer, signer: Signer): Promise<Buffer> =>
  signPayload(statement, signer, keyHint(signer.publicKey));

const HINT = /^[0-9a-f]{64}$/;

/** A signature of ours, as found; undefined when the bytes are not in the one form. Its `keyId` is a {@link keyHint}. */
export function parseModelSignature(bytes: Buffer): SignedPayload | undefined {
  const parts = partsOf(bytes, bytes.length, (hint) => HINT.test(hint));
  return parts === undefined ? undefined : new SignedPayload(parts);
}

/** What is wrong with a signature of ours, in words; undefined where nothing is. @param publicKey absent where it is not known */
export function modelSignatureFault(
  bytes: Buffer,
  statement: Digest,
  publicKey: KeyObject | undefined,
): string | undefined {
  const signature = parseModelSignature(bytes);
  if (signature === undefined) return 'not a signature in its canonical form';
  if (!signature.isOfDigest(statement)) return 'is about other files than those that were locked';
  if (publicKey === undefined) return undefined;
  if (signature.keyId !== keyHint(publicKey)) return 'names another key inside';
  return signature.verified(publicKey) === undefined ? 'the signature is not one of its key' : undefined;
}
