import { Draft, ENGINE, expectProven, MIRROR_POD, POD, testRule, WORKLOAD } from '../plans/draft';

const RULE = 'AIR-RBAC-1';
const ROLE = '/resource/kubernetes_role_v1/reader';
const BINDING = '/resource/kubernetes_role_binding_v1/reader';

const metadata = { name: 'reader', namespace: 'airlock-serving' };
const withRole = (draft: Draft): Draft =>
  draft
    .put(ROLE, { metadata, rule: [{ api_groups: [''], resources: ['configmaps'], verbs: ['get', 'watch'] }] })
    .put(BINDING, {
      metadata,
      role_ref: { api_group: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
      subject: [{ kind: 'ServiceAccount', name: 'chat', namespace: 'airlock-serving' }],
    });

const unproven = { verdict: 'UNPROVEN' } as const;

describe('rights', () => {
  testRule(RULE, [
    ...[
      'create',
      'update',
      'patch',
      'delete',
      'deletecollection',
      'impersonate',
      'bind',
      'escalate',
      'approve',
      '*',
    ].map((verb) => ({
      name: `the verb ${verb}`,
      twin: withRole,
      fault: (draft: Draft) => draft.put(`${ROLE}/rule/0/verbs/-`, verb),
      ...{ check: 'verbs', at: `${ROLE}/rule/0`, subject: 'Role airlock-serving/reader', ...unproven },
    })),
    ...['secrets', '*', 'pods/exec', 'pods/log', 'serviceaccounts/token', 'nodes', 'networkpolicies'].map(
      (resource) => ({
        name: `reading ${resource}`,
        twin: withRole,
        fault: (draft: Draft) => draft.put(`${ROLE}/rule/0/resources/-`, resource),
        ...{ check: 'verbs', at: `${ROLE}/rule/0`, ...unproven },
      }),
    ),
    {
      name: 'reading of any group',
      twin: withRole,
      fault: (draft) => draft.put(`${ROLE}/rule/0/api_groups/-`, '*'),
      ...{ check: 'verbs', at: `${ROLE}/rule/0`, ...unproven },
    },
    {
      name: 'a binding to a role of the whole cluster',
      twin: withRole,
      fault: (draft) => draft.put(`${BINDING}/role_ref`, { kind: 'ClusterRole', name: 'view' }),
      ...{ check: 'binding', at: `${BINDING}/role_ref`, ...unproven },
    },
    {
      name: 'a binding to a role that the plan does not make',
      twin: withRole,
      fault: (draft) => draft.put(`${BINDING}/role_ref/name`, 'other'),
      ...{ check: 'binding', at: `${BINDING}/role_ref`, ...unproven },
    },
    ...[
      { kind: 'Group', name: 'system:unauthenticated' },
      { kind: 'Group', name: 'system:serviceaccounts:airlock-serving' },
      { kind: 'User', name: 'somebody' },
      { kind: 'ServiceAccount', name: 'default', namespace: 'kube-system' },
    ].map((subject) => ({
      name: `rights for ${subject.kind} ${subject.name}`,
      twin: withRole,
      fault: (draft: Draft) => draft.put(`${BINDING}/subject/-`, subject),
      ...{ check: 'subject', at: `${BINDING}/subject/1`, ...unproven },
    })),
    {
      name: 'a role of the whole cluster, however little it gives',
      fault: (draft) =>
        draft.put('/resource/kubernetes_cluster_role_v1/x', {
          metadata: { name: 'x' },
          rule: [{ api_groups: [''], resources: ['configmaps'], verbs: ['get'] }],
        }),
      ...{ check: 'cluster', at: '/resource/kubernetes_cluster_role_v1/x', subject: 'ClusterRole x', ...unproven },
    },
    {
      name: 'a token in the container of an engine',
      fault: (draft) => draft.put(`${POD}/automountServiceAccountToken`, true),
      ...{ check: 'credential', at: `${POD}/automountServiceAccountToken`, ...unproven },
    },
    {
      name: 'a token that a pod does not refuse',
      fault: (draft) => draft.drop(`${MIRROR_POD}/automount_service_account_token`),
      ...{ check: 'credential', at: MIRROR_POD, ...unproven },
    },
    {
      name: 'a projected token',
      fault: (draft) =>
        draft.put(`${POD}/volumes/-`, {
          name: 'token',
          projected: { sources: [{ serviceAccountToken: { path: 'token' } }] },
        }),
      ...{ check: 'credential', at: `${POD}/volumes/1/projected/sources/0/serviceAccountToken`, ...unproven },
    },
    {
      name: 'a certificate of the pod',
      twin: (draft) =>
        draft.put(`${POD}/volumes/-`, { name: 'ca', projected: { sources: [{ clusterTrustBundle: { path: 'ca' } }] } }),
      fault: (draft) =>
        draft.put(`${POD}/volumes/-`, {
          name: 'certificate',
          projected: { sources: [{ podCertificate: { signerName: 'kubernetes.io/kube-apiserver-client' } }] },
        }),
      ...{ check: 'credential', at: `${POD}/volumes/2/projected/sources/0/podCertificate`, ...unproven },
    },
    ...[
      { type: 'kubernetes.io/service-account-token', metadata: { name: 't', namespace: 'airlock-serving' } },
      {
        metadata: {
          ...{ name: 't', namespace: 'airlock-serving' },
          annotations: { 'kubernetes.io/service-account.name': 'default' },
        },
      },
    ].map((secret, at) => ({
      name: `a Secret for a token, by ${at === 0 ? 'its type' : 'its annotation'}`,
      fault: (draft: Draft) => draft.put('/resource/kubernetes_secret_v1/t', secret),
      ...{ check: 'token', at: `/resource/kubernetes_secret_v1/t${at === 0 ? '/type' : ''}`, ...unproven },
    })),
  ]);

  it('are named with their verbs, in a release too', () => {
    const draft = new Draft().put('/resource/helm_release/chat/values/0/objects/-', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'x' },
      rules: [
        { apiGroups: ['admissionregistration.k8s.io'], resources: ['*'], verbs: ['delete'] },
        { nonResourceURLs: ['/metrics'], verbs: ['get'] },
      ],
    });
    expect(
      draft
        .findings(RULE)
        .filter(({ check }) => check === 'cluster')
        .map(({ message }) => message),
    ).toEqual(['in every namespace it gives delete on *; get on /metrics']);
  });

  it('are nobody’s in the clean plan', () => {
    expectProven(new Draft(), RULE);
    expect([ENGINE, WORKLOAD].every((place) => new Draft().get(place) !== undefined)).toBe(true);
  });
});
