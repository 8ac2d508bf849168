import type { Construct } from 'constructs';
import type { GatewayDecision } from '../blueprint/gateway';
import { GatewayRelease } from '../constructs/gateway/gateway-release';
import { RateLimit } from '../constructs/gateway/rate-limit';
import { GATEWAY_CONTRACTS } from '../gateway';
import { BaseStack } from './base-stack';
import { confinedNamespace } from './namespace';
import type { PlatformProps } from './props';

export interface GatewayStackProps extends PlatformProps {
  readonly gateway: GatewayDecision;
}

/** The gateway of the site, and the namespace that confines it. */
export class GatewayStack extends BaseStack {
  /** @throws AirlockError (input) when the gateway cannot enforce what the site asks for */
  public constructor(scope: Construct, id: string, props: GatewayStackProps) {
    super(scope, id, props);
    const { software, rateLimit, ...gateway } = props.gateway;
    const { dns } = props.blueprint.cluster;
    const { storageClassName, policy } = gateway;
    const namespace = confinedNamespace(this, props.blueprint, 'gateway');
    // Before the gateway, which depends on every policy that selects its pods.
    if (rateLimit !== undefined) {
      new RateLimit(this, 'rate-limit', {
        ...{ namespace, issuers: policy.issuers, dns },
        ...rateLimit,
        ...(storageClassName === undefined ? {} : { storageClassName }),
      });
    }
    new GatewayRelease(this, 'gateway', { namespace, dns, gateway: GATEWAY_CONTRACTS[software], ...gateway });
  }
}
