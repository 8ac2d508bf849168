/** `audit sign`: a reviewer vouches for a plan, as they found it. */
import path from 'node:path';
import { AirlockError, badInput, checkFailed } from '../../core/errors';
import { makeFolders } from '../../core/make-folders';
import { writeWhole } from '../../core/write-whole';
import { signPayload } from '../../offline-bundle/trust/signed-payload';
import type { Signer } from '../../offline-bundle/trust/signer';
import type { Enclave, EnclaveDeployment } from '../../site/generated/enclave';
import { loadEnclave } from '../../site/load-enclave';
import { auditOf, reportDigest, type ReviewedFiles, withPrivateCopy } from './private-copy';
import { approvalPayload, type ApprovalStatement, statementTime } from './statement';

export interface SignApprovalOptions {
  readonly files: ReviewedFiles;
  readonly signer: Signer;
  /** Folder that signatures are kept in, one file for each key. */
  readonly out: string;
  /** Days for which it counts. @default - as long as the enclave allows */
  readonly days?: number;
  /** Why a plan must be deployed that the audit does not pass. @default - it must pass */
  readonly emergency?: string;
  /** Version of this Airlock. */
  readonly version: string;
  readonly now: Date;
}

export interface SignedApproval {
  readonly file: string;
  readonly keyId: string;
  /** Who holds the key, by the enclave. */
  readonly name: string;
  readonly statement: ApprovalStatement;
}

/** Longer is no approval: a plan has some dozens of files. Bytes. */
export const MAX_APPROVAL_BYTES = 4 * 1024 * 1024;
const DAY_MS = 24 * 60 * 60 * 1000;
export const DEFAULT_LONGEST_DAYS = 30;

/** Name of the file of a key's signature. */
export const approvalFileName = (keyId: string): string => `${keyId}.approval.sigstore.json`;

/** @throws AirlockError (input) where the enclave does not say what a deployment needs */
export function deploymentOf({ deployment }: Enclave): EnclaveDeployment {
  if (deployment !== undefined) return deployment;
  throw badInput(
    'DEPLOYMENT_UNDECLARED',
    'the enclave says nothing of deployment: which cluster it is, and whose approval it needs',
    'add `deployment` with `cluster` and `approvals` to enclave.yaml (docs/deploy.md)',
  );
}

/** Holder of the key, where it may sign what is asked. @throws AirlockError (check) where it may not */
function holder({ approvals, emergency = [] }: EnclaveDeployment, keyId: string, inEmergency: boolean): string {
  const named = (inEmergency ? emergency : approvals.reviewers).find(({ key }) => key === keyId);
  if (named !== undefined) return named.name;
  const place = inEmergency ? 'emergency' : 'approvals.reviewers';
  throw checkFailed(
    'APPROVAL_KEY_UNNAMED',
    `key ${keyId} does not stand in deployment.${place} of the enclave: its signature would count for nothing`,
    'sign with a key that the enclave names',
  );
}

function daysOf(longest: number, days = longest): number {
  if (days <= longest) return days;
  throw badInput('USAGE_INVALID_VALUE', `${days} days are more than the enclave allows`, `ask for at most ${longest}`);
}

async function write(out: string, keyId: string, bytes: Buffer): Promise<string> {
  const file = path.join(out, approvalFileName(keyId));
  await makeFolders(out);
  await writeWhole(file, bytes);
  return file;
}

/**
 * Judges a private copy of the plan and signs what was found. The signature of the same key over another plan is replaced.
 *
 * @throws AirlockError (check) when the audit does not pass, or the key is none that the enclave names; (input) for files that
 *   cannot be read, an enclave without `deployment`, or more days than it allows
 */
export async function signApproval(options: SignApprovalOptions): Promise<SignedApproval> {
  const { files, signer, out, days, emergency, version, now } = options;
  return withPrivateCopy(files, async (copy) => {
    const deployment = deploymentOf(await loadEnclave(copy.enclave));
    const name = holder(deployment, signer.keyId, emergency !== undefined);
    const longest = deployment.approvals.longestDays ?? DEFAULT_LONGEST_DAYS;
    const expires = new Date(now.getTime() + daysOf(longest, days) * DAY_MS);
    const report = await auditOf(copy, now.toISOString().slice(0, 10));
    if (report.gate === 'fail' && emergency === undefined) {
      throw new AirlockError('APPROVAL_REFUSED', 'the audit does not pass, so there is nothing to approve', {
        fix: 'see `airlock audit`; mend what it names, or waive it with a reason',
      });
    }
    const statement: ApprovalStatement = {
      site: report.site,
      plan: copy.digests,
      inputs: copy.inputs,
      report: reportDigest(report),
      gate: report.gate,
      signedAt: statementTime(now),
      expires: statementTime(expires),
      airlock: version,
      cluster: deployment.cluster,
      emergency: emergency ?? null,
    };
    const bytes = await signPayload(approvalPayload(statement), signer);
    if (bytes.length > MAX_APPROVAL_BYTES) {
      throw badInput(
        'PLAN_INVALID',
        'the plan has more files than a signature may name',
        'pass the folder that `airlock synth` wrote',
      );
    }
    return { file: await write(out, signer.keyId, bytes), keyId: signer.keyId, name, statement };
  });
}
