/**
 * Seals: who vouches for a bundle. One signed payload per signer, each around the same in-toto statement about the digest of
 * the bundle's index.
 */
import type { KeyObject } from 'node:crypto';
import { canonicalJson } from '../../core/canonical-json';
import { type Digest, hexOf, isDigest, isSha256Hex } from '../../core/digest';
import { badInput, checkFailed } from '../../core/errors';
import { acceptedTypes, PREDICATE_TYPES } from '../../core/identifiers';
import { visible } from '../../core/visible';
import { isModelName } from './model-signature';
import { parseJson, partsOf, SignedPayload, STATEMENT_TYPE } from './signed-payload';

/** A seal is a signed payload. */
export { formatSigned as formatSeal, isKeyId, SIGSTORE_BUNDLE_TYPE, signPayload as createSeal } from './signed-payload';
export { STATEMENT_TYPE };
export const SEAL_PREDICATE_TYPE = PREDICATE_TYPES.seal.written;

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
  /** The bundle is taken before this time alone; written as `sealedAt` is. Absent where it is for ever. */
  readonly expires?: string;
  /** Digest of the OMS statement about each model, by its name; every signer signs those, too. Absent where none was signed. */
  readonly models?: Readonly<Record<string, Digest>>;
  /** Digest of a list of what its volumes carry. A place for later releases: read, and written by none so far. */
  readonly carried?: Digest;
}

/** As `site.yaml` and the lock write it (site/schema/site.schema.json, `$defs/name`). */
const SITE_NAME = /^[a-z0-9]([a-z0-9.-]{0,51}[a-z0-9])?$/;
const SEALED_AT = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

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

/** Whether its time is over. */
export const isExpired = ({ expires }: SealStatement, now: Date): boolean =>
  expires !== undefined && now.getTime() >= Date.parse(expires);

/** @throws AirlockError (input) for what no seal may say */
function demandWellFormed({ site, sequence, sealedAt, expires, models }: SealStatement): void {
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
  if (expires !== undefined && parseSealTime(expires) <= sealedAt)
    throw badInput(
      'SEAL_CHOICES_INVALID',
      `the seal would expire at ${expires}, and is of ${sealedAt}`,
      'let it expire later than it is made',
    );
  const names = Object.keys(models ?? {});
  const odd = names.find((name) => !isModelName(name));
  if (odd !== undefined || (models !== undefined && names.length === 0))
    throw badInput(
      'SEAL_CHOICES_INVALID',
      `${visible(JSON.stringify(odd ?? ''))} is not the name of a model`,
      'use the names that the lock states',
    );
}

/**
 * The bytes that every signer of a bundle signs: an in-toto statement in RFC 8785 form.
 *
 * @param type another than today's only where an earlier signer used it
 * @throws AirlockError (input) for a malformed site name, time or sequence
 */
export function sealPayload(statement: SealStatement, type: string = SEAL_PREDICATE_TYPE): Buffer {
  demandWellFormed(statement);
  const { site, root, sequence, sealedAt, lock, previous, expires, models, carried } = statement;
  return canonicalJson({
    _type: STATEMENT_TYPE,
    subject: [{ name: site, digest: { sha256: hexOf(root) } }],
    predicateType: type,
    predicate: {
      ...{ site, sequence, sealedAt, lock, previous },
      ...(expires === undefined ? {} : { expires }),
      ...(models === undefined ? {} : { models }),
      ...(carried === undefined ? {} : { carried }),
    },
  });
}

interface RawStatement {
  readonly subject?: readonly { readonly name?: unknown; readonly digest?: { readonly sha256?: unknown } }[];
  readonly predicate?: Readonly<Record<string, unknown>>;
}

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

const isDigestByName = (value: unknown): value is Readonly<Record<string, Digest>> =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every((digest) => typeof digest === 'string' && isDigest(digest));

/** Only the exact bytes of {@link sealPayloads} are accepted. @throws AirlockError (check) for anything else */
function parseSealPayload(payload: Buffer): SealStatement {
  const raw = parseJson(payload) as RawStatement | null | undefined;
  const subject = raw?.subject?.[0];
  const { site, sequence, sealedAt, lock, previous, expires, models, carried } = raw?.predicate ?? {};
  const root = subject?.digest?.sha256;
  if (
    typeof root === 'string' &&
    isSha256Hex(root) &&
    typeof site === 'string' &&
    typeof sequence === 'number' &&
    typeof sealedAt === 'string' &&
    typeof lock === 'string' &&
    isDigest(lock) &&
    (previous === null || (typeof previous === 'string' && isDigest(previous))) &&
    (expires === undefined || typeof expires === 'string') &&
    (models === undefined || isDigestByName(models)) &&
    (carried === undefined || (typeof carried === 'string' && isDigest(carried)))
  ) {
    const statement: SealStatement = {
      ...{ site, root: `sha256:${root}`, sequence, sealedAt, lock, previous },
      ...(expires === undefined ? {} : { expires }),
      ...(models === undefined ? {} : { models }),
      ...(carried === undefined ? {} : { carried }),
    };
    if (isPayloadOf(statement, payload)) return statement;
  }
  throw checkFailed(
    'SEAL_MALFORMED',
    'the statement inside is not a seal of this format',
    'use an Airlock that knows its format',
  );
}

/** A seal as found. */
export class Seal extends SignedPayload {
  /**
   * What the seal says.
   *
   * @returns undefined when it is no signature of this key
   * @throws AirlockError (check) when the key signed something that is no statement of this format
   */
  public open(publicKey: KeyObject): SealStatement | undefined {
    const payload = this.verified(publicKey);
    return payload === undefined ? undefined : parseSealPayload(payload);
  }
}

/**
 * Takes a seal apart.
 *
 * @throws AirlockError (check) when the bytes are not a seal in its one form
 */
export function parseSeal(bytes: Buffer): Seal {
  const parts = partsOf(bytes, MAX_SEAL_BYTES);
  if (parts !== undefined) return new Seal(parts);
  throw checkFailed(
    'SEAL_MALFORMED',
    'not a seal in its canonical form',
    'copy the bundle again from where it was sealed',
  );
}
