import { Draft, expectFault, expectProven, POLICIES, testRule, VALUES } from '../plans/draft';
import { addTyped, TYPED_KINDS } from '../plans/workloads';

const RELEASE = '/resource/helm_release/chat';
const MIRROR = '/resource/kubernetes_deployment_v1/mirror';
const DEPENDS = `${RELEASE}/depends_on`;

describe('workloads depend on the policies that confine them', () => {
  testRule('AIR-ORD-1', [
    {
      name: 'the deny-all policy of a release',
      fault: (plan) =>
        plan.put(DEPENDS, ['kubernetes_network_policy_v1.serving_dns', 'kubernetes_namespace_v1.serving']),
      check: 'deny-all',
      at: DEPENDS,
      subject: 'Deployment airlock-serving/chat',
    },
    {
      name: 'a policy that selects the pods by expression',
      fault: (plan) => plan.put(DEPENDS, ['kubernetes_network_policy_v1.serving_deny']),
      check: 'policy',
      at: DEPENDS,
    },
    {
      name: 'the namespace, reached through the policy',
      fault: (plan) =>
        plan
          .drop(`${POLICIES}/serving_deny/depends_on`)
          .put(`${POLICIES}/serving_dns/metadata/namespace`, 'airlock-serving'),
      check: 'namespace',
      at: DEPENDS,
    },
    {
      name: 'the deny-all policy of a typed resource',
      fault: (plan) => plan.put(`${MIRROR}/depends_on`, ['kubernetes_network_policy_v1.mirror_fill']),
      check: 'deny-all',
      at: `${MIRROR}/depends_on`,
      subject: 'Deployment airlock-mirror/weight-mirror',
    },
    {
      name: 'a policy by labels of a typed resource',
      fault: (plan) => plan.drop(`${MIRROR}/depends_on/1`),
      check: 'policy',
      at: `${MIRROR}/depends_on`,
    },
    {
      name: 'a dependency by reference instead of depends_on',
      twin: (plan) =>
        plan
          .put(`${MIRROR}/depends_on`, ['kubernetes_network_policy_v1.mirror_fill'])
          .put(`${MIRROR}/metadata/annotations`, { after: '${kubernetes_network_policy_v1.mirror_deny.id}' }),
      // Inside quotes it is a text, not a reference.
      fault: (plan) =>
        plan.put(`${MIRROR}/metadata/annotations/after`, '${lower("kubernetes_network_policy_v1.mirror_deny")}'),
      check: 'deny-all',
      at: `${MIRROR}/depends_on`,
    },
    {
      name: 'an escaped reference is a text too',
      twin: (plan) =>
        plan
          .put(`${MIRROR}/depends_on`, ['kubernetes_network_policy_v1.mirror_fill'])
          .put(`${MIRROR}/metadata/annotations`, { after: '${kubernetes_network_policy_v1.mirror_deny.id}' }),
      fault: (plan) =>
        plan.put(`${MIRROR}/metadata/annotations/after`, '$${kubernetes_network_policy_v1.mirror_deny.id}'),
      check: 'deny-all',
      at: `${MIRROR}/depends_on`,
    },
    {
      name: 'a data source of the same name is another thing',
      twin: (plan) =>
        plan
          .put(`${MIRROR}/depends_on`, ['kubernetes_network_policy_v1.mirror_fill'])
          .put(`${MIRROR}/metadata/annotations`, { after: '${kubernetes_network_policy_v1.mirror_deny.id}' }),
      fault: (plan) =>
        plan.put(`${MIRROR}/metadata/annotations/after`, '${data.kubernetes_network_policy_v1.mirror_deny.id}'),
      check: 'deny-all',
      at: `${MIRROR}/depends_on`,
    },
    {
      name: 'a new policy that selects the pods',
      twin: (plan) =>
        plan.put(`${POLICIES}/late`, {
          metadata: { name: 'late', namespace: 'airlock-serving' },
          spec: { pod_selector: { match_labels: { app: 'other' } }, policy_types: ['Egress'] },
        }),
      fault: (plan) => plan.put(`${POLICIES}/late/spec/pod_selector/match_labels/app`, 'chat'),
      check: 'policy',
      at: DEPENDS,
    },
    {
      name: 'a policy in the same release',
      twin: (plan) =>
        plan.put(`${VALUES}/objects/-`, {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          metadata: { name: 'in', namespace: 'airlock-mirror' },
          spec: { podSelector: { matchLabels: { app: 'none' } } },
        }),
      fault: (plan) =>
        plan
          .put(`${VALUES}/objects/2/metadata/namespace`, 'airlock-serving')
          .put(`${VALUES}/objects/2/spec/podSelector`, {})
          .put(`${VALUES}/objects/2/spec/ingress`, [{ from: [{ podSelector: {} }] }]),
      check: 'policy',
      at: DEPENDS,
      verdict: 'UNPROVEN',
    },
    ...TYPED_KINDS.map((kind) => ({
      name: `a ${kind.type}`,
      twin: (plan: Draft) => addTyped(plan, kind),
      fault: (plan: Draft) => plan.put(`/resource/${kind.type}/tool/depends_on`, ['kubernetes_namespace_v1.serving']),
      check: 'deny-all',
      at: `/resource/${kind.type}/tool/depends_on`,
    })),
  ]);

  it('does not count a policy of another stack', () => {
    const draft = new Draft();
    const deny = structuredClone(draft.get(`${POLICIES}/serving_deny`)) as { depends_on?: unknown };
    delete deny.depends_on;
    draft
      .drop(`${POLICIES}/serving_deny`)
      .put(DEPENDS, ['kubernetes_namespace_v1.serving', 'kubernetes_network_policy_v1.serving_dns']);
    draft.addStack('policies', {
      terraform: { required_providers: { kubernetes: { source: 'kubernetes', version: '2.38.0' } } },
      resource: { kubernetes_network_policy_v1: { serving_deny: deny } },
    });
    expectFault(draft, { rule: 'AIR-ORD-1', check: 'deny-all', at: DEPENDS });
    expectProven(draft, 'AIR-NET-1');
  });

  it('says that there is nothing to wait for when the deny-all policy is missing', () => {
    const draft = new Draft()
      .drop(`${POLICIES}/serving_deny`)
      .put(DEPENDS, ['kubernetes_namespace_v1.serving', 'kubernetes_network_policy_v1.serving_dns']);
    expectFault(draft, { rule: 'AIR-ORD-1', check: 'deny-all', at: DEPENDS });
  });
});
