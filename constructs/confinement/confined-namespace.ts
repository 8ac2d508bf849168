import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { NamespaceV1 } from '@cdktf/provider-kubernetes/lib/namespace-v1';
import { ResourceQuotaV1 } from '@cdktf/provider-kubernetes/lib/resource-quota-v1';
import { EgressLockdown } from './egress-lockdown';
import { platformLabels } from '../../catalog/platform/names';
import { MINOR_VERSION, QUALIFIED_NAME } from '../../core/kubernetes-syntax';
import { checkProps, type Checks, form, heldBy, map, oneOf, optional, quantity } from '../checks/props';
import { flag, namespaceName, text } from '../checks/shared';

/** Props of `ConfinedNamespace`. */
export interface ConfinedNamespaceProps {
  readonly name: string;
  /** Minor version of the cluster, e.g. `1.34`: the Pod Security rules of that version are enforced. */
  readonly kubernetesVersion: string;
  /**
   * Pod Security level: `privileged` for what must reach the node itself, as drivers do; nothing else belongs in such a
   * namespace.
   *
   * @default 'restricted'
   */
  readonly podSecurity?: 'restricted' | 'privileged';
  /**
   * Whether the namespace holds data; then Terraform refuses to destroy it.
   *
   * @default false
   */
  readonly holdsState?: boolean;
  /**
   * Annotations of the namespace, such as the user ids that a distribution lets its pods have.
   *
   * @default - none
   */
  readonly annotations?: Readonly<Record<string, string>>;
  /**
   * Who answers for the flows that `lockdown` allows.
   *
   * @default - the stack of the namespace: whoever deploys it
   */
  readonly owner?: string;
}

const CHECKS: Checks<ConfinedNamespaceProps> = {
  name: namespaceName,
  kubernetesVersion: form(MINOR_VERSION),
  podSecurity: optional(oneOf('restricted', 'privileged')),
  holdsState: flag,
  annotations: optional(map(form(QUALIFIED_NAME), heldBy('any text is an annotation'))),
  owner: optional(text),
};

/**
 * A namespace in which only restricted pods run (but for a declared exception), and nothing flows that `lockdown` does not allow.
 *
 * The rules' version is pinned to the cluster's: an upgrade of the cluster then changes no verdict before the site
 * file says so. Workloads take `ready` as their dependencies.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-admission/
 *
 * @example
 * const namespace = new ConfinedNamespace(stack, 'namespace', { name: 'batch', kubernetesVersion: '1.34' });
 */
export class ConfinedNamespace extends Construct {
  public readonly name: string;
  public readonly lockdown: EgressLockdown;
  private readonly resource: NamespaceV1;
  private readonly quotas: ResourceQuotaV1[] = [];

  /** @throws AirlockError (input) for a name, version or annotation that the API server would refuse */
  public constructor(scope: Construct, id: string, props: ConfinedNamespaceProps) {
    super(scope, id);
    checkProps('ConfinedNamespace', props, CHECKS);
    const version = `v${props.kubernetesVersion}`;
    const { podSecurity = 'restricted' } = props;
    const levels = ['enforce', 'audit', 'warn'].flatMap((mode) => [
      [`pod-security.kubernetes.io/${mode}`, podSecurity],
      [`pod-security.kubernetes.io/${mode}-version`, version],
    ]);
    this.name = props.name;
    this.resource = new NamespaceV1(this, 'Resource', {
      metadata: {
        name: props.name,
        labels: { ...platformLabels(props.name), ...(Object.fromEntries(levels) as Record<string, string>) },
        ...(props.annotations === undefined ? {} : { annotations: props.annotations }),
      },
      // Pods are refused until the default service account exists.
      waitForDefaultServiceAccount: true,
      ...(props.holdsState === true ? { lifecycle: { preventDestroy: true } } : {}),
    });
    this.lockdown = new EgressLockdown(this, 'lockdown', {
      namespace: props.name,
      after: this.resource,
      ...(props.owner === undefined ? {} : { owner: props.owner }),
    });
  }

  /** The namespace and all that confines it so far: what every workload in it depends on. */
  public get ready(): ITerraformDependable[] {
    return [this.resource, ...this.lockdown.policies, ...this.quotas];
  }

  /**
   * Bounds what the pods of the namespace may request in all.
   *
   * @param hard quantities by resource, e.g. `{ 'requests.nvidia.com/gpu': '4' }`
   * @throws AirlockError (input) for what is no name, resource or quantity
   */
  public addQuota(name: string, hard: Readonly<Record<string, string>>): void {
    namespaceName(name, 'ConfinedNamespace.addQuota: name');
    map(form(QUALIFIED_NAME), quantity)(hard, 'ConfinedNamespace.addQuota: hard');
    this.quotas.push(
      new ResourceQuotaV1(this, `quota-${name}`, {
        metadata: { name, namespace: this.name, labels: platformLabels(name) },
        spec: { hard },
        dependsOn: [this.resource],
      }),
    );
  }
}
