/**
 * What a reviewer signs: an in-toto statement about every file of a plan, what it was made from, and what the audit said of it.
 *
 * The subject is the plan, file by file; the predicate holds the rest.
 */
import { canonicalJson } from '../../core/canonical-json';
import { type Digest, hexOf, isDigest, isSha256Hex } from '../../core/digest';
import { checkFailed } from '../../core/errors';
import { PREDICATE_TYPES } from '../../core/identifiers';
import { parseJson, STATEMENT_TYPE } from '../../offline-bundle/trust/signed-payload';
import type { DeploymentCluster } from '../../site/generated/enclave';

/** Files of a plan by their path below its folder. */
export type FileDigests = Readonly<Record<string, Digest>>;

/** Digests of what a plan is judged against. */
export interface ReviewedInputs {
  readonly site: Digest;
  readonly enclave: Digest;
  readonly lock: Digest;
  /** null where nothing is waived. */
  readonly waivers: Digest | null;
}

export interface ApprovalStatement {
  readonly site: string;
  readonly plan: FileDigests;
  readonly inputs: ReviewedInputs;
  /** Of what `airlock audit --json --as-of` prints for the day on which it was signed. */
  readonly report: Digest;
  readonly gate: 'pass' | 'fail';
  /** RFC 3339 in UTC to the second. */
  readonly signedAt: string;
  /** From when on it opens nothing; RFC 3339 in UTC to the second. */
  readonly expires: string;
  /** Version of the Airlock that judged the plan. */
  readonly airlock: string;
  readonly cluster: DeploymentCluster;
  /** Why it must be deployed though nothing proves it; null for what the audit passed. */
  readonly emergency: string | null;
}

const TYPE = PREDICATE_TYPES.approval.written;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** A time as statements write it. */
export const statementTime = (time: Date): string => `${time.toISOString().slice(0, 19)}Z`;

/** Subject of a statement about files (in-toto/attestation, spec/v1/resource_descriptor.md). */
export const subjectOf = (files: FileDigests): readonly { name: string; digest: { sha256: string } }[] =>
  Object.entries(files)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, digest]) => ({ name, digest: { sha256: hexOf(digest) } }));

/** The bytes that a reviewer signs, in RFC 8785 form. */
export function approvalPayload({ plan, ...predicate }: ApprovalStatement): Buffer {
  return canonicalJson({ _type: STATEMENT_TYPE, subject: subjectOf(plan), predicateType: TYPE, predicate });
}

type Raw = Readonly<Record<string, unknown>>;
const isRaw = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value);
const isTime = (value: unknown): value is string =>
  typeof value === 'string' &&
  TIME.test(value) &&
  !Number.isNaN(Date.parse(value)) &&
  statementTime(new Date(value)) === value;
const isDigestText = (value: unknown): value is Digest => typeof value === 'string' && isDigest(value);

function filesOf(subject: unknown): FileDigests | undefined {
  if (!Array.isArray(subject) || subject.length === 0) return undefined;
  const files = new Map<string, Digest>();
  for (const one of subject as unknown[]) {
    const { name, digest } = isRaw(one) ? one : {};
    const hex = isRaw(digest) ? digest['sha256'] : undefined;
    if (typeof name !== 'string' || typeof hex !== 'string' || !isSha256Hex(hex)) return undefined;
    files.set(name, `sha256:${hex}`);
  }
  return Object.fromEntries(files);
}

function inputsOf(value: unknown): ReviewedInputs | undefined {
  const { site, enclave, lock, waivers } = isRaw(value) ? value : {};
  if (!isDigestText(site) || !isDigestText(enclave) || !isDigestText(lock)) return undefined;
  return waivers === null || isDigestText(waivers) ? { site, enclave, lock, waivers } : undefined;
}

function clusterOf(value: unknown): DeploymentCluster | undefined {
  const { uid, certificateAuthority } = isRaw(value) ? value : {};
  return typeof uid === 'string' && isDigestText(certificateAuthority) ? { uid, certificateAuthority } : undefined;
}

function statementOf(value: unknown): ApprovalStatement | undefined {
  const { subject, predicate } = isRaw(value) ? value : {};
  if (!isRaw(predicate)) return undefined;
  const { site, report, gate, signedAt, expires, airlock, emergency } = predicate;
  const [plan, inputs, cluster] = [filesOf(subject), inputsOf(predicate['inputs']), clusterOf(predicate['cluster'])];
  if (plan === undefined || inputs === undefined || cluster === undefined) return undefined;
  if (typeof site !== 'string' || typeof airlock !== 'string' || !isDigestText(report)) return undefined;
  if ((gate !== 'pass' && gate !== 'fail') || !isTime(signedAt) || !isTime(expires)) return undefined;
  if (emergency !== null && typeof emergency !== 'string') return undefined;
  return { site, plan, inputs, report, gate, signedAt, expires, airlock, cluster, emergency };
}

/**
 * What verified bytes say: only the exact bytes of {@link approvalPayload} are taken.
 *
 * @throws AirlockError (check) for anything else
 */
export function parseApproval(payload: Buffer): ApprovalStatement {
  const statement = statementOf(parseJson(payload));
  if (statement !== undefined && approvalPayload(statement).equals(payload)) return statement;
  throw checkFailed('APPROVAL_MALFORMED', 'the statement inside is no approval of this format');
}
