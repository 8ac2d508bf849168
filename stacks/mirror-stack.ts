import type { Construct } from 'constructs';
import type { MirrorDecision } from '../blueprint/mirror';
import { WeightMirror } from '../constructs/weights/weight-mirror';
import { BaseStack } from './base-stack';
import { confinedNamespace } from './namespace';
import type { PlatformProps } from './props';

export interface MirrorStackProps extends PlatformProps {
  readonly mirror: MirrorDecision;
}

/** The weight mirror and the namespace that confines it. */
export class MirrorStack extends BaseStack {
  public constructor(scope: Construct, id: string, props: MirrorStackProps) {
    super(scope, id, props);
    const { blueprint, mirror } = props;
    const namespace = confinedNamespace(this, blueprint, 'mirror');
    new WeightMirror(this, 'weight-mirror', { namespace, dns: blueprint.cluster.dns, ...mirror });
  }
}
