import { TerraformOutput } from 'cdktf';
import { ConfinedNamespace, type ConfinedNamespaceProps } from '../../../constructs/confinement/confined-namespace';
import { TestStack } from '../plan';

function plan(props: Partial<ConfinedNamespaceProps> = {}) {
  const stack = new TestStack();
  const namespace = new ConfinedNamespace(stack, 'ns', { name: 'here', kubernetesVersion: '1.34', ...props });
  return { namespace, stack, resource: () => stack.plan().resource };
}

describe('ConfinedNamespace', () => {
  it('enforces, audits and warns of the restricted standard in the version of the cluster', () => {
    expect(plan().resource()['kubernetes_namespace_v1']?.['ns']?.['metadata']).toMatchObject({
      name: 'here',
      labels: {
        'pod-security.kubernetes.io/enforce': 'restricted',
        'pod-security.kubernetes.io/enforce-version': 'v1.34',
        'pod-security.kubernetes.io/audit': 'restricted',
        'pod-security.kubernetes.io/audit-version': 'v1.34',
        'pod-security.kubernetes.io/warn': 'restricted',
        'pod-security.kubernetes.io/warn-version': 'v1.34',
      },
    });
  });

  it('cannot be destroyed where it holds state', () => {
    const lifecycle = (holdsState: boolean) =>
      plan({ holdsState }).resource()['kubernetes_namespace_v1']?.['ns']?.['lifecycle'];
    expect(lifecycle(true)).toEqual({ prevent_destroy: true });
    expect(lifecycle(false)).toBeUndefined();
  });

  it('is ready once the namespace, its policies and its quotas exist', () => {
    const { namespace, stack } = plan();
    namespace.addQuota('gpus', { 'requests.nvidia.com/gpu': '4' });
    new TerraformOutput(stack, 'after', { value: 'x', dependsOn: namespace.ready });
    expect(stack.plan().output?.['after']).toMatchObject({
      depends_on: [
        '${kubernetes_namespace_v1.ns}',
        '${kubernetes_network_policy_v1.ns_lockdown_deny-all}',
        '${kubernetes_resource_quota_v1.ns_quota-gpus}',
      ],
    });
  });
});
