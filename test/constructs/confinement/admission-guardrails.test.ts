import type {
  ValidatingAdmissionPolicy as Policy,
  ValidatingAdmissionPolicyBinding as Binding,
} from 'kubernetes-types/admissionregistration/v1';
import type { ConfigMap } from 'kubernetes-types/core/v1';
import { NETWORK_POLICY_RESOURCES } from '../../../catalog/network-policy-kinds';
import {
  AdmissionGuardrails,
  type AdmissionGuardrailsProps,
} from '../../../constructs/confinement/admission-guardrails';
import { ConfinedNamespace } from '../../../constructs/confinement/confined-namespace';
import { objectsOf } from '../../stacks/synthesized';
import { TestStack } from '../plan';

const HEX = 'a'.repeat(64);
const IMAGE = `registry.site:5443/docker.io/library/busybox@sha256:${HEX}`;
const ALIAS = `registry.site:5443/other/busybox@sha256:${HEX}`;
const NAMESPACES = ['airlock-serving', 'airlock-guardrails'];

interface Objects {
  readonly policies: readonly Policy[];
  readonly bindings: readonly Binding[];
  readonly map: ConfigMap;
}

function guardrails(props: Partial<AdmissionGuardrailsProps> = {}): Objects {
  const stack = new TestStack();
  new AdmissionGuardrails(stack, 'admission', {
    namespace: new ConfinedNamespace(stack, 'ns', { name: 'airlock-guardrails', kubernetesVersion: '1.34' }),
    namespaces: NAMESPACES,
    kubernetesVersion: '1.34',
    images: [IMAGE],
    deployers: ['deployer'],
    ...props,
  });
  const objects = objectsOf(stack.plan(), 'admission_release') as unknown as (Policy | Binding | ConfigMap)[];
  return {
    policies: objects.filter((object): object is Policy => object.kind === 'ValidatingAdmissionPolicy'),
    bindings: objects.filter((object): object is Binding => object.kind === 'ValidatingAdmissionPolicyBinding'),
    map: objects.find((object): object is ConfigMap => object.kind === 'ConfigMap')!,
  };
}

const policy = (name: string, objects = guardrails()): Policy =>
  objects.policies.find(({ metadata }) => metadata?.name === name)!;

const expressions = (found: Policy): string =>
  [...(found.spec?.variables ?? []), ...(found.spec?.validations ?? [])].map(({ expression }) => expression).join('\n');

const selected = ({ spec }: Binding): readonly string[] | undefined =>
  spec?.matchResources?.namespaceSelector?.matchExpressions?.[0]?.values;

describe('AdmissionGuardrails', () => {
  it('refuses where a policy fails, and leaves no request out', () => {
    const { policies } = guardrails();
    expect(policies.map(({ metadata }) => metadata?.name)).toEqual([
      'airlock-endpoints',
      'airlock-guarded-objects',
      'airlock-host-access',
      'airlock-locked-images',
      'airlock-network-policies',
      'airlock-services',
    ]);
    for (const { spec } of policies) {
      expect(spec?.failurePolicy).toBe('Fail');
      expect(spec?.matchConditions).toBeUndefined();
      expect(Object.keys(spec?.matchConstraints ?? {}).sort()).toEqual(['matchPolicy', 'resourceRules']);
    }
  });

  it('binds each policy with Deny, to namespaces by the label that follows their names', () => {
    const { policies, bindings } = guardrails();
    expect(bindings.map(({ spec }) => spec?.policyName)).toEqual(policies.map(({ metadata }) => metadata?.name));
    for (const { spec } of bindings) {
      expect(spec?.validationActions).toEqual(['Deny', 'Audit']);
      expect(spec?.matchResources).toEqual({
        namespaceSelector: {
          matchExpressions: [
            {
              key: 'kubernetes.io/metadata.name',
              operator: 'In',
              values: ['airlock-guardrails', 'airlock-serving'],
            },
          ],
        },
      });
    }
  });

  it('lists the references of each digest, and refuses pods where the list is missing', () => {
    const { map, bindings } = guardrails({ images: [ALIAS, IMAGE, IMAGE] });
    expect(map.data).toEqual({ [HEX]: `${IMAGE}\n${ALIAS}` });
    const parameters = bindings.flatMap(({ spec }) => spec?.paramRef ?? []);
    expect(parameters).toEqual([
      { name: 'airlock-locked-images', namespace: 'airlock-guardrails', parameterNotFoundAction: 'Deny' },
    ]);
  });

  it('looks at all containers, ephemeral ones added later, and image volumes', () => {
    const found = policy('airlock-locked-images');
    expect(found.spec?.matchConstraints?.resourceRules).toEqual([
      {
        apiGroups: [''],
        apiVersions: ['*'],
        operations: ['CREATE', 'UPDATE'],
        resources: ['pods', 'pods/ephemeralcontainers'],
      },
    ]);
    for (const list of ['containers', 'initContainers', 'ephemeralContainers', 'volumes'])
      expect(expressions(found)).toContain(`object.spec.?${list}`);
  });

  it('names the declared doors in the rule itself, where nobody edits them', () => {
    const exposed = [{ namespace: 'airlock-serving', service: 'chat', type: 'NodePort' as const }];
    expect(expressions(policy('airlock-services'))).toContain('in []');
    expect(expressions(policy('airlock-services', guardrails({ exposed })))).toContain(
      'in ["airlock-serving/chat NodePort"]',
    );
  });

  it('gives every kind of network policy to the deployers, deletion included', () => {
    const found = policy('airlock-network-policies', guardrails({ deployers: ['a"b', 'ci'] }));
    expect(found.spec?.matchConstraints?.resourceRules).toHaveLength(NETWORK_POLICY_RESOURCES.length);
    for (const rule of found.spec?.matchConstraints?.resourceRules ?? [])
      expect(rule.operations).toEqual(['CREATE', 'UPDATE', 'DELETE']);
    expect(expressions(found)).toContain('request.userInfo.username in ["a\\"b", "ci"]');
  });

  it('lets only declared namespaces have the node’s namespaces, and only that', () => {
    const { bindings } = guardrails({ hostAccess: ['airlock-serving'] });
    const scopes = new Map(bindings.map((binding) => [binding.spec?.policyName, selected(binding)]));
    expect(scopes.get('airlock-host-access')).toEqual(['airlock-guardrails']);
    expect(scopes.get('airlock-locked-images')).toEqual(['airlock-guardrails', 'airlock-serving']);
  });

  it.each<[string, Partial<AdmissionGuardrailsProps>, string]>([
    [
      'a cluster without admission policies',
      { kubernetesVersion: '1.29' },
      'Kubernetes 1.29 has no admission policies',
    ],
    ['no deployer', { deployers: [] }, 'nobody may deploy'],
    ['an image by tag', { images: ['registry.site/x:1'] }, '"registry.site/x:1" names no digest'],
    [
      'a door elsewhere',
      { exposed: [{ namespace: 'x', service: 's', type: 'NodePort' }] },
      'namespace "x" is not guarded',
    ],
    ['host access elsewhere', { hostAccess: ['x'] }, 'namespace "x" is not guarded'],
    ['itself unguarded', { namespaces: ['airlock-serving'] }, 'namespace "airlock-guardrails" is not guarded'],
  ])('refuses %s', (_case, props, message) => {
    expect(() => guardrails(props)).toThrow(message);
  });
});
