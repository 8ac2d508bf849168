/**
 * Seals: who vouches for a bundle. One Sigstore bundle (v0.3) per signer, each a DSSE envelope around the same in-toto
 * statement about the digest of the bundle's index.
 *
 * Each seal is one line of RFC 8785 JSON, so that any change of it can be told, and `sed` can take it apart.
 */
import { type KeyObject, verify } from 'node:crypto';
import { canonicalJson } from '../../core/canonical-json';
import { type Digest, hexOf, isDigest, isSha256Hex } from '../../core/digest';
import { badInput, checkFailed } from '../../core/errors';
import { acceptedTypes, PREDICATE_TYPES } from '../../core/identifiers';
import { visible } from '../../core/visible';
import { IN_TOTO_PAYLOAD, preAuthEncoding } from './dsse';
import type { Signer } from './signer';

/** in-toto/attestation, spec/v1/statement.md. */
export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
export const SEAL_PREDICATE_TYPE = PREDICATE_TYPES.seal.written;
/** sigstore/protobuf-specs, sigstore_bundle.proto. */
export const SIGSTORE_BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** Refused above this, before anything is parsed. Bytes. */
export const MAX_SEAL_BYTES = 64 * 1024;

/** What a seal says. */
export interface SealStatement {
  readonly site: string;
  /** Digest of the bundle's index. */
  readonly root: Digest;
  /** Counts the bundles of a site upwards, so that an old one can be told. */
  readonly sequence: number;
  /** When it was sealed, RFC 3339 in UTC to the second, e.g. `2026-11-23T20:00:00Z`. */
  readonly sealedAt: string;
  /** Digest of the lock file's bytes. */
  readonly lock: Digest;
  /** Index digest of the bundle before this one, or null. */
  readonly previous: Digest | null;
}

/** What a seal file is made of. */
export interface SealParts {
  readonly keyId: string;
  readonly payload: Buffer;
  /** DER-encoded ECDSA over the DSSE pre-authentication encoding of the payload. */
  readonly signature: Buffer;
}

/** As `site.yaml` and the lock write it (site/schema/site.schema.json, `$defs/name`). */
const SITE_NAME = /^[a-z0-9]([a-z0-9.-]{0,51}[a-z0-9])?$/;
const SEALED_AT = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;
const KEY_ID = /^[0-9a-f]{16}$/;

export const isKeyId = (text: string): boolean => KEY_ID.test(text);

/** Name of a signer's seal inside `seals/`. */
export const sealFileName = (keyId: string): string => `${keyId}.sigstore.json`;
/** Name of a signer's detached signature over SHA256SUMS inside `seals/`. */
export const sumsSignatureFileName = (keyId: string): string => `${keyId}.SHA256SUMS.sig`;

const isTime = (text: string): boolean =>
  SEALED_AT.test(text) && new Date(text).toISOString().slice(0, 19) === text.slice(0, 19);

/** @throws AirlockError (input) when the text is not RFC 3339 in UTC to the second */
export function parseSealTime(text: string): string {
  if (isTime(text)) return text;
  throw badInput('USAGE_INVALID_VALUE', `"${text}" is not a time`, 'write it in UTC, e.g. 2026-11-23T20:00:00Z');
}

/** @throws AirlockError (input) for what no seal may say */
function demandWellFormed({ site, sequence, sealedAt }: SealStatement): void {
  if (!SITE_NAME.test(site)) {
    throw badInput(
      'SEAL_CHOICES_INVALID',
      `${visible(JSON.stringify(site))} is not the name of a site`,
      'use the name that the lock states',
    );
  }
  if (!Number.isSafeInteger(sequence) || sequence < 0) {
    throw badInput(
      'SEAL_CHOICES_INVALID',
      `sequence ${String(sequence)} is not a whole number`,
      'count the bundles of a site from 1',
    );
  }
  parseSealTime(sealedAt);
}

/**
 * The bytes that every signer of a bundle signs: an in-toto statement in RFC 8785 form.
 *
 * @param type another than today's only where an earlier signer used it
 * @throws AirlockError (input) for a malformed site name, time or sequence
 */
export function sealPayload(statement: SealStatement, type: string = SEAL_PREDICATE_TYPE): Buffer {
  demandWellFormed(statement);
  const { site, root, sequence, sealedAt, lock, previous } = statement;
  return canonicalJson({
    _type: STATEMENT_TYPE,
    subject: [{ name: site, digest: { sha256: hexOf(root) } }],
    predicateType: type,
    predicate: { site, sequence, sealedAt, lock, previous },
  });
}

interface RawStatement {
  readonly subject?: readonly { readonly name?: unknown; readonly digest?: { readonly sha256?: unknown } }[];
  readonly predicate?: Readonly<Record<string, unknown>>;
}

const parseJson = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
};

/** Every form in which a seal may say it; the first is the one that is written. */
export const sealPayloads = (statement: SealStatement): Buffer[] =>
  acceptedTypes(PREDICATE_TYPES.seal).map((type) => sealPayload(statement, type));

