import { type ITerraformDependable, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { Release } from '@cdktf/provider-helm/lib/release';
import { badInput } from '../../core/errors';
import { envelopeChart } from './envelope-chart';
import { envelopeValues, escapeTemplate, type KubernetesObject } from './envelope-values';
import { RELEASE_NAME } from '../../core/kubernetes-syntax';
import { checkProps, type Checks, form, heldBy } from '../checks/props';
import { made, namespaceName } from '../checks/shared';

/** Props of `EnvelopeRelease`. */
export interface EnvelopeReleaseProps {
  /** Name of the release, unique in its namespace. */
  readonly name: string;
  /** Namespace of the release and of its namespaced objects; it exists already. */
  readonly namespace: string;
  readonly objects: readonly KubernetesObject[];
  /** What must exist first: the namespace and all that confines it. Never empty. */
  readonly dependsOn: readonly ITerraformDependable[];
}

const CHECKS: Checks<EnvelopeReleaseProps> = {
  name: form(RELEASE_NAME),
  namespace: namespaceName,
  objects: heldBy('envelopeValues'),
  dependsOn: made,
};

/**
 * A Helm release of exactly the given objects.
 *
 * The chart renders what its values hold and nothing else, so the plan shows every line that changes, and `helm list`
 * and `helm rollback` work. Values that Terraform, YAML or Helm would change on the way are refused at synthesis.
 *
 * The release does not wait for pods: the first fill of a mirror takes hours, and Terraform would mark a release that
 * timed out for replacement.
 *
 * @see https://helm.sh/docs/topics/charts/
 *
 * @example
 * new EnvelopeRelease(stack, 'motd', { name: 'motd', namespace: 'batch', objects: [motd], dependsOn: namespace.ready });
 */
export class EnvelopeRelease extends Construct {
  /**
   * @throws AirlockError (input) for objects of another namespace, no dependencies, or values that do not survive
   */
  public constructor(scope: Construct, id: string, props: EnvelopeReleaseProps) {
    super(scope, id);
    checkProps('EnvelopeRelease', props, CHECKS);
    const { name, namespace, objects, dependsOn } = props;
    if (dependsOn.length === 0) {
      throw badInput(
        'CONSTRUCT_PROPS_INVALID',
        `release "${name}" depends on nothing`,
        'pass the namespace and its policies as dependsOn',
      );
    }
    const stray = objects.find(({ metadata }) => (metadata?.namespace ?? namespace) !== namespace);
    if (stray !== undefined) {
      throw badInput(
        'CONSTRUCT_PROPS_INVALID',
        `release "${name}" of ${namespace} has ${stray.kind ?? 'an object'} in ${stray.metadata?.namespace ?? ''}`,
        'make a release in that namespace',
      );
    }
    new Release(this, 'Resource', {
      name,
      namespace,
      chart: `./${envelopeChart(TerraformStack.of(this))}`,
      values: [escapeTemplate(envelopeValues(objects, name))],
      createNamespace: false,
      wait: false,
      maxHistory: 10,
      dependsOn: [...dependsOn],
    });
  }
}
