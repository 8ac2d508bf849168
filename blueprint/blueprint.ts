/** Everything that is decided about a platform, from site, enclave and lock; stacks only build it. */
import { podQuota, type ReplacedPods } from '../catalog/platform/pod-quota';
import { checkFailed, internalFault } from '../core/errors';
import { checkTogether } from '../engines/pool';
import { surgeOf } from '../engines/serving';
import { servingWeightFlows } from '../engines/weights/flows';
import { Faults } from '../site/checks/faults';
import { clusterDns } from '../site/cluster-dns';
import { demandSameSite, noteEnclave } from '../site/load-enclave';
import { checkLock } from '../site/lock/lock-file';
import { type AcceleratorsDecision, acceleratorsOf } from './accelerators';
import { type ClusterDecision, clusterOf, type NamespaceDecision, namespaceOf, type NamespaceKey } from './cluster';
import { type FlowDecision, flowsOf } from './flows';
import { type GatewayDecision, gatewayOf } from './gateway';
import { type GuardrailsDecision, guardrailsOf, noteExposure } from './guardrails';
import type { Inputs } from './inputs';
import { metricsFlows, metricsRests } from './metrics';
import { type MirrorDecision, mirrorOf, type SharedClaimDecision, sharedClaimOf } from './mirror';
import { placesOf, type PoolDecision, poolsOf } from './pools';
import { type ServingDecision, servingsOf } from './servings';
import { type TerraformDecision, terraformOf } from './terraform';
import { checkPhoenixVersion } from '../telemetry/traces/phoenix';
import { type TracesDecision, tracesOf } from './traces';
import { enclaveAt, type Rests, restsOn, siteAt } from './rests';
import { hasMirror, weightSource, weightSourceRests } from './weight-source';

const AT_DESTINATIONS = { file: 'enclave.yaml', path: 'network.destinations' } as const;

/** What holds GPUs at one time. */
export interface QuotasDecision extends Rests {
  /** Extended resources that pods of servings may hold, in units. */
  readonly hard: Readonly<Record<string, number>>;
}

/** A platform, decided: each part says what it rests on. */
export interface Blueprint {
  /** Name of the site. */
  readonly site: string;
  readonly cluster: ClusterDecision;
  readonly terraform: TerraformDecision;
  /** Those that the plan makes. */
  readonly namespaces: Readonly<Partial<Record<NamespaceKey, NamespaceDecision>>>;
  readonly pools: readonly PoolDecision[];
  readonly guardrails: GuardrailsDecision;
  readonly accelerators?: AcceleratorsDecision;
  readonly mirror?: MirrorDecision;
  readonly sharedClaim?: SharedClaimDecision;
  readonly servings: readonly ServingDecision[];
  readonly quotas: QuotasDecision;
  readonly traces?: TracesDecision;
  readonly gateway?: GatewayDecision;
  /** Every connection that is open; whatever is not among them is shut. */
  readonly flows: readonly FlowDecision[];
}

/** What holds GPUs, by extended resource: the quota counts it, so that nothing else takes them in its namespace. */
function quotasOf(servings: readonly ServingDecision[], pools: readonly PoolDecision[]): QuotasDecision {
  const workloads = servings.flatMap((serving): ReplacedPods[] => {
    const { replicas = 1, podsPerReplica, gpusPerPod, backend } = serving;
    const pool = pools.find(({ name }) => name === serving.pool);
    const resource = pool === undefined ? undefined : placesOf(pool).units.resource;
    if (resource === undefined) return [];
    const each = { [`requests.${resource}`]: gpusPerPod };
    const servers = { replicas, podsPerReplica, surge: surgeOf(gpusPerPod > 0), each };
    // A builder of engines holds GPUs beside those that serve.
    return backend === 'engine' ? [servers, { replicas: 1, each }] : [servers];
  });
  return {
    hard: Object.fromEntries(podQuota(workloads)),
    restsOn: restsOn(siteAt('servings'), siteAt('pools')),
  };
}

/** Servings that share a pool must fit it together; each fits it alone. */
function checkPools(servings: readonly ServingDecision[], pools: readonly PoolDecision[], faults: Faults): void {
  pools.forEach((pool, at) => {
    const wants = servings
      .filter((serving) => serving.pool === pool.name)
      .map(({ name, replicas = 1, gpusPerPod, podsPerReplica }) => ({
        ...{ serving: name, replicas, gpus: gpusPerPod, nodes: podsPerReplica },
      }));
    faults.attempt({ file: 'site.yaml', path: `pools[${at}]` }, () => checkTogether(placesOf(pool), wants));
  });
}

