/**
 * Whether a signature of a model that somebody else made (OMS v1.0: `model.sig` of model-signing) is one over the files that were locked.
 * What was locked is known by its SHA-256, so no file of the model is read for it.
 */
import { verify } from 'node:crypto';
import { type Digest, digestOf, fromHex, hexOf, isSha256Hex, newHash } from '../../core/digest';
import { AirlockError } from '../../core/errors';
import { visible } from '../../core/visible';
import { IN_TOTO_PAYLOAD, preAuthEncoding } from '../trust/dsse';
import type { TrustedKey } from '../trust/keys';
import { isWithin, keyHint, MODEL_PREDICATE_TYPE, PASSED_OVER } from '../trust/model-signature';
import { parseJson, STATEMENT_TYPE } from '../trust/signed-payload';
import type { ModelFile } from './model-files';

export interface SignedWeights {
  /** Id of the key that made it. */
  readonly keyId: string;
  /** Files of the model that it covers. */
  readonly files: number;
  /** Paths of the others: what git keeps, and the signature itself. */
  readonly passedOver: readonly string[];
}

interface RawBundle {
  readonly verificationMaterial?: { readonly publicKey?: { readonly hint?: unknown } };
  readonly dsseEnvelope?: {
    readonly payload?: unknown;
    readonly payloadType?: unknown;
    readonly signatures?: readonly ({ readonly sig?: unknown } | null)[];
  };
}

interface RawStatement {
  readonly _type?: unknown;
  readonly predicateType?: unknown;
  readonly subject?: readonly ({ readonly digest?: { readonly sha256?: unknown } } | null)[];
  readonly predicate?: {
    readonly serialization?: { readonly method?: unknown; readonly hash_type?: unknown };
    readonly resources?: readonly ({ readonly name?: unknown; readonly digest?: unknown } | null)[];
  };
}

/** What should be a list, of a stranger. */
const listOf = <T>(value: readonly T[] | undefined): readonly T[] =>
  Array.isArray(value) ? (value as readonly T[]) : [];
/** The one member of a list; undefined where there are others. */
const only = <T>(value: readonly T[] | undefined): T | undefined =>
  listOf(value).length === 1 ? listOf(value)[0] : undefined;

const wrong = (what: string, items: readonly string[] = []): AirlockError =>
  new AirlockError('MODEL_SIGNATURE_WRONG', `the signature does not hold for the model: ${what}`, {
    items: items.map(visible),
    fix: 'ask whoever signed the model for the signature of this revision, and for the key by another path',
  });

/** What the key signed. @throws AirlockError (check) where that is nothing */
function payloadOf(bytes: Buffer, { publicKey, id }: TrustedKey): Buffer {
  const { verificationMaterial, dsseEnvelope } = (parseJson(bytes) ?? {}) as RawBundle;
  const { payload, payloadType, signatures } = dsseEnvelope ?? {};
  const hint = verificationMaterial?.publicKey?.hint;
  const sig = only(signatures)?.sig;
  if (typeof payload !== 'string' || payloadType !== IN_TOTO_PAYLOAD || typeof sig !== 'string')
    throw wrong('it is no Sigstore bundle around one in-toto statement');
  if (verificationMaterial?.publicKey === undefined) throw wrong('it was made without a key, so none can verify it');
  if (hint !== undefined && hint !== '' && hint !== keyHint(publicKey)) throw wrong('it names another key inside');
  const said = Buffer.from(payload, 'base64');
  if (verify('sha256', preAuthEncoding(payloadType, said), publicKey, Buffer.from(sig, 'base64'))) return said;
  throw wrong(`it is not one of key ${id}`);
}

/** Digest of each file that the statement names, by its path. @throws AirlockError (check) for what is not OMS v1.0 over whole files */
function filesIn(payload: Buffer): Map<string, Digest> {
  const { _type, predicateType, subject, predicate } = (parseJson(payload) ?? {}) as RawStatement;
  if (_type !== STATEMENT_TYPE || predicateType !== MODEL_PREDICATE_TYPE)
    throw wrong('its key signed something else than a model (OMS v1.0)');
  const { serialization, resources } = predicate ?? {};
  if (serialization?.method !== 'files' || serialization.hash_type !== 'sha256')
    throw wrong('it is over parts of files or over another hash, and locked is the SHA-256 of whole files');
  const files = new Map<string, Digest>();
  const all = newHash();
  for (const one of listOf(resources)) {
    const { name, digest } = one ?? {};
    if (typeof name !== 'string' || typeof digest !== 'string' || !isSha256Hex(digest) || files.has(name))
      throw wrong('it does not name each file once, with its SHA-256');
    files.set(name, fromHex(digest));
    all.update(Buffer.from(digest, 'hex'));
  }
  if (only(subject)?.digest?.sha256 === all.digest('hex')) return files;
  throw wrong('its subject is not the hash over its files');
}

/**
 * Judges a signature of a model.
 *
 * @param bytes of the signature's file
 * @param key that reached the verifier by another path than the signature
 * @param files every file of the model, as it was locked
 * @throws AirlockError (check) where it is not by this key, or names other files: each is named
 */
export function judgeSignature(bytes: Buffer, key: TrustedKey, files: readonly ModelFile[]): SignedWeights {
  const signed = filesIn(payloadOf(bytes, key));
  const locked = new Map(files.map((file) => [file.path, file.digest]));
  // A signature that was published within its model cannot cover itself.
  const own = digestOf(bytes);
  const isPassedOver = ({ path, digest }: ModelFile): boolean => isWithin(path, PASSED_OVER) || digest === own;
  const passedOver = files.filter((file) => !signed.has(file.path) && isPassedOver(file)).map(({ path }) => path);
  const items = [
    ...files
      .filter(({ path }) => !signed.has(path) && !passedOver.includes(path))
      .map(({ path }) => `not signed: ${path}`),
    ...[...signed].flatMap(([path, digest]) => {
      const right = locked.get(path);
      if (right === undefined) return [`not locked: ${path}`];
      return right === digest
        ? []
        : [`signed with other content: ${path}, ${hexOf(digest)} instead of ${hexOf(right)}`];
    }),
  ];
  if (items.length > 0) throw wrong(`${items.length} differences`, items);
  return { keyId: key.id, files: signed.size, passedOver };
}
