/** Judges approvals: whose they are, whether they are of these very bytes, and whether they still count. Pure but for the audit. */
import type { Digest } from '../../core/digest';
import { badInput } from '../../core/errors';
import type { TrustedKey } from '../../offline-bundle/trust/keys';
import { partsOf, SignedPayload } from '../../offline-bundle/trust/signed-payload';
import type { EnclaveDeployment, NamedKey } from '../../site/generated/enclave';
import { approvalFileName, DEFAULT_LONGEST_DAYS, MAX_APPROVAL_BYTES } from './sign';
import { type ApprovalStatement, type FileDigests, parseApproval, type ReviewedInputs } from './statement';

/** Clocks of reviewer and deployer may differ by this much. Milliseconds. */
const CLOCK_SLACK_MS = 10 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;
/** In an emergency, two people answer for it. */
const EMERGENCY_THRESHOLD = 2;

/** What the audit of the very same bytes says on a day. */
export interface Reaudit {
  readonly digest: Digest;
  readonly gate: 'pass' | 'fail';
}

export interface ApprovalsToJudge {
  /** Every file of the folder of approvals, by its name. */
  readonly approvals: ReadonlyMap<string, Buffer>;
  /** Public keys that came by another path than plan and enclave. */
  readonly trusted: readonly TrustedKey[];
  /** What the enclave demands. */
  readonly deployment: EnclaveDeployment;
  readonly site: string;
  readonly plan: FileDigests;
  readonly inputs: ReviewedInputs;
  readonly version: string;
  readonly now: Date;
  readonly emergency: boolean;
  /** Audits again, as of a day. */
  readonly reaudit: (day: string) => Promise<Reaudit>;
}

export interface AcceptedApproval {
  readonly keyId: string;
  readonly name: string;
  readonly statement: ApprovalStatement;
}

export interface RefusedApproval {
  readonly file: string;
  readonly why: string;
}

export interface ApprovalVerdict {
  readonly ok: boolean;
  readonly needed: number;
  readonly accepted: readonly AcceptedApproval[];
  readonly refused: readonly RefusedApproval[];
}

/** How two sets of files differ, at most a few of them by name. */
function filesFault(approved: FileDigests, found: FileDigests): string | undefined {
  const names = [...new Set([...Object.keys(approved), ...Object.keys(found)])].sort();
  const said = names.flatMap((name) => {
    const [before, now] = [approved, found].map((files) => (Object.hasOwn(files, name) ? files[name] : undefined));
    if (before === now) return [];
    return [`${name} ${before === undefined ? 'was added' : now === undefined ? 'is gone' : 'was changed'}`];
  });
  if (said.length === 0) return undefined;
  const more = said.length > 3 ? ` and ${String(said.length - 3)} more` : '';
  return `${said.slice(0, 3).join(', ')}${more}`;
}

const INPUTS = ['site', 'enclave', 'lock', 'waivers'] as const;

function timeFault({ signedAt, expires }: ApprovalStatement, longestDays: number, now: Date): string | undefined {
  const [from, to] = [Date.parse(signedAt), Date.parse(expires)];
  if (from > now.getTime() + CLOCK_SLACK_MS) return `it was signed in the future, at ${signedAt}`;
  if (to <= now.getTime()) return `it expired at ${expires}`;
  return to - from > longestDays * DAY_MS ? `it counts for more than ${String(longestDays)} days` : undefined;
}

