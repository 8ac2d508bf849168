import type { Construct } from 'constructs';
import { badInput } from '../core/errors';
import { ConfinedNamespace } from '../constructs/confinement/confined-namespace';
import type { GatewayTarget } from '../constructs/serving/gateway-flow';
import { GatewayRelease } from '../constructs/gateway/gateway-release';
import { NAMESPACES } from '../constructs/names';
import { RateLimit } from '../constructs/gateway/rate-limit';
import { GATEWAY_CONTRACTS } from '../gateway';
import type { GatewayPolicy, TracePolicy } from '../gateway/policy';
import { clusterDns } from '../site/cluster-dns';
import { gatewayImageName, RATE_LIMIT_IMAGE_NAME, VALKEY_IMAGE_NAME } from '../site/requests/gateway';
import type { Enclave } from '../site/generated/enclave';
import type { Lock } from '../site/generated/lock';
import type { Site } from '../site/generated/site';
import { lookup } from '../site/lock/lock-lookup';
import { BaseStack, type BaseStackProps } from './base-stack';
import { PLATFORM_EXPORTERS } from '../telemetry/metrics/platform';
import { confined } from './confined';
import { openMetrics } from './metrics';
import { namedDestination } from './registry-destination';
import { gatewayPolicy, type ServingAnswers } from './gateway-policy';

/** Secret with the password of the rate-limit service's store. */
const RATE_LIMIT_SECRET = 'rate-limit-store';

export interface GatewayStackProps extends BaseStackProps {
  readonly site: Site;
  readonly enclave: Enclave;
  readonly lock: Lock;
  /** The pods of each serving that a workflow names. */
  readonly targets: readonly GatewayTarget[];
  readonly served: ServingAnswers;
  /** Where the gateway sends traces. */
  readonly traces?: TracePolicy;
}

/** The gateway of the site, and the namespace that confines it. */
export class GatewayStack extends BaseStack {
  /** @throws AirlockError (input) when the gateway cannot enforce what the site asks for */
  public constructor(scope: Construct, id: string, props: GatewayStackProps) {
    super(scope, id, props);
    const { site, enclave, lock, targets, served, traces } = props;
    if (site.gateway === undefined) throw badInput('the site has no gateway', 'add gateway to site.yaml');
    const policy = gatewayPolicy(site, enclave, served, traces);
    const [platform = ''] = site.platforms;
    const { tlsSecret, database } = enclave.gateway ?? {};
    const className = enclave.storage?.className;
    const namespace = new ConfinedNamespace(this, 'namespace', {
      ...confined(NAMESPACES.gateway, site),
      holdsState: true,
    });
    openMetrics(namespace, enclave, [PLATFORM_EXPORTERS[site.gateway.software]]);
    if (site.gateway.rateLimit !== undefined) this.rateLimit(namespace, policy, props);
    new GatewayRelease(this, 'gateway', {
      namespace,
      gateway: GATEWAY_CONTRACTS[site.gateway.software],
      image: lookup(lock).imageReference(enclave, gatewayImageName(site), platform),
      platform,
      policy,
      targets,
      callers: (enclave.callers?.workloads ?? []).map(({ name, namespace, podLabels, reason }) => ({
        name,
        pods: { namespace, labels: podLabels },
        reason,
      })),
      dns: clusterDns(site, enclave),
      ...(tlsSecret === undefined ? {} : { tlsSecret }),
      ...(database === undefined
        ? {}
        : {
            database: {
              secret: database.secret,
              destination: namedDestination(enclave, database.destination),
            },
          }),
      ...(className === undefined ? {} : { storageClassName: className }),
    });
  }

  /** Before the gateway, which depends on every policy that selects its pods. */
  private rateLimit(namespace: ConfinedNamespace, { issuers }: GatewayPolicy, props: GatewayStackProps): void {
    const { site, enclave, lock } = props;
    const [platform = ''] = site.platforms;
    const image = (name: string): string => lookup(lock).imageReference(enclave, name, platform);
    const className = enclave.storage?.className;
    new RateLimit(this, 'rate-limit', {
      ...{ namespace, issuers, platforms: [platform], dns: clusterDns(site, enclave), secret: RATE_LIMIT_SECRET },
      image: image(RATE_LIMIT_IMAGE_NAME),
      storeImage: image(VALKEY_IMAGE_NAME),
      ...(className === undefined ? {} : { storageClassName: className }),
    });
  }
}
