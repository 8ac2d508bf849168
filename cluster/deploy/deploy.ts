/**
 * `airlock deploy`: what was approved is what is applied. Everything is judged on a private copy; before Terraform is started,
 * the approvals, the program, the cluster and the audit have said yes.
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Digest } from '../../core/digest';
import { AirlockError, badInput, checkFailed } from '../../core/errors';
import { readRegular } from '../../core/read-regular';
import { type Line, show } from '../../core/visible';
import type { TrustedKey } from '../../offline-bundle/trust/keys';
import type { Signer } from '../../offline-bundle/trust/signer';
import type { Enclave, EnclaveDeployment } from '../../site/generated/enclave';
import { loadEnclave } from '../../site/load-enclave';
import { loadLock } from '../../site/lock/lock-file';
import { auditOf, type PrivateCopy, reportDigest, type ReviewedFiles, withPrivateCopy } from '../approval/private-copy';
import { deploymentOf, MAX_APPROVAL_BYTES } from '../approval/sign';
import { type ApprovalVerdict, judgeApprovals } from '../approval/verify';
import { history, recordDeployment } from '../deployments/archive';
import { stacksInOrder } from '../deployments/plan-tree';
import { refuseStateInside } from '../deployments/state-place';
import { Terraform } from '../deployments/terraform';
import { Kubectl } from '../kubectl';
import { deployStacks, type StackResult } from './deploy-stacks';
import { ownKubeconfig } from './kubeconfig';
import { lockedProgram } from './locked-program';
import { openResult } from './result';
import { leadStateBack } from './lead-state-back';
import { seenByTerraform, setForTerraform } from './terraform-environment';

export interface DeployOptions {
  readonly files: ReviewedFiles;
  /** Folder of signatures, as `airlock audit sign` fills it. */
  readonly approvals: string;
  readonly trusted: readonly TrustedKey[];
  /** Path of terraform or tofu, or of the ZIP that it comes in. */
  readonly terraform: string;
  /** Name or path of kubectl. */
  readonly kubectl: string;
  readonly kubeconfig: string;
  /** @default - the current one */
  readonly context?: string;
  /** Folder of kept deployments. */
  readonly archive: string;
  /** Addresses, with their stack before them, of what may be destroyed. */
  readonly allowDestroy: readonly string[];
  readonly emergency: boolean;
  /** Who deploys, and signs what was done. @default - nothing is applied, it only says what would be done */
  readonly signer?: Signer;
  /** Version of this Airlock. */
  readonly version: string;
  readonly now: Date;
  /** Told what is done, and what Terraform says. */
  readonly log: (line: Line) => void;
}

export interface Deployment {
  readonly site: string;
  readonly verdict: ApprovalVerdict;
  /** Digest of the file that the lock names as Terraform. */
  readonly terraform: Digest;
  readonly stacks: readonly StackResult[];
  readonly emergency: boolean;
  /** Where the signed result lies. @default - nothing was applied */
  readonly result?: string;
}

/** Every file of the folder; one that is too long is cut, and is no approval then. */
async function readApprovals(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const names = await readdir(folder).catch(() => {
    throw badInput(
      'FILE_MISSING',
      `there is no folder of approvals ${folder}`,
      'name one with --approvals; `airlock audit sign` fills it',
    );
  });
  const found = new Map<string, Buffer>();
  // What cannot be read is no approval, and is said to be none.
  for (const name of names) {
    const bytes = await readRegular(path.join(folder, name), { longest: MAX_APPROVAL_BYTES }).catch(() =>
      Buffer.alloc(0),
    );
    found.set(name, bytes);
  }
  return found;
}

interface Judged {
  readonly site: string;
  readonly enclave: Enclave;
  readonly deployment: EnclaveDeployment;
  readonly verdict: ApprovalVerdict;
  readonly approvals: ReadonlyMap<string, Buffer>;
}

