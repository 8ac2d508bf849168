import { Construct } from 'constructs';
import type { DnsPeer } from '../../catalog/distributions/distribution';
import type { IssuerPolicy, RateLimitAddress } from '../../gateway/policy';
import { RATE_LIMIT_PORT, type RateLimitSpec, rateLimitSpec } from '../../gateway/rate-limit/service';
import { VALKEY_PORT } from '../../gateway/rate-limit/store';
import type { ConfinedNamespace } from '../confinement/confined-namespace';
import type { Flow } from '../confinement/egress-lockdown';
import { EnvelopeRelease } from '../release/envelope-release';
import { GATEWAY_PODS } from '../serving/gateway-flow';
import { componentLabels, NAMESPACES } from '../names';
import { RATE_LIMIT_NAME, rateLimitObjects, STORE_NAME, storeObjects } from './rate-limit-objects';

/** Where a gateway asks it. */
export const RATE_LIMIT_ADDRESS: RateLimitAddress = {
  host: `${RATE_LIMIT_NAME}.${NAMESPACES.gateway}.svc`,
  port: RATE_LIMIT_PORT,
};

/** Two, so that a node may end without a gap. */
const DEFAULT_REPLICAS = 2;

export interface RateLimitProps {
  /** Namespace of the gateway. */
  readonly namespace: ConfinedNamespace;
  /** Image of envoyproxy/ratelimit, by digest. */
  readonly image: string;
  /** Image of Valkey on Debian, by digest. */
  readonly storeImage: string;
  /** Platforms of both images, e.g. `linux/amd64`. */
  readonly platforms: readonly string[];
  /** Issuers of tokens, with the budgets of each of their subjects. */
  readonly issuers: readonly IssuerPolicy[];
  /** Secret of the namespace whose key `password` opens the store. */
  readonly secret: string;
  /** The cluster's resolver: the service looks up its store. */
  readonly dns: DnsPeer;
  /**
   * Pods of the service; the store is one.
   *
   * @default 2
   */
  readonly replicas?: number;
  /**
   * StorageClass of the store's volume.
   *
   * @default - the cluster's default
   */
  readonly storageClassName?: string;
}

/**
 * The service that counts the tokens of people, for all pods of the gateway together.
 *
 * A gateway counts budgets of keys by itself; people with a token of an issuer have no key. It asks this service before a
 * call, and tells it afterwards what the call took. Counts lie in a Valkey with a volume of its own, under the claim `sub`,
 * and go with their window. While nobody can say what a person has left, the gateway refuses the call.
 *
 * A changed budget replaces the pods of the service one by one; the store stays as it is.
 *
 * @see https://github.com/envoyproxy/ratelimit
 */
export class RateLimit extends Construct {
  /** What the service makes of the budgets. */
  public readonly spec: RateLimitSpec;

  /** @throws AirlockError (input) for budgets that it cannot count */
  public constructor(scope: Construct, id: string, props: RateLimitProps) {
    super(scope, id);
    const { namespace, issuers, replicas = DEFAULT_REPLICAS } = props;
    this.spec = rateLimitSpec(issuers, STORE_NAME);
    this.openFlows(props);
    const pods = { namespace: namespace.name, platforms: props.platforms, secret: props.secret };
    const { storageClassName } = props;
    new EnvelopeRelease(this, 'release', {
      name: RATE_LIMIT_NAME,
      namespace: namespace.name,
      objects: [
        ...storeObjects({
          ...{ ...pods, image: props.storeImage },
          ...(storageClassName === undefined ? {} : { storageClassName }),
        }),
        ...rateLimitObjects({ ...pods, image: props.image, spec: this.spec, replicas }),
      ],
      dependsOn: namespace.ready,
    });
  }

  private openFlows({ namespace: { lockdown, name: namespace }, dns }: RateLimitProps): void {
    const service = { namespace, labels: componentLabels('rate-limit') };
    const flows: Flow[] = [
      {
        name: 'rate-limit',
        ...{ from: GATEWAY_PODS, to: service, port: RATE_LIMIT_PORT },
        reason: 'the gateway asks what a person has left, and tells what a call took',
      },
      {
        name: 'rate-limit-store',
        ...{ from: service, to: { namespace, labels: componentLabels('rate-limit-store') }, port: VALKEY_PORT },
        reason: 'counts of tokens outlive the pods that count',
      },
    ];
    for (const flow of flows) lockdown.allowBetween(flow);
    lockdown.allowDns(service.labels, dns, 'the service looks up its store', 'allow-dns-rate-limit');
  }
}
