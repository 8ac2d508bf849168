/** Every rule of the audit, in the order of the report. */
import { admissionGuardrails } from './admission-guardrails';
import { applyOrder } from './apply-order';
import { behindGateway } from './behind-gateway';
import { configuration } from './configuration';
import { dataAtRest } from './data-at-rest';
import { defaultDeny } from './default-deny';
import { exposedServices } from './exposed-services';
import { higherTiers } from './higher-tiers';
import { imageDigests } from './image-digests';
import { keptState } from './kept-state';
import { knownDevices } from './known-devices';
import { knownFlows } from './known-flows';
import { knownNames } from './known-names';
import { knownPrograms } from './known-programs';
import { lockUsed } from './lock-used';
import { namespaceEnforcement } from './namespace-enforcement';
import { noSecrets } from './no-secrets';
import { ownedFlows } from './owned-flows';
import { planAnalyzed } from './plan-analyzed';
import { planRunsNothing } from './plan-runs-nothing';
import { podSecurity } from './pod-security';
import { policyRules } from './policy-rules';
import { rights } from './rights';
import type { Rule } from './rule';
import { terraformReach } from './terraform-reach';
import { useLocked } from './use-locked';
import { verifiedWeights } from './verified-weights';
import { weightArguments } from './weight-arguments';

export const RULES: readonly Rule[] = [
  planAnalyzed,
  planRunsNothing,
  terraformReach,
  imageDigests,
  lockUsed,
  useLocked,
  weightArguments,
  verifiedWeights,
  knownPrograms,
  knownDevices,
  defaultDeny,
  policyRules,
  exposedServices,
  higherTiers,
  behindGateway,
  ownedFlows,
  knownNames,
  knownFlows,
  applyOrder,
  podSecurity,
  namespaceEnforcement,
  admissionGuardrails,
  rights,
  dataAtRest,
  keptState,
  configuration,
  noSecrets,
];
