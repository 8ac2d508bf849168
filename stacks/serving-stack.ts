import { Annotations } from 'cdktf';
import type { Construct } from 'constructs';
import type { SharedClaimDecision } from '../blueprint/mirror';
import type { ServingDecision } from '../blueprint/servings';
import type { ConfinedNamespace } from '../constructs/confinement/confined-namespace';
import type { GpuNodePool } from '../constructs/nodes/gpu-node-pool';
import { ServingRelease } from '../constructs/serving/serving-release';
import { SharedWeights } from '../constructs/weights/shared-weights';
import { ENGINES } from '../engines';
import { BaseStack } from './base-stack';
import { confinedNamespace } from './namespace';
import type { PlatformProps } from './props';

export interface ServingStackProps extends PlatformProps {
  /** Finds a pool of the site. */
  readonly pool: (name: string) => GpuNodePool;
}

/** The servings of the site, and the namespace that confines them. */
export class ServingStack extends BaseStack {
  private readonly pool: ServingStackProps['pool'];

  public constructor(scope: Construct, id: string, props: ServingStackProps) {
    super(scope, id, props);
    this.pool = props.pool;
    const { servings, sharedClaim, quotas } = props.blueprint;
    const namespace = confinedNamespace(this, props.blueprint, 'serving');
    for (const [resource, units] of Object.entries(quotas.hard)) {
      const name = resource.replace(/^requests\./, '').replace(/[^a-z0-9]+/g, '-');
      namespace.addQuota(name, { [resource]: String(units) });
    }
    if (sharedClaim !== undefined) this.fill(sharedClaim, namespace);
    for (const serving of servings) this.serve(serving, namespace);
  }

  private fill({ pool, ...claim }: SharedClaimDecision, namespace: ConfinedNamespace): void {
    const { nodeSelector, tolerations } = this.pool(pool);
    new SharedWeights(this, 'shared-weights', {
      ...{ namespace, ...claim, nodeSelector },
      ...(tolerations.length === 0 ? {} : { tolerations }),
    });
  }

  private serve(serving: ServingDecision, namespace: ConfinedNamespace): void {
    const { engine, pool, weights, memory, ...props } = serving;
    const { mirrorUrl, hostAliases, ...access } = weights;
    new ServingRelease(this, `serving-${serving.name}`, {
      ...{ ...props, namespace, mirrorUrl, weights: access },
      engine: ENGINES[engine],
      pool: this.pool(pool),
      ...(hostAliases === undefined ? {} : { hostAliases }),
    });
    for (const warning of memory.warnings) Annotations.of(this).addWarning(warning);
  }
}
