/** Whether whoever asks is one of those whom admission lets deploy. */
import { deployersOf } from '../../site/deployers';
import type { Enclave } from '../../site/generated/enclave';
import type { Site } from '../../site/generated/site';
import type { ClusterFacts } from './facts';
import { fail, type Finding, ok, warn } from './finding';

/** Once the guardrails are in force, anybody else is refused changes of policies, namespaces and the list of images. */
export function checkDeployer({ user }: ClusterFacts, enclave: Enclave, site: Site): Finding[] {
  const deployers = deployersOf(enclave, site);
  if (user === undefined) {
    const message = 'the API server does not say whose credentials these are';
    return [warn('deployer', 'user', message, `deploy as ${deployers.join(' or ')}`)];
  }
  if (deployers.includes(user)) return [ok('deployer', `user ${user}`, 'may deploy')];
  return [
    fail(
      'deployer',
      `user ${user}`,
      `is no deployer of the enclave; those are ${deployers.join(', ')}`,
      `write deployers: [${JSON.stringify(user)}] in enclave.yaml and synthesize afresh, or deploy as one of them`,
    ),
  ];
}
