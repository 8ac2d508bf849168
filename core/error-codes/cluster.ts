/** Codes of live clusters: what is asked of them, deployed to them and kept of them. */
import type { ErrorCodeGroup } from './facts';

export const CLUSTER = {
  KUBECTL_FAILED: {
    kind: 'environment',
    cause: 'The cluster cannot be reached, or refuses what kubectl asks of it.',
    fix: 'Check --kubeconfig and --context, and what their user may do.',
  },
  TERRAFORM_FAILED: {
    kind: 'environment',
    cause: 'Terraform or OpenTofu refused a step.',
    fix: 'Remove the cause that the message names, then run the same command again.',
  },
  PROBE_FAILED: {
    kind: 'environment',
    cause: 'The pods that try connections did not come to an answer.',
    fix: 'Look into the namespace of the probe, and leave it alone while it runs.',
  },
  NAMESPACE_MISSING: {
    kind: 'check',
    cause: 'The cluster has not the namespace that is needed.',
    fix: 'Deploy the stack that makes it first.',
  },
  SECRET_EXISTS: {
    kind: 'check',
    cause: 'The Secret is there already.',
    fix: 'Pass --replace to change its values.',
  },
  DEPLOYMENT_UNKNOWN: {
    kind: 'input',
    cause: 'The history of deployments has none such, or several.',
    fix: 'See `airlock deployed --list`, and write enough of the digest.',
  },
  DEPLOYMENT_HISTORY_INVALID: {
    kind: 'input',
    cause: 'The history of deployments is broken.',
    fix: 'Restore it from a backup.',
  },
  DEPLOYMENT_RECORD_DAMAGED: {
    kind: 'check',
    cause: 'A kept deployment is gone, or is not what was deployed.',
    fix: 'Restore the folder of deployments from a backup, or synthesize the older site again.',
  },
  DEPLOYMENT_UNDECLARED: {
    kind: 'input',
    cause: 'The enclave does not say which cluster it is, and whose approval a deployment needs.',
    fix: 'Add `deployment` to enclave.yaml.',
  },
  APPROVAL_REFUSED: {
    kind: 'check',
    cause: 'The audit does not pass, so there is nothing to approve.',
    fix: 'Mend what `airlock audit` names, or waive it with a reason.',
  },
  APPROVAL_MALFORMED: {
    kind: 'check',
    cause: 'What a reviewer signed is no approval of this format.',
    fix: 'Sign the plan again with `airlock audit sign`.',
  },
  APPROVAL_KEY_UNNAMED: {
    kind: 'check',
    cause: 'The enclave does not name the key, so its signature would count for nothing.',
    fix: 'Sign with a key that deployment in enclave.yaml names.',
  },
  APPROVAL_KEYS_MISSING: {
    kind: 'input',
    cause: 'Fewer public keys were given than signatures are needed.',
    fix: 'Give the public keys of the reviewers with --trust.',
  },
  APPROVAL_MISSING: {
    kind: 'check',
    cause: 'Too few reviewers have signed exactly what is to be deployed.',
    fix: 'Have the plan approved with `airlock audit sign`.',
  },
  DEPLOY_AUDIT_FAILED: {
    kind: 'check',
    cause: 'The audit does not pass what is to be deployed.',
    fix: 'See `airlock audit`, and approve what passes.',
  },
  DEPLOY_PROGRAM_UNLOCKED: {
    kind: 'check',
    cause: 'The Terraform or OpenTofu that is to act is not the one that the lock names.',
    fix: 'Pass the file that the bundle brought.',
  },
  DEPLOY_CLUSTER_DIFFERENT: {
    kind: 'check',
    cause: 'The cluster is not the one that the enclave names.',
    fix: 'Pass the kubeconfig of the right cluster.',
  },
  DEPLOY_PLAN_DIFFERENT: {
    kind: 'check',
    cause: 'Terraform would do something else than was judged.',
    fix: 'Look at state and cluster, then synthesize, audit and approve again.',
  },
  DEPLOY_DESTROYS: {
    kind: 'check',
    cause: 'Terraform would destroy or replace what nobody allowed it to.',
    fix: 'Allow it by name with --allow-destroy, where that is meant.',
  },
  KUBECONFIG_INVALID: {
    kind: 'input',
    cause: 'The kubeconfig cannot be read, or names what is not there.',
    fix: 'Pass the kubeconfig of a deployer.',
  },
  KUBECONFIG_REFUSED: {
    kind: 'check',
    cause: 'The kubeconfig leads elsewhere, or logs in by a program that the enclave does not declare.',
    fix: 'Remove what the message names, or declare it in enclave.yaml.',
  },
  ROLLBACK_CONTENT_GONE: {
    kind: 'check',
    cause: 'The plan to go back to names content that is not there any more.',
    fix: 'Import the bundle that brought it again, then go back.',
  },
  ROLLBACK_UNAPPROVED: {
    kind: 'check',
    cause: 'The deployment to go back to was not approved, as far as the results that are kept say.',
    fix: 'Choose another, or have it approved and deploy it.',
  },
  ROLLBACK_LEAVES_STACKS: {
    kind: 'check',
    cause: 'The deployment to go back to lacks stacks that run now.',
    fix: 'Destroy them first, as the message shows.',
  },
  TRACE_STORE_UNREACHABLE: {
    kind: 'environment',
    cause: 'The trace store does not answer.',
    fix: 'Check its address.',
  },
  TRACE_STORE_REFUSES: {
    kind: 'environment',
    cause: 'The trace store answers with a refusal.',
    fix: 'Give the API key of an administrator, and see the log of the store.',
  },
  DATABASE_CLIENT_FAILED: {
    kind: 'environment',
    cause: 'pg_dump, pg_restore or psql failed.',
    fix: 'Check the address of the database and what its user may do.',
  },
} as const satisfies ErrorCodeGroup;