/** Why a statement opens nothing here; undefined where it does. */
async function statementFault(statement: ApprovalStatement, judged: ApprovalsToJudge): Promise<string | undefined> {
  const { deployment, site, plan, inputs, version, now, emergency, reaudit } = judged;
  if (statement.site !== site) return `it is of site ${statement.site}`;
  if ((statement.emergency !== null) !== emergency)
    return emergency ? 'it is no approval for an emergency' : 'it is one for an emergency: --emergency';
  const changed = INPUTS.filter((name) => statement.inputs[name] !== inputs[name]);
  if (changed.length > 0) return `${changed.join(', ')} changed since`;
  const files = filesFault(statement.plan, plan);
  if (files !== undefined) return `the plan changed since: ${files}`;
  const { uid, certificateAuthority } = deployment.cluster;
  if (statement.cluster.uid !== uid || statement.cluster.certificateAuthority !== certificateAuthority)
    return 'it names another cluster';
  const time = timeFault(statement, deployment.approvals.longestDays ?? DEFAULT_LONGEST_DAYS, now);
  if (time !== undefined) return time;
  if (statement.airlock !== version) return `Airlock ${statement.airlock} judged the plan, this is ${version}`;
  const again = await reaudit(statement.signedAt.slice(0, 10));
  if (again.digest !== statement.report || again.gate !== statement.gate) return 'the audit gives another report';
  return again.gate === 'pass' || emergency ? undefined : 'the audit did not pass';
}

/** A key of the enclave that was given as well, by its id. */
function keysThatCount(named: readonly NamedKey[], trusted: readonly TrustedKey[]): Map<string, NamedKey & TrustedKey> {
  return new Map(
    named.flatMap(({ name, key }) => {
      const given = trusted.find(({ id }) => id === key);
      return given === undefined ? [] : [[key, { name, key, ...given }] as const];
    }),
  );
}

async function judgeFile(
  file: string,
  bytes: Buffer,
  keys: ReadonlyMap<string, NamedKey & TrustedKey>,
  judged: ApprovalsToJudge,
): Promise<AcceptedApproval | RefusedApproval> {
  const parts = partsOf(bytes, MAX_APPROVAL_BYTES);
  if (parts === undefined) return { file, why: 'it is no approval in its one form' };
  const { keyId } = parts;
  if (file !== approvalFileName(keyId)) return { file, why: `it says it is by key ${keyId}` };
  const key = keys.get(keyId);
  if (key === undefined) return { file, why: `key ${keyId} is not both named by the enclave and given with --trust` };
  const payload = new SignedPayload(parts).verified(key.publicKey);
  if (payload === undefined) return { file, why: `it is not signed by key ${keyId}` };
  try {
    const statement = parseApproval(payload);
    const why = await statementFault(statement, judged);
    return why === undefined ? { keyId, name: key.name, statement } : { file, why };
  } catch (error) {
    return { file, why: (error as Error).message };
  }
}

/**
 * Judges every approval. One that does not count is said and counts for nothing; what counts must be enough.
 *
 * @throws AirlockError (input) when nobody could approve with the keys that were given, or the enclave has no emergencies
 */
export async function judgeApprovals(judged: ApprovalsToJudge): Promise<ApprovalVerdict> {
  const { approvals, trusted, deployment, emergency } = judged;
  const named = emergency ? (deployment.emergency ?? []) : deployment.approvals.reviewers;
  const needed = emergency ? EMERGENCY_THRESHOLD : deployment.approvals.threshold;
  const keys = keysThatCount(named, trusted);
  if (named.length < needed) {
    throw badInput(
      'APPROVAL_KEYS_MISSING',
      'the enclave names nobody who may deploy in an emergency',
      'add deployment.emergency to enclave.yaml',
    );
  }
  if (keys.size < needed) {
    throw badInput(
      'APPROVAL_KEYS_MISSING',
      `${needed} of the enclave's keys must have signed, and ${keys.size} of them were given`,
      `give public keys with --trust: ${named.map(({ name, key }) => `${key} (${name})`).join(', ')}`,
    );
  }
  const accepted: AcceptedApproval[] = [];
  const refused: RefusedApproval[] = [];
  for (const [file, bytes] of [...approvals].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const one = await judgeFile(file, bytes, keys, judged);
    if ('why' in one) refused.push(one);
    else accepted.push(one);
  }
  // Each key has one file, so each that is accepted is another person's.
  return { ok: accepted.length >= needed, needed, accepted, refused };
}
