/**
 * One entry of a store's history: what was judged, by which policy, and how it came out. An in-toto statement with the predicate of
 * SLSA's verification summary (slsa.dev/spec/v1.0/verification_summary); what that has no field for stands under a name of ours, as
 * in-toto lets it (in-toto/attestation, spec/v1, "Parsing rules"). Each names the digest of the one before.
 */
import { canonicalJson } from '../../core/canonical-json';
import { type Digest, digestOf, hexOf, isDigest } from '../../core/digest';
import { AUTHORITY, HISTORY_FIELDS } from '../../core/identifiers';
import { BUNDLE_REPOSITORY } from '../../site/enclave-names';
import { parseJson, STATEMENT_TYPE } from '../trust/signed-payload';

/** What a person overruled, and why, where a reason is asked for. */
export interface Overrule {
  readonly what: 'sequence' | 'site' | 'policy' | 'unsigned';
  readonly reason?: string;
}

/** By which terms it was judged. */
export type HistoryTerms =
  /** Of a trust policy. */
  | { readonly policy: Digest }
  /** Keys of a command line. */
  | { readonly trusted: readonly string[]; readonly threshold: number };

/**
 * What a bundle was judged for: to be brought in, or to be told whether it would be (`verify --store`). Or that somebody took it out, which
 * judges nothing.
 */
export type HistoryAct = 'import' | 'verify' | 'remove';

/** What was judged, and how it came out. */
export interface HistoryEntry {
  readonly act: HistoryAct;
  /** RFC 3339 in UTC to the second. */
  readonly time: string;
  /** Digest of the index of the bundle, as it calls itself where it was refused. */
  readonly root: Digest;
  readonly site?: string;
  /** Of a seal that holds. */
  readonly sequence?: number;
  readonly terms: HistoryTerms;
  /** `taken` of a verification says that nothing spoke against it. */
  readonly verdict: 'taken' | 'refused';
  /** Why it was refused: those of trust, and `content` for what is wrong with the bundle itself. */
  readonly reasons: readonly string[];
  readonly overruled: readonly Overrule[];
  /** Ids of the keys that count and whose seals hold. */
  readonly sealedBy: readonly string[];
}

/** An entry in its place. */
export interface HistoryRecord extends HistoryEntry {
  /** From 1 on, without a gap. */
  readonly number: number;
  /** Digest of the bytes of the record before. */
  readonly previous: Digest | null;
  /** Id of the key whose signature lies beside it. */
  readonly signer: string | null;
}

export const VSA_PREDICATE_TYPE = 'https://slsa.dev/verification_summary/v1';

/** What the keys of a command line come to, so that two records of the same terms have the same digest. */
const policyField = (terms: HistoryTerms): object =>
  'policy' in terms
    ? { name: 'trust.yaml', digest: { sha256: hexOf(terms.policy) } }
    : {
        name: 'keys of the command line',
        digest: { sha256: hexOf(digestOf(canonicalJson(terms))) },
        annotations: { trusted: terms.trusted, threshold: terms.threshold },
      };

type Raw = Readonly<Record<string, unknown>>;
const isRaw = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What judged, as a URI (SLSA, `verifier.id`). */
const VERIFIERS = {
  import: `${AUTHORITY}/import`,
  verify: `${AUTHORITY}/verify`,
  remove: `${AUTHORITY}/remove`,
} as const satisfies Readonly<Record<HistoryAct, string>>;
const ACTS = Object.keys(VERIFIERS) as HistoryAct[];

function actOf(verifier: unknown): HistoryAct | undefined {
  const id = isRaw(verifier) ? verifier['id'] : undefined;
  return ACTS.find((act) => VERIFIERS[act] === id);
}

