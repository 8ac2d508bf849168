/** The gateway of a site: who calls it, what it enforces, whom it passes calls to. */
import type { Destination } from '../catalog/platform/flow';
import { badInput } from '../core/errors';
import { everyFault, type Mended } from '../core/every-fault';
import { GATEWAY_CONTRACTS } from '../gateway';
import type { GatewayCaller, GatewayTarget } from '../gateway/flows';
import type { GatewayPolicy, TracePolicy, WorkflowPolicy } from '../gateway/policy';
import type { Faults, Place } from '../site/checks/faults';
import type { SiteGateway } from '../site/generated/site';
import { lookup } from '../site/lock/lock-lookup';
import { gatewayImageName, RATE_LIMIT_IMAGE_NAME, VALKEY_IMAGE_NAME } from '../site/requests/gateway';
import { namedDestination } from './destinations';
import { gatewayPolicy } from './gateway-policy';
import type { Inputs } from './inputs';
import { enclaveAt, lockAt, type Rests, restsOn, siteAt } from './rests';
import { calledServings, type ServingDecision } from './servings';

/** Secret with the password of the rate-limit service's store. */
const RATE_LIMIT_SECRET = 'rate-limit-store';

/** The service that counts the tokens of people, as RateLimit takes it. */
export interface RateLimitDecision {
  readonly image: string;
  readonly storeImage: string;
  readonly platforms: readonly string[];
  readonly secret: string;
}

/** The gateway, as GatewayRelease takes it. */
export interface GatewayDecision extends Rests {
  readonly software: SiteGateway['software'];
  readonly image: string;
  readonly platform: string;
  readonly policy: GatewayPolicy;
  readonly targets: readonly GatewayTarget[];
  readonly callers: readonly GatewayCaller[];
  /** Port that its pods listen on. */
  readonly port: number;
  readonly tlsSecret?: string;
  readonly database?: { readonly secret: string; readonly destination: Destination };
  readonly storageClassName?: string;
  readonly rateLimit?: RateLimitDecision;
}

function answersOf(servings: readonly ServingDecision[], name: string): ServingDecision {
  const found = servings.find((serving) => serving.name === name);
  if (found === undefined)
    throw badInput('SITE_LACKS_NAME', `the site has no serving "${name}"`, 'name one under servings');
  return found;
}

const at = (file: Place['file'], path: string): Place => ({ file, path });

/** The parts of a policy that can be left out to see what else is wrong, by the place of each. */
function* mends(policy: GatewayPolicy): Iterable<Mended<GatewayPolicy, Place>> {
  const { workflows, issuers, replicas, database } = policy;
  if (issuers.length > 0) yield { part: at('enclave.yaml', 'callers.issuers'), value: { ...policy, issuers: [] } };
  if (replicas > 1) yield { part: at('enclave.yaml', 'gateway.replicas'), value: { ...policy, replicas: 1 } };
  if (database) yield { part: at('enclave.yaml', 'gateway.database'), value: { ...policy, database: false } };
  for (const [index, workflow] of workflows.entries()) {
    const part = at('site.yaml', `workflows[${index}]`);
    const plain = Object.fromEntries(Object.entries(workflow).filter(([name]) => name !== 'redaction')) as unknown;
    for (const other of [{ ...workflow, streaming: false }, plain as WorkflowPolicy])
      yield { part, value: { ...policy, workflows: workflows.with(index, other) } };
    yield { part, value: { ...policy, workflows: workflows.toSpliced(index, 1) } };
  }
}

/**
 * @param servings those that could be decided
 * @returns undefined without a gateway, and where a serving that it calls is at fault already
 * @param faults where it is noted that the gateway cannot enforce what the site asks for
 */
export function gatewayOf(
  inputs: Inputs,
  servings: readonly ServingDecision[],
  traces: TracePolicy | undefined,
  faults: Faults,
): GatewayDecision | undefined {
  const { site, enclave, lock } = inputs;
  const called = calledServings(site);
  if (site.gateway === undefined) return undefined;
  if (called.some((name) => !servings.some((serving) => serving.name === name))) return undefined;
  const policy = gatewayPolicy(site, enclave, (name) => answersOf(servings, name).answers, { traces, faults });
  const wanted = site.workflows ?? [];
  // Each workflow has a fault, which is noted: a gateway without any is none that a contract knows.
  if (policy.workflows.length === 0 && wanted.length > 0) return undefined;
  const { software, rateLimit } = site.gateway;
  const { contract } = GATEWAY_CONTRACTS[software];
  const wrong = everyFault(policy, contract, mends).faults;
  for (const { error, part = at('site.yaml', 'gateway') } of wrong) {
    // Said already, where the enclave was held against the site.
    if (part.path === 'callers.issuers' && faults.has('enclave.yaml', 'callers')) continue;
    faults.note(part, error);
  }
  if (wrong.length > 0 || policy.workflows.length < wanted.length) return undefined;
  const [platform = ''] = site.platforms;
  const image = (name: string): string => lookup(lock).imageReference(enclave, name, platform);
  const { tlsSecret, database } = enclave.gateway ?? {};
  const className = enclave.storage?.className;
  return {
    ...{ software, platform, policy },
    image: image(gatewayImageName(site)),
    targets: called.map((name) => answersOf(servings, name).target),
    callers: (enclave.callers?.workloads ?? []).map(({ name, namespace, podLabels, reason }) => ({
      name,
      pods: { namespace, labels: podLabels },
      reason,
    })),
    port: contract(policy).port,
    ...(tlsSecret === undefined ? {} : { tlsSecret }),
    ...(database === undefined
      ? {}
      : { database: { secret: database.secret, destination: namedDestination(enclave, database.destination) } }),
    ...(className === undefined ? {} : { storageClassName: className }),
    ...(rateLimit === undefined
      ? {}
      : {
          rateLimit: {
            image: image(RATE_LIMIT_IMAGE_NAME),
            storeImage: image(VALKEY_IMAGE_NAME),
            platforms: [platform],
            secret: RATE_LIMIT_SECRET,
          },
        }),
    restsOn: restsOn(
      siteAt('gateway'),
      siteAt('workflows'),
      siteAt('platforms'),
      ...called.map((name) => siteAt(`servings[${name}]`)),
      site.traces !== undefined && siteAt('traces'),
      className !== undefined && enclaveAt('storage.className'),
      database !== undefined && enclaveAt(`network.destinations[${database.destination}]`),
      enclave.callers !== undefined && enclaveAt('callers'),
      enclave.gateway !== undefined && enclaveAt('gateway'),
      enclaveAt('registry'),
      lockAt(`images[${gatewayImageName(site)}]`),
      rateLimit !== undefined && lockAt(`images[${RATE_LIMIT_IMAGE_NAME}]`),
      rateLimit !== undefined && lockAt(`images[${VALKEY_IMAGE_NAME}]`),
    ),
  };
}
