/** `preflight`: can this cluster take this plan? Reads the cluster, then lets pods of the kit try the network. */
import type { DnsPeer } from '../../catalog/distributions/distribution';
import type { Enclave } from '../../site/generated/enclave';
import type { Site } from '../../site/generated/site';
import type { Kubectl } from '../kubectl';
import type { PlannedObjects } from '../planned-objects';
import { secretStates } from '../secrets/cluster-secrets';
import { neededSecrets } from '../secrets/needed';
import { checkAccelerators } from './check-accelerators';
import { checkDeployer } from './check-deployer';
import { checkKinds } from './check-kinds';
import { checkNodes } from './check-nodes';
import { checkPlacement } from './check-placement';
import { checkResolver } from './check-resolver';
import { checkRuntime } from './check-runtime';
import { checkSecrets } from './check-secrets';
import { checkStorage } from './check-storage';
import { checkVersion } from './check-version';
import { gatherFacts } from './facts';
import { type Finding, warn } from './finding';
import { withPlannedDevices } from './planned-devices';

export interface PreflightOptions {
  readonly kubectl: Kubectl;
  readonly site: Site;
  readonly enclave: Enclave;
  readonly planned: PlannedObjects;
  readonly dns: DnsPeer;
}

/**
 * The checks that only read.
 *
 * @throws AirlockError (environment) when the cluster cannot be reached or refuses to be read
 */
export async function readingChecks({ kubectl, site, enclave, planned, dns }: PreflightOptions): Promise<Finding[]> {
  const { objects, unread } = planned;
  const facts = await gatherFacts(kubectl, objects, dns.namespace);
  const secrets = await secretStates(kubectl, neededSecrets(objects));
  return [
    ...checkVersion(facts, site),
    ...checkDeployer(facts, enclave, site),
    ...checkKinds(facts, objects),
    ...checkNodes(facts, enclave),
    ...checkAccelerators(facts, site, enclave),
    ...checkPlacement({ ...facts, nodes: withPlannedDevices(facts.nodes, site, enclave) }, objects),
    ...checkRuntime(facts, objects),
    ...checkStorage(facts, objects),
    ...checkResolver(facts, dns),
    ...checkSecrets(secrets),
    ...unread.map((subject) =>
      warn(
        'plan',
        subject,
        'the plan does not show its objects, so they were not checked',
        'see what `airlock audit` says of it',
      ),
    ),
  ];
}