function statement(record: HistoryRecord, check: string | undefined): object {
  const { act, time, root, site, sequence, terms, verdict, reasons, overruled, sealedBy } = record;
  const { number, previous, signer } = record;
  const isTaken = verdict === 'taken';
  return {
    _type: STATEMENT_TYPE,
    subject: [{ name: site ?? 'bundle', digest: { sha256: hexOf(root) } }],
    predicateType: VSA_PREDICATE_TYPE,
    predicate: {
      verifier: { id: VERIFIERS[act] },
      timeVerified: time,
      resourceUri: `pkg:oci/bundle@${encodeURIComponent(root)}?repository_url=${BUNDLE_REPOSITORY}`,
      policy: policyField(terms),
      verificationResult: isTaken ? 'PASSED' : 'FAILED',
      // How it was built is not what is judged here.
      verifiedLevels: [isTaken ? 'SLSA_BUILD_LEVEL_UNEVALUATED' : 'FAILED'],
      [HISTORY_FIELDS]: {
        ...(check === undefined ? {} : { check }),
        ...{ number, overruled, previous, reasons, sealedBy, signer },
        ...(sequence === undefined ? {} : { sequence }),
        ...(site === undefined ? {} : { site }),
      },
    },
  };
}

const lineOf = (value: unknown): Buffer => Buffer.concat([canonicalJson(value), Buffer.from('\n')]);

/**
 * The bytes of a record: one line of RFC 8785 JSON. It states the digest of itself, without that field: a flipped bit in the last one
 * shows as in every other.
 */
export function recordBytes(record: HistoryRecord): Buffer {
  const check = hexOf(digestOf(lineOf(statement(record, undefined))));
  return lineOf(statement(record, check));
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

const isOverrule = (value: unknown): value is Overrule =>
  isRaw(value) &&
  ['sequence', 'site', 'policy', 'unsigned'].includes(value['what'] as string) &&
  (value['reason'] === undefined || typeof value['reason'] === 'string');

function termsOf(value: unknown): HistoryTerms | undefined {
  if (!isRaw(value)) return undefined;
  const { name, digest, annotations } = value;
  const hex = isRaw(digest) ? `sha256:${String(digest['sha256'])}` : '';
  if (name === 'trust.yaml') return isDigest(hex) ? { policy: hex } : undefined;
  if (!isRaw(annotations)) return undefined;
  const { trusted, threshold } = annotations;
  return isTexts(trusted) && typeof threshold === 'number' ? { trusted, threshold } : undefined;
}

/** What a record says; undefined where the bytes are none, in the one form that {@link recordBytes} gives. */
export function parseRecord(bytes: Buffer): HistoryRecord | undefined {
  const raw = parseJson(bytes);
  const predicate = isRaw(raw) && isRaw(raw['predicate']) ? raw['predicate'] : {};
  const fields = isRaw(predicate[HISTORY_FIELDS]) ? predicate[HISTORY_FIELDS] : {};
  const { timeVerified: time, policy, verificationResult, verifier } = predicate;
  const act = actOf(verifier);
  const { number, previous, reasons, overruled, sealedBy, signer, sequence, site } = fields;
  const [subject] = isRaw(raw) && Array.isArray(raw['subject']) ? (raw['subject'] as unknown[]) : [];
  const hash = isRaw(subject) && isRaw(subject['digest']) ? subject['digest']['sha256'] : undefined;
  const root = `sha256:${String(hash)}`;
  const terms = termsOf(policy);
  if (
    act === undefined ||
    terms === undefined ||
    !isDigest(root) ||
    typeof time !== 'string' ||
    typeof number !== 'number' ||
    !(previous === null || (typeof previous === 'string' && isDigest(previous))) ||
    !(signer === null || typeof signer === 'string') ||
    !isTexts(reasons) ||
    !isTexts(sealedBy) ||
    !(Array.isArray(overruled) && overruled.every(isOverrule)) ||
    !(sequence === undefined || typeof sequence === 'number') ||
    !(site === undefined || typeof site === 'string')
  )
    return undefined;
  const record: HistoryRecord = {
    ...{ act, time, root, terms, verdict: verificationResult === 'PASSED' ? 'taken' : 'refused' },
    ...{ reasons, overruled, sealedBy, number, previous, signer },
    ...(sequence === undefined ? {} : { sequence }),
    ...(site === undefined ? {} : { site }),
  };
  return recordBytes(record).equals(bytes) ? record : undefined;
}
