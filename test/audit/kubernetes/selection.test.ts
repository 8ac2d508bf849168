import fc from 'fast-check';
import { selects } from '../../../audit/kubernetes/network-policy';
import type { KubernetesObject } from '../../../audit/kubernetes/object';
import { podLabels, type PodTemplate } from '../../../audit/kubernetes/pods';
import { peerPods } from '../../../audit/kubernetes/policy-peers';
import {
  podsMeeting,
  podsSelectedBy,
  podsServedBy,
  policiesIn,
  policiesSelecting,
} from '../../../audit/kubernetes/selection';
import { matches, requirementsOf } from '../../../audit/kubernetes/selectors';
import { jsonNode } from '../../../audit/plan/node';

const KEYS = ['a', 'b', 'c'] as const;
const VALUES = ['', '1', '2'] as const;
const NAMESPACES = ['x', 'y'] as const;

const key = fc.constantFrom(...KEYS);
const value = fc.constantFrom(...VALUES);
const namespace = fc.constantFrom(...NAMESPACES);
const labels = fc.dictionary(key, value, { maxKeys: 3 });
const expression = fc.oneof(
  fc.record({
    key,
    operator: fc.constantFrom('In', 'NotIn'),
    values: fc.array(value, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
);
const selector = fc.record(
  { matchLabels: labels, matchExpressions: fc.array(expression, { maxLength: 2 }) },
  { requiredKeys: [] },
);

const node = (given: unknown): ReturnType<typeof jsonNode> => jsonNode(given, { pointer: '' });
const pod = fc.record({ namespace, labels }).map(({ namespace: of, labels: own }): PodTemplate => ({
  root: node({ metadata: { labels: own } }),
  subject: 'Pod',
  object: { namespace: of } as KubernetesObject,
}));
const policy = fc
  .record({ namespace, spec: fc.record({ podSelector: selector }, { requiredKeys: [] }) })
  .map(({ namespace: of, spec }) => ({ namespace: of, root: node({ spec }) }) as KubernetesObject);

describe('what is found by labels', () => {
  it('is what every policy held against every pod would find, in the same order', () => {
    fc.assert(
      fc.property(fc.array(pod, { maxLength: 8 }), fc.array(policy, { maxLength: 8 }), (pods, policies) => {
        const chosen = (one: KubernetesObject, by: PodTemplate): boolean =>
          one.namespace === by.object.namespace && selects(one, podLabels(by));
        for (const one of policies) expect(podsSelectedBy(one, pods)).toEqual(pods.filter((by) => chosen(one, by)));
        for (const by of pods)
          expect(policiesSelecting(policiesIn(policies, by.object.namespace), podLabels(by))).toEqual(
            policies.filter((one) => chosen(one, by)),
          );
      }),
    );
  });

  it('is so for selectors alone, for peers of several namespaces, and for Services', () => {
    fc.assert(
      fc.property(fc.array(pod, { maxLength: 8 }), selector, labels, (pods, given, wanted) => {
        const requirements = requirementsOf(node(given));
        const meets = (by: PodTemplate): boolean => matches(requirements, podLabels(by));
        expect(podsMeeting(pods, requirements)).toEqual(pods.filter(meets));
        const named = {
          matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['y', 'x'] }],
        };
        expect(peerPods(node({ namespaceSelector: named, podSelector: given }), 'x', pods)).toEqual(pods.filter(meets));
        const service = { namespace: 'x', root: node({ spec: { selector: wanted } }) } as KubernetesObject;
        const carries = (by: PodTemplate): boolean =>
          Object.entries(wanted).every(([one, is]) => podLabels(by).get(one) === is);
        expect(podsServedBy(service, pods)).toEqual(
          Object.keys(wanted).length === 0 ? [] : pods.filter((by) => by.object.namespace === 'x' && carries(by)),
        );
      }),
    );
  });

  it('is unproven where a label, or a selector, is only known to Terraform', () => {
    const unknown = {
      kind: 'unresolved',
      where: { pointer: '/l' },
      source: '${x}',
      expressions: ['x'],
      whole: true,
    } as const;
    const root = { kind: 'object', where: { pointer: '' }, entries: new Map([['metadata', unknown]]) } as const;
    const strange: PodTemplate = { root, subject: 'Pod', object: { namespace: 'x' } as KubernetesObject };
    const one = { namespace: 'x', root: node({ spec: { podSelector: {} } }) } as KubernetesObject;
    expect(() => podsSelectedBy(one, [strange])).toThrow(/only after apply/);
    expect(podsSelectedBy({ ...one, namespace: 'y' }, [strange])).toEqual([]);
    const odd = { namespace: 'x', root: node({ spec: { podSelector: { labels: {} } } }) } as KubernetesObject;
    expect(() => policiesSelecting([one, odd], new Map())).toThrow(/no field of a label selector/);
  });
});
