import { Construct } from 'constructs';
import type { DnsPeer } from '../../catalog/distributions/distribution';
import { RATE_LIMIT_NAME, RATE_LIMIT_STORE_NAME, rateLimitFlows } from '../../gateway/flows';
import type { IssuerPolicy } from '../../gateway/policy';
import { type RateLimitSpec, rateLimitSpec } from '../../gateway/rate-limit/service';
import type { ConfinedNamespace } from '../confinement/confined-namespace';
import { EnvelopeRelease } from '../release/envelope-release';
import { rateLimitObjects, storeObjects } from './rate-limit-objects';
import { issuer } from '../checks/policy';
import { checkProps, type Checks, list, lockedImage, optional, wholeFrom } from '../checks/props';
import { dnsPeer, made, objectName, platform } from '../checks/shared';

/** Two, so that a node may end without a gap. */
const DEFAULT_REPLICAS = 2;

/** Props of `RateLimit`. */
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

const CHECKS: Checks<RateLimitProps> = {
  namespace: made,
  image: lockedImage,
  storeImage: lockedImage,
  platforms: list(platform),
  issuers: list(issuer),
  secret: objectName,
  dns: dnsPeer,
  replicas: optional(wholeFrom(1)),
  storageClassName: optional(objectName),
};

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
    checkProps('RateLimit', props, CHECKS);
    const { namespace, issuers, replicas = DEFAULT_REPLICAS } = props;
    this.spec = rateLimitSpec(issuers, RATE_LIMIT_STORE_NAME);
    for (const flow of rateLimitFlows(namespace.name, props.dns)) namespace.lockdown.open(flow);
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
}