/** What needs no cluster: the audit of today, and the approvals. @throws AirlockError (check) when either says no */
async function judge(copy: PrivateCopy, options: DeployOptions): Promise<Judged> {
  const { trusted, version, now, emergency } = options;
  const enclave = await loadEnclave(copy.enclave);
  const deployment = deploymentOf(enclave);
  const report = await auditOf(copy, now.toISOString().slice(0, 10));
  if (report.gate === 'fail' && !emergency) {
    throw checkFailed(
      'DEPLOY_AUDIT_FAILED',
      'the audit does not pass',
      'nothing was changed; see `airlock audit`, and approve what passes',
    );
  }
  const approvals = await readApprovals(options.approvals);
  const verdict = await judgeApprovals({
    approvals,
    ...{ trusted, deployment, version, now, emergency },
    site: report.site,
    plan: copy.digests,
    inputs: copy.inputs,
    reaudit: async (day) => {
      const again = await auditOf(copy, day);
      return { digest: reportDigest(again), gate: again.gate };
    },
  });
  if (!verdict.ok) {
    throw new AirlockError(
      'APPROVAL_MISSING',
      `${String(verdict.accepted.length)} of ${String(verdict.needed)} approvals count; those that do not:`,
      {
        items: verdict.refused.map(({ file, why }) => `${file}: ${why}`),
        fix: 'nothing was changed; have it approved with `airlock audit sign`',
      },
    );
  }
  return { site: report.site, enclave, deployment, verdict, approvals };
}

/** @throws AirlockError (check) when it is another cluster, (environment) when it cannot be asked */
async function demandCluster(kubectl: Kubectl, { cluster }: EnclaveDeployment): Promise<void> {
  const found = await kubectl.find<{ readonly metadata: { readonly uid: string } }>('namespace', 'kube-system');
  const uid = found?.metadata.uid;
  if (uid === cluster.uid) return;
  throw checkFailed(
    'DEPLOY_CLUSTER_DIFFERENT',
    `its kube-system has UID ${uid ?? 'none'}, the enclave names ${cluster.uid}`,
    'nothing was changed; this is another cluster: pass the kubeconfig of the one that the enclave names',
  );
}

/**
 * Deploys, or says what it would do where nobody signs for it.
 *
 * @throws AirlockError (check) when anything is not as it was approved: nothing was changed then; (environment) when Terraform or
 *   the cluster refuses: what was applied is recorded, and the same command goes on; (input) for what cannot be read
 */
export async function deploy(options: DeployOptions): Promise<Deployment> {
  const { files, archive, allowDestroy, emergency, signer, now, log } = options;
  return withPrivateCopy(files, async (copy) => {
    const { site, enclave, deployment, verdict, approvals } = await judge(copy, options);
    log(show`approved by ${verdict.accepted.map(({ name }) => name).join(', ')}`);
    const lock = await loadLock(copy.lock);
    const { program, digest } = await lockedProgram(
      options.terraform,
      lock,
      deployment.terraform ?? 'terraform',
      copy.aside,
    );
    const kubeconfig = path.join(copy.aside, 'kubeconfig');
    const text = await ownKubeconfig(path.resolve(options.kubeconfig), options.context, deployment, copy.aside);
    await writeFile(kubeconfig, text, { mode: 0o600 });
    const home = path.join(copy.aside, 'home');
    await mkdir(home, { mode: 0o700 });
    await demandCluster(new Kubectl({ program: options.kubectl, kubeconfig, home }), deployment);
    const stacks = await stacksInOrder(copy.plan);
    await refuseStateInside(copy.plan, stacks);
    await leadStateBack(copy, stacks, signer !== undefined);
    const terraform = new Terraform({
      ...{ program, plan: copy.plan, log },
      env: await setForTerraform({ plan: copy.plan, kubeconfig, home }),
      seesAlone: seenByTerraform(enclave),
    });
    const done = { site, verdict, terraform: digest, emergency };
    const work = { terraform, plan: copy.plan, stacks, allowDestroy };
    if (signer === undefined) {
      const { results, failure } = await deployStacks({ ...work, apply: false });
      if (failure !== undefined) throw failure;
      return { ...done, stacks: results };
    }
    await history(archive);
    const result = await openResult({
      ...{ archive, approvals, signer, now, copy, site, emergency, deployment },
      accepted: verdict.accepted,
      terraform: digest,
      airlock: options.version,
    });
    // Whoever cannot sign or write the result finds that out before anything is applied.
    await result.keep([]);
    const { results, failure } = await deployStacks({ ...work, apply: true, keep: result.keep });
    if (failure !== undefined) throw failure;
    await recordDeployment(archive, copy.plan);
    return { ...done, stacks: results, result: result.folder };
  });
}