function isPayloadOf(statement: SealStatement, payload: Buffer): boolean {
  try {
    return sealPayloads(statement).some((one) => one.equals(payload));
  } catch {
    return false;
  }
}

/** Only the exact bytes of {@link sealPayloads} are accepted. @throws AirlockError (check) for anything else */
function parseSealPayload(payload: Buffer): SealStatement {
  const raw = parseJson(payload) as RawStatement | null | undefined;
  const subject = raw?.subject?.[0];
  const { site, sequence, sealedAt, lock, previous } = raw?.predicate ?? {};
  const root = subject?.digest?.sha256;
  if (
    typeof root === 'string' &&
    isSha256Hex(root) &&
    typeof site === 'string' &&
    typeof sequence === 'number' &&
    typeof sealedAt === 'string' &&
    typeof lock === 'string' &&
    isDigest(lock) &&
    (previous === null || (typeof previous === 'string' && isDigest(previous)))
  ) {
    const statement: SealStatement = { site, root: `sha256:${root}`, sequence, sealedAt, lock, previous };
    if (isPayloadOf(statement, payload)) return statement;
  }
  throw checkFailed(
    'SEAL_MALFORMED',
    'the statement inside is not a seal of this format',
    'use an Airlock that knows its format',
  );
}

/**
 * A seal as found. What it says can be read in one way only, with the key that it must verify under: a payload is never
 * used before its signature is verified (secure-systems-lab/dsse, protocol.md).
 */
export class Seal {
  /** Id of the key that the seal says it is by. */
  public readonly keyId: string;
  readonly #payload: Buffer;
  readonly #signature: Buffer;

  public constructor({ keyId, payload, signature }: SealParts) {
    this.keyId = keyId;
    this.#payload = payload;
    this.#signature = signature;
  }

  /** Whether the seal is over these very bytes; tells nothing of what they say. */
  public isOver(payload: Buffer): boolean {
    return this.#payload.equals(payload);
  }

  /** Whether both are over the same bytes. */
  public saysTheSameAs(other: Seal): boolean {
    return other.isOver(this.#payload);
  }

  /**
   * What the seal says.
   *
   * @returns undefined when it is no signature of this key
   * @throws AirlockError (check) when the key signed something that is no statement of this format
   */
  public open(publicKey: KeyObject): SealStatement | undefined {
    const signed = preAuthEncoding(IN_TOTO_PAYLOAD, this.#payload);
    return verify('sha256', signed, publicKey, this.#signature) ? parseSealPayload(this.#payload) : undefined;
  }
}

/** The one form in which a seal is written: the parts alone decide every byte. */
export const formatSeal = ({ keyId, payload, signature }: SealParts): Buffer =>
  Buffer.concat([
    canonicalJson({
      mediaType: SIGSTORE_BUNDLE_TYPE,
      verificationMaterial: { publicKey: { hint: keyId }, tlogEntries: [] },
      dsseEnvelope: {
        payload: payload.toString('base64'),
        payloadType: IN_TOTO_PAYLOAD,
        signatures: [{ sig: signature.toString('base64'), keyid: '' }],
      },
    }),
    Buffer.from('\n'),
  ]);

/** Signs a payload: one Sigstore bundle with exactly one signature (cosign refuses more). */
export async function createSeal(payload: Buffer, signer: Signer): Promise<Buffer> {
  const signature = await signer.sign(preAuthEncoding(IN_TOTO_PAYLOAD, payload));
  return formatSeal({ keyId: signer.keyId, payload, signature });
}

interface RawSeal {
  readonly verificationMaterial?: { readonly publicKey?: { readonly hint?: unknown } };
  readonly dsseEnvelope?: {
    readonly payload?: unknown;
    readonly signatures?: readonly ({ readonly sig?: unknown } | null)[];
  };
}

/**
 * Takes a seal apart. Writing the parts again must give the same bytes, so a change of any byte is found even where it
 * lies outside of what the signature covers.
 *
 * @throws AirlockError (check) when the bytes are not a seal in its one form
 */
export function parseSeal(bytes: Buffer): Seal {
  if (bytes.length <= MAX_SEAL_BYTES) {
    const raw = parseJson(bytes) as RawSeal | null | undefined;
    const hint = raw?.verificationMaterial?.publicKey?.hint;
    const payload = raw?.dsseEnvelope?.payload;
    const signature = raw?.dsseEnvelope?.signatures?.[0]?.sig;
    if (typeof hint === 'string' && isKeyId(hint) && typeof payload === 'string' && typeof signature === 'string') {
      const parts: SealParts = {
        keyId: hint,
        payload: Buffer.from(payload, 'base64'),
        signature: Buffer.from(signature, 'base64'),
      };
      if (formatSeal(parts).equals(bytes)) return new Seal(parts);
    }
  }
  throw checkFailed(
    'SEAL_MALFORMED',
    'not a seal in its canonical form',
    'copy the bundle again from where it was sealed',
  );
}
