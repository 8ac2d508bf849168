import { unreadMaps } from '../../../audit/configuration/unread-maps';
import type { KubernetesObject } from '../../../audit/kubernetes/object';
import { jsonNode } from '../../../audit/plan/node';
import type { PlanResource } from '../../../audit/plan/plan';

const object = (kind: string, namespace: string, fields: object, apiVersion = 'v1', name = 'x'): KubernetesObject => ({
  ...{ apiVersion, kind, name, namespace, hook: false },
  root: jsonNode(fields, { pointer: '' }),
  resource: {} as PlanResource,
});
const MAP = object('ConfigMap', 'a', { data: { x: 'x' } });
const unreadBeside = (...others: KubernetesObject[]): number => unreadMaps([MAP, ...others]).length;
const pod = (spec: object, namespace = 'a'): KubernetesObject => object('Pod', namespace, { spec });

describe('ConfigMaps that nothing reads', () => {
  it.each<[string, object]>([
    ['a volume', { volumes: [{ configMap: { name: 'x' } }] }],
    ['a projected volume', { volumes: [{ projected: { sources: [{ secret: {} }, { configMap: { name: 'x' } }] } }] }],
    ['all variables', { initContainers: [{ envFrom: [{ configMapRef: { name: 'x' } }] }] }],
    ['a variable', { containers: [{ env: [{ valueFrom: { configMapKeyRef: { name: 'x', key: 'k' } } }] }] }],
  ])('are none where %s of a pod names them', (_what, spec) => {
    expect(unreadBeside(pod(spec))).toBe(0);
    expect(unreadBeside(pod(spec, 'b'))).toBe(1);
  });

  it('are none where an admission binding has them as parameter', () => {
    const binding = (name: string): KubernetesObject =>
      object(
        'ValidatingAdmissionPolicyBinding',
        '',
        { spec: { paramRef: { name, namespace: 'a' } } },
        'admissionregistration.k8s.io/v1',
      );
    expect(unreadBeside(binding('x'))).toBe(0);
    expect(unreadBeside(binding('y'))).toBe(1);
  });

  it('are those that nobody names, and those of which nobody can tell', () => {
    expect(unreadBeside()).toBe(1);
    expect(unreadBeside(pod({ volumes: [{ configMap: { name: 'y' } }] }))).toBe(1);
    expect(unreadBeside(pod({ volumes: 'x' }))).toBe(1);
  });
});
