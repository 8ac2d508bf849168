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
  ROLLBACK_CONTENT_GONE: {
    kind: 'check',
    cause: 'The plan to go back to names content that is not there any more.',
    fix: 'Import the bundle that brought it again, then go back.',
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