/** What the serving namespace opens beside its servings: the way of the weights, and metrics. */
function servingOpens(inputs: Inputs) {
  const { site, enclave } = inputs;
  const dns = clusterDns(site, enclave);
  const spanning = site.servings.filter(({ nodes = 1 }) => nodes > 1).map(({ name }) => name);
  const source = hasMirror(enclave) ? undefined : weightSource(enclave);
  return [...servingWeightFlows(dns, source, spanning), ...metricsFlows(inputs, 'serving')];
}

const servingRests = (inputs: Inputs): readonly string[] =>
  restsOn(
    siteAt('servings'),
    ...(hasMirror(inputs.enclave)
      ? [inputs.enclave.weights !== undefined && enclaveAt('weights')]
      : weightSourceRests(inputs.enclave)),
    inputs.enclave.network.nodeLocalDns !== undefined && enclaveAt('network.nodeLocalDns'),
    ...metricsRests(inputs, 'serving'),
  );

function namespacesOf(inputs: Inputs): Blueprint['namespaces'] {
  const { site, enclave } = inputs;
  const one = (key: NamespaceKey) => ({
    [key]: namespaceOf(inputs, key, metricsFlows(inputs, key), metricsRests(inputs, key)),
  });
  return {
    ...one('guardrails'),
    ...(hasMirror(enclave) ? one('mirror') : {}),
    serving: namespaceOf(inputs, 'serving', servingOpens(inputs), servingRests(inputs)),
    ...(site.gpu === undefined ? {} : one('accelerators')),
    ...(site.gateway === undefined ? {} : one('gateway')),
    ...(site.traces === undefined ? {} : one('telemetry')),
  };
}

/** What is decided of content that a lock out of date lacks follows from that alone. */
const FOLLOWS_FROM_LOCK: ReadonlySet<string> = new Set(['LOCK_LACKS_ENTRY']);

/** @throws AirlockError (check) for a lock of another site: nothing of it means anything here */
function noteLock({ site, lock }: Inputs, faults: Faults): void {
  const differences = checkLock(lock, site);
  if (differences.length === 0) return;
  const what = `the lock does not fit the site: ${differences.join('; ')}`;
  const error = checkFailed('LOCK_OUT_OF_DATE', what, 'run `airlock lock`');
  if (lock.site !== site.name) throw error;
  faults.note({ file: 'airlock.lock.json', path: '' }, error);
  faults.leaveOut(FOLLOWS_FROM_LOCK);
}

/**
 * Decides everything.
 *
 * @throws AirlockError (input) when the files contradict each other, (check) when the lock is out of date or a model does
 *   not fit; all faults at once, once the files belong together
 */
export function blueprintOf(inputs: Inputs): Blueprint {
  const { site, enclave } = inputs;
  demandSameSite(enclave, site);
  const faults = new Faults();
  noteEnclave(enclave, site, faults);
  noteLock(inputs, faults);
  noteExposure(inputs, faults);
  const phoenix = site.traces?.store?.phoenix;
  if (phoenix !== undefined)
    faults.attempt({ file: 'site.yaml', path: 'traces.store.phoenix' }, () => checkPhoenixVersion(phoenix));
  const cluster = faults.attempt({ file: 'site.yaml', path: 'cluster' }, () => clusterOf(inputs));
  const pools = poolsOf(inputs);
  const namespaces = faults.attempt(AT_DESTINATIONS, () => namespacesOf(inputs));
  const accelerators = faults.attempt({ file: 'site.yaml', path: 'gpu' }, () => acceleratorsOf(inputs));
  const mirror = faults.attempt({ file: 'enclave.yaml', path: 'weights' }, () => mirrorOf(inputs));
  const servings = servingsOf(inputs, pools, faults);
  checkPools(servings, pools, faults);
  const sharedClaim = faults.attempt({ file: 'enclave.yaml', path: 'weights.claim' }, () => sharedClaimOf(inputs));
  const traces = faults.attempt({ file: 'site.yaml', path: 'traces' }, () => tracesOf(inputs));
  const gateway = faults.attempt({ file: 'site.yaml', path: 'gateway' }, () =>
    gatewayOf(inputs, servings, traces?.policy, faults),
  );
  faults.throwAll();
  if (cluster === undefined || namespaces === undefined) throw internalFault('a decision is missing without a fault');
  const decided = {
    site: site.name,
    ...{ cluster, terraform: terraformOf(inputs), namespaces, pools, guardrails: guardrailsOf(inputs, cluster) },
    ...(accelerators === undefined ? {} : { accelerators }),
    ...(mirror === undefined ? {} : { mirror }),
    ...(sharedClaim === undefined ? {} : { sharedClaim }),
    ...{ servings, quotas: quotasOf(servings, pools) },
    ...(traces === undefined ? {} : { traces }),
    ...(gateway === undefined ? {} : { gateway }),
  };
  return { ...decided, flows: flowsOf(decided, inputs) };
}
