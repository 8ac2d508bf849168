/** Approvals and deployments, as people read them. */
import { type Page, table } from '../../core/page';
import { type Line, show } from '../../core/visible';
import type { SignedApproval } from '../approval/sign';
import type { Deployment } from './deploy';

/** What was signed, and where it lies. */
export const approvalPage = ({ file, keyId, name, statement }: SignedApproval): Page => [
  show`signed by ${name} (key ${keyId}): the plan of site ${statement.site}, ${Object.keys(statement.plan).length} files`,
  ...(statement.emergency === null
    ? []
    : [show`for an emergency, the audit says ${statement.gate}: ${statement.emergency}`]),
  show`for the cluster ${statement.cluster.uid}, until ${statement.expires}`,
  show`wrote ${file}`,
];

const closing = ({ result, emergency }: Deployment): Line[] =>
  result === undefined
    ? [show`nothing was changed; what a deployment applies, it plans anew`]
    : [
        show`done: ${result} is the signed result; check with \`airlock status\` and \`airlock drift\``,
        ...(emergency
          ? [show`note: it was an emergency; deploy what the audit passes and reviewers approve, to regularize it`]
          : []),
      ];

/** What a deployment did, or would do. */
export const deploymentPage = (deployment: Deployment): Page => [
  show`site ${deployment.site}, approved by ${deployment.verdict.accepted.map(({ name }) => name).join(', ')} (${deployment.verdict.needed} needed)`,
  ...deployment.verdict.refused.map(({ file, why }) => show`note: ${file} does not count: ${why}`),
  table(
    ['stack', 'add', 'change', 'destroy', 'outcome'],
    deployment.stacks.map(({ stack, add, change, destroy, outcome }) => [stack, add, change, destroy, outcome]),
  ),
  ...closing(deployment),
];
