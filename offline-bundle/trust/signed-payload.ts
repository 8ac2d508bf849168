/**
 * An in-toto statement as somebody signed it: a Sigstore bundle (v0.3) with one DSSE envelope.
 *
 * It is one line of RFC 8785 JSON, so that any change of it can be told, and `sed` can take it apart.
 */
import { type KeyObject, verify } from 'node:crypto';
import { canonicalJson } from '../../core/canonical-json';
import { type Digest, digestOf } from '../../core/digest';
import { IN_TOTO_PAYLOAD, preAuthEncoding } from './dsse';
import type { Signer } from './signer';

/** in-toto/attestation, spec/v1/statement.md. */
export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
/** sigstore/protobuf-specs, sigstore_bundle.proto. */
export const SIGSTORE_BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** What the file is made of. */
export interface SignedParts {
  /** The hint at the key, by which a seal is named. */
  readonly keyId: string;
  readonly payload: Buffer;
  /** DER-encoded ECDSA over the DSSE pre-authentication encoding of the payload. */
  readonly signature: Buffer;
}

const KEY_ID = /^[0-9a-f]{16}$/;

export const isKeyId = (text: string): boolean => KEY_ID.test(text);

/** JSON of some bytes; undefined where they are none. */
export const parseJson = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
};

/** The one form in which it is written: the parts alone decide every byte. */
export const formatSigned = ({ keyId, payload, signature }: SignedParts): Buffer =>
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

/**
 * Signs a payload: one Sigstore bundle with exactly one signature (cosign refuses more).
 *
 * @param hint at the key, in place of its id
 */
export async function signPayload(payload: Buffer, signer: Signer, hint: string = signer.keyId): Promise<Buffer> {
  const signature = await signer.sign(preAuthEncoding(IN_TOTO_PAYLOAD, payload));
  return formatSigned({ keyId: hint, payload, signature });
}

/**
 * A payload with its signature, as found. What it says can be read in one way only, with the key that it must verify under:
 * a payload is never used before its signature is verified (secure-systems-lab/dsse, protocol.md).
 */
export class SignedPayload {
  /** Id of the key that it says it is by. */
  public readonly keyId: string;
  readonly #payload: Buffer;
  readonly #signature: Buffer;

  public constructor({ keyId, payload, signature }: SignedParts) {
    this.keyId = keyId;
    this.#payload = payload;
    this.#signature = signature;
  }

  /** Whether it is over these very bytes; tells nothing of what they say. */
  public isOver(payload: Buffer): boolean {
    return this.#payload.equals(payload);
  }

  /** Whether it is over the bytes of this digest; tells nothing of what they say. */
  public isOfDigest(digest: Digest): boolean {
    return digestOf(this.#payload) === digest;
  }

  /** Whether both are over the same bytes. */
  public saysTheSameAs(other: SignedPayload): boolean {
    return other.isOver(this.#payload);
  }

  /** The payload; undefined when it is not signed by this key. */
  public verified(publicKey: KeyObject): Buffer | undefined {
    const signed = preAuthEncoding(IN_TOTO_PAYLOAD, this.#payload);
    return verify('sha256', signed, publicKey, this.#signature) ? this.#payload : undefined;
  }
}

interface RawSigned {
  readonly verificationMaterial?: { readonly publicKey?: { readonly hint?: unknown } };
  readonly dsseEnvelope?: {
    readonly payload?: unknown;
    readonly signatures?: readonly ({ readonly sig?: unknown } | null)[];
  };
}

/**
 * Takes the bytes apart. Writing the parts again must give the same bytes, so a change of any byte is found even where it
 * lies outside of what the signature covers.
 *
 * @param longest more bytes are refused before anything is parsed
 * @param isHint what a hint at a key looks like
 * @returns undefined when the bytes are not in the one form
 */
export function partsOf(bytes: Buffer, longest: number, isHint = isKeyId): SignedParts | undefined {
  if (bytes.length > longest) return undefined;
  const raw = parseJson(bytes) as RawSigned | null | undefined;
  const hint = raw?.verificationMaterial?.publicKey?.hint;
  const payload = raw?.dsseEnvelope?.payload;
  const signature = raw?.dsseEnvelope?.signatures?.[0]?.sig;
  if (typeof hint !== 'string' || !isHint(hint) || typeof payload !== 'string' || typeof signature !== 'string')
    return undefined;
  const parts: SignedParts = {
    keyId: hint,
    payload: Buffer.from(payload, 'base64'),
    signature: Buffer.from(signature, 'base64'),
  };
  return formatSigned(parts).equals(bytes) ? parts : undefined;
}
