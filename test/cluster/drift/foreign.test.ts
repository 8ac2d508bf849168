import { gzipSync } from 'node:zlib';
import type { PlainObject } from '../../../audit/kubernetes/plain';
import { ALWAYS_SERVED, HARMLESS_KINDS, OWNED_KINDS } from '../../../catalog/controller-made';
import { NETWORK_POLICY_RESOURCES } from '../../../catalog/network-policy-kinds';
import { findForeign } from '../../../cluster/drift/foreign';
import { type FakeCluster, fakeCluster, type FakeKind, USUAL } from './fake-cluster';

const NAMESPACE = 'airlock-serving';
const RBAC = 'rbac.authorization.k8s.io';
const ADMISSION = 'admissionregistration.k8s.io';

const versioned = (group: string): string => (group === '' ? 'v1' : `${group}/v1`);

/** An object of a kind by its `group/Kind`. */
function object(name: string, of: string, metadata: object = {}, more: object = {}): PlainObject {
  const [group = '', kind = ''] = of.split('/');
  const uid = `${of} ${name}`;
  return { apiVersion: versioned(group), kind, metadata: { name, namespace: NAMESPACE, uid, ...metadata }, ...more };
}

const wide = (name: string, of: string, more: object = {}): PlainObject =>
  object(name, of, { namespace: undefined }, more);

const namespace = wide(NAMESPACE, '/Namespace');
const POD = { labels: { app: 'chat' } };
const deployment = object('chat', 'apps/Deployment', {}, { spec: { selector: { matchLabels: { app: 'chat' } } } });
const service = object('chat', '/Service', {}, { spec: { selector: { app: 'chat' } } });
const PLANNED = [namespace, deployment, service];

const ownedBy = ({ apiVersion, kind, metadata }: PlainObject): object => ({
  ownerReferences: [{ apiVersion, kind, name: metadata.name, uid: metadata['uid'], controller: true }],
});

const replicaSet = object(
  'chat-1',
  'apps/ReplicaSet',
  { ...POD, ...ownedBy(deployment) },
  { spec: { selector: { matchLabels: { app: 'chat' } } } },
);

const found = (
  more: readonly PlainObject[],
  {
    planned = PLANNED,
    releases = [],
    ...cluster
  }: FakeCluster & {
    readonly planned?: readonly PlainObject[];
    readonly releases?: Parameters<typeof findForeign>[1]['releases'];
  } = {},
): ReturnType<typeof findForeign> =>
  findForeign(fakeCluster({ ...cluster, objects: [...planned, ...more] }), { objects: planned, releases });

const subjects = async (...args: Parameters<typeof found>): Promise<string[]> =>
  (await found(...args)).foreign.map(({ subject }) => subject);

const kindsWith = (...kinds: readonly FakeKind[]): Pick<FakeCluster, 'kinds'> => ({ kinds: [...USUAL, ...kinds] });

const namespacedKinds = USUAL.filter(({ namespaced }) => namespaced);

describe('what no plan has', () => {
  it('is nothing in a cluster that holds what is planned', async () => {
    expect(await found([])).toEqual({ foreign: [], unknown: [] });
  });

  it.each(namespacedKinds.map(({ group, kind }) => `${group}/${kind}`))(
    'is an added object of the kind %s',
    async (kind) => {
      const found = await subjects([object('extra', kind)]);
      expect(found).toEqual([`${kind.split('/')[1] ?? ''} ${NAMESPACE}/extra`]);
    },
  );

  it('is an object of a kind that nobody has heard of, but not of one that nobody can write', async () => {
    const kind = { group: 'example.org', kind: 'Tunnel', resource: 'tunnels', namespaced: true };
    const tunnel = object('t', 'example.org/Tunnel');
    expect(await subjects([tunnel], kindsWith(kind))).toEqual([`Tunnel ${NAMESPACE}/t`]);
    expect(await subjects([tunnel], kindsWith({ ...kind, verbs: ['get', 'list'] }))).toEqual([]);
  });

  it.each(
    NETWORK_POLICY_RESOURCES.flatMap(({ apiGroup, resources }) =>
      resources.map((resource) => [apiGroup, resource]),
    ).filter((parts) => !ALWAYS_SERVED.includes(parts.join('/'))),
  )('is a policy of %s %s, of the namespace and of the whole cluster', async (group = '', resource = '') => {
    for (const namespaced of [true, false]) {
      const kind = { group, kind: 'Other', resource, namespaced };
      const policy = (namespaced ? object : wide)('extra', `${group}/Other`);
      expect(await subjects([policy], kindsWith(kind))).toHaveLength(1);
    }
  });

  it('is named with who made it first, when, and the command that removes it', async () => {
    const managedFields = [
      { manager: 'kubectl-edit', time: '2026-11-02T00:00:00Z' },
      { manager: 'kubectl-create', time: '2026-11-01T00:00:00Z' },
    ];
    const policy = object('extra-open', 'networking.k8s.io/NetworkPolicy', { managedFields });
    expect((await found([policy])).foreign).toEqual([
      {
        subject: `NetworkPolicy ${NAMESPACE}/extra-open`,
        by: 'kubectl-create',
        since: '2026-11-01T00:00:00Z',
        following: 0,
        remove: `kubectl delete networkpolicies.networking.k8s.io extra-open --namespace ${NAMESPACE}`,
      },
    ]);
  });

  it('has no character that a terminal would obey, and no command with a name that a shell would', async () => {
    const { foreign } = await found([object('a\u001b[2J;b', `${RBAC}/Role`)]);
    expect(foreign).toEqual([{ subject: `Role ${NAMESPACE}/a\\u{1b}[2J;b`, following: 0 }]);
  });

  it('lies in the namespaces of the plan, not in others', async () => {
    expect(await subjects([object('extra', '/Service', { namespace: 'other' })])).toEqual([]);
  });
});

describe('what controllers make', () => {
  it.each(Object.keys(HARMLESS_KINDS))('is any object of the kind %s', async (name) => {
    const [group = '', kind = ''] = name.split('/');
    expect(await subjects([object('x', name)], kindsWith({ group, kind, resource: 'xs', namespaced: true }))).toEqual(
      [],
    );
  });

  it.each([
    ['the certificate of the API server', object('kube-root-ca.crt', '/ConfigMap')],
    ['the default account', object('default', '/ServiceAccount')],
    ['replicas', replicaSet],
    ['pods of replicas', object('chat-1-x', '/Pod', { ...POD, ...ownedBy(replicaSet) })],
    ['addresses', object('chat', '/Endpoints')],
  ])('is %s', async (_, made) => {
    expect(await subjects([replicaSet, made])).toEqual([]);
  });

  const slice = (labels: object, owner = service): PlainObject =>
    object('chat-x', 'discovery.k8s.io/EndpointSlice', {
      labels: {
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        'kubernetes.io/service-name': 'chat',
        ...labels,
      },
      ...ownedBy(owner),
    });

  it('is a slice of addresses that its controller keeps, and no other', async () => {
    expect(await subjects([slice({})])).toEqual([]);
    const other = { 'endpointslice.kubernetes.io/managed-by': 'me' };
    for (const forged of [slice(other), slice({ 'kubernetes.io/service-name': 'other' }), slice({}, deployment)])
      expect(await subjects([forged])).toEqual([`EndpointSlice ${NAMESPACE}/chat-x`]);
  });

  it('is no address behind a Service that selects no pods', async () => {
    const bare = object('bare', '/Service');
    expect(await subjects([object('bare', '/Endpoints')], { planned: [namespace, bare] })).toEqual([
      `Endpoints ${NAMESPACE}/bare`,
    ]);
  });

  it('is not what only says that it has an owner: another kind, another uid, an owner in no plan, other labels', async () => {
    const policy = object('open', 'networking.k8s.io/NetworkPolicy', ownedBy(deployment));
    const stranger = { ...deployment, metadata: { ...deployment.metadata, name: 'other', uid: 'other' } };
    const set = (change: object): PlainObject => ({
      ...replicaSet,
      metadata: { ...replicaSet.metadata, ...change },
    });
    expect(await subjects([policy])).toEqual([`NetworkPolicy ${NAMESPACE}/open`]);
    const [reference] = replicaSet.metadata['ownerReferences'] as object[];
    const renamed = { ownerReferences: [{ ...reference, uid: 'nobody' }] };
    expect(await subjects([set(renamed)])).toEqual([`ReplicaSet ${NAMESPACE}/chat-1`]);
    expect(await subjects([set({ labels: {} })])).toEqual([`ReplicaSet ${NAMESPACE}/chat-1`]);
    const { foreign } = await found([stranger, set(ownedBy(stranger))]);
    // One cause is one finding.
    expect(foreign).toMatchObject([{ subject: `Deployment ${NAMESPACE}/other`, following: 1 }]);
  });

  it('is nothing that only owns each other', async () => {
    const pod = object('one', '/Pod', POD, { spec: { containers: [] } });
    const set = object('one', 'apps/StatefulSet', ownedBy(pod), { spec: { selector: { matchLabels: POD.labels } } });
    const owned = { ...pod, metadata: { ...pod.metadata, ...ownedBy(set) } };
    expect(await subjects([set, owned])).toHaveLength(1);
  });

  describe('pods of replicas', () => {
    const container = { name: 'chat', image: 'registry/chat@sha256:1', command: ['chat'], args: ['--a'] };
    const spec = { containers: [container], initContainers: [{ ...container, name: 'verify' }] };
    const set = { ...replicaSet, spec: { selector: { matchLabels: { app: 'chat' } }, template: { spec } } };
    const pod = (more: object, metadata: object = ownedBy(set)): PlainObject =>
      object('chat-1-x', '/Pod', { ...POD, ...metadata }, { spec: { ...spec, nodeName: 'n1', ...more } });
    const injected = { ...container, env: [{ name: 'LWS_LEADER_ADDRESS', value: 'x' }] };

    it.each([
      ['as the template has them', {}],
      ['with variables that admission added', { containers: [injected] }],
    ])('are made %s', async (_, more) => {
      expect(await subjects([set, pod(more)])).toEqual([]);
    });

    it.each([
      ['another image', { containers: [{ ...container, image: 'registry/chat@sha256:2' }] }],
      ['another command', { containers: [{ ...container, command: ['sh'] }] }],
      ['other arguments', { containers: [{ ...container, args: [] }] }],
      ['another init container', { initContainers: [{ ...container, name: 'other' }] }],
      ['a further container', { containers: [container, { ...container, name: 'further' }] }],
      ['a container for a debugger', { ephemeralContainers: [{ name: 'debugger', image: 'x' }] }],
    ])('are not with %s', async (_, more) => {
      expect(await subjects([set, pod(more)])).toEqual([`Pod ${NAMESPACE}/chat-1-x`]);
    });

    it('are not where something else controls them, which their owner leaves alone', async () => {
      const reference = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'chat-1', uid: set.metadata['uid'] };
      const node = { apiVersion: 'v1', kind: 'Node', name: 'n1', uid: 'n1', controller: true };
      expect(await subjects([set, pod({}, { ownerReferences: [node, reference] })])).toHaveLength(1);
      expect(await subjects([set, pod({}, { ownerReferences: [reference] })])).toEqual([]);
    });
  });

  it('are the pods of a set by their ordinal, and no other: its controller would leave that one alone', async () => {
    const set = object('store', 'apps/StatefulSet', {}, { spec: { selector: { matchLabels: { app: 'chat' } } } });
    const pods = ['store-0', 'store-12', 'store-x', 'other-0', 'store'].map((name) =>
      object(name, '/Pod', { ...POD, ...ownedBy(set) }),
    );
    expect(await subjects(pods, { planned: [...PLANNED, set] })).toEqual(
      ['store-x', 'other-0', 'store'].map((name) => `Pod ${NAMESPACE}/${name}`),
    );
  });

  it.each(OWNED_KINDS.flatMap(({ kind, owners, tie }) => owners.map((owner) => [kind, owner, tie] as const)))(
    'is %s of a planned %s (%s), and without that owner it is not',
    async (kind, owner, tie) => {
      const plain = [...USUAL];
      for (const name of [kind, owner]) {
        const [group = '', one = ''] = name.split('/');
        if (!plain.some((known) => known.kind === one && known.group === group))
          plain.push({ group, kind: one, resource: `${one.toLowerCase()}s`, namespaced: one !== 'ClusterPolicy' });
      }
      const isWide = owner === 'nvidia.com/ClusterPolicy';
      const selector = owner === '/Service' || owner.endsWith('Controller') ? { a: 'b' } : { matchLabels: { a: 'b' } };
      const spec = { spec: { selector, containers: [] } };
      const planned = [namespace, isWide ? wide('one', owner, spec) : object('one', owner, {}, spec)];
      const labels = {
        ...{ a: 'b', 'kubernetes.io/service-name': 'one' },
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      };
      const name = tie === 'same name' ? 'one' : 'one-1';
      const made = object(name, kind, { labels, ...ownedBy(planned[1] ?? namespace) });
      expect(await subjects([made], { planned, kinds: plain })).toEqual([]);
      const alone = object('two', kind, { labels });
      expect(await subjects([alone], { planned, kinds: plain })).toHaveLength(1);
    },
  );

  it('are the claims of a set, by their template and ordinal', async () => {
    const spec = { volumeClaimTemplates: [{ metadata: { name: 'weights' } }] };
    const planned = [namespace, object('chat', 'apps/StatefulSet', {}, { spec })];
    const claim = (name: string): PlainObject => object(name, '/PersistentVolumeClaim');
    expect(await subjects([claim('weights-chat-0'), claim('weights-chat-x')], { planned })).toEqual([
      `PersistentVolumeClaim ${NAMESPACE}/weights-chat-x`,
    ]);
  });

  it('are the Secrets that the plan names, and those in which Helm keeps its releases', async () => {
    const pod = { containers: [], imagePullSecrets: [{ name: 'registry-login' }] };
    const planned = [namespace, object('chat', 'apps/Deployment', {}, { spec: { template: { spec: pod } } })];
    const releases = [{ name: 'chat', namespace: NAMESPACE, shown: true }];
    const kept = (name: string): PlainObject =>
      object(`sh.helm.release.v1.${name}.v3`, '/Secret', {}, { type: 'helm.sh/release.v1' });
    const secrets = [object('registry-login', '/Secret'), kept('chat'), kept('other'), object('key', '/Secret')];
    expect(await subjects(secrets, { planned, releases })).toEqual([
      `Secret ${NAMESPACE}/sh.helm.release.v1.other.v3`,
      `Secret ${NAMESPACE}/key`,
    ]);
  });

  it('are the objects of a chart that the plan does not show, as Helm keeps them; of one that it shows they are not', async () => {
    const manifest = '---\napiVersion: v1\nkind: Service\nmetadata:\n  name: operator\n';
    const release = JSON.stringify({ name: 'op', namespace: NAMESPACE, manifest });
    const data = { release: Buffer.from(gzipSync(release).toString('base64')).toString('base64') };
    const labels = { owner: 'helm', status: 'deployed', name: 'op' };
    const secret = object('sh.helm.release.v1.op.v1', '/Secret', { labels }, { type: 'helm.sh/release.v1', data });
    const cluster = [secret, object('operator', '/Service')];
    const releases = (shown: boolean) => ({ releases: [{ name: 'op', namespace: NAMESPACE, shown }] });
    expect(await subjects(cluster, releases(false))).toEqual([]);
    expect(await subjects(cluster, releases(true))).toEqual([`Service ${NAMESPACE}/operator`]);
  });
});

describe('what reaches in from the whole cluster', () => {
  const binding = (...list: readonly object[]): PlainObject =>
    wide('extra', `${RBAC}/ClusterRoleBinding`, { subjects: list, roleRef: { name: 'cluster-admin' } });
  const named = ['ClusterRoleBinding extra'];

  it.each([
    ['an account', { kind: 'ServiceAccount', name: 'default', namespace: NAMESPACE }],
    ['an account by its user', { kind: 'User', name: `system:serviceaccount:${NAMESPACE}:default` }],
    ['its accounts', { kind: 'Group', name: `system:serviceaccounts:${NAMESPACE}` }],
    ['all accounts', { kind: 'Group', name: 'system:serviceaccounts' }],
    ['everybody with a name', { kind: 'Group', name: 'system:authenticated' }],
    ['everybody without', { kind: 'User', name: 'system:anonymous' }],
  ])('is a binding that gives rights to %s', async (_, subject) => {
    expect(await subjects([binding({ kind: 'User', name: 'me' }, subject)])).toEqual(named);
  });

  it('is no binding for others, nor one that every API server makes with its own role', async () => {
    const other = { kind: 'ServiceAccount', name: 'default', namespace: 'kube-system' };
    expect(await subjects([binding(other, { kind: 'Group', name: 'system:serviceaccounts:kube-system' })])).toEqual([]);
    const everybody = { subjects: [{ kind: 'Group', name: 'system:authenticated' }] };
    const usual = (role: string): PlainObject =>
      wide('system:discovery', `${RBAC}/ClusterRoleBinding`, { ...everybody, roleRef: { name: role } });
    expect(await subjects([usual('system:discovery')])).toEqual([]);
    expect(await subjects([usual('cluster-admin')])).toEqual(['ClusterRoleBinding system:discovery']);
  });

  it('is a binding in another namespace for an account of this one', async () => {
    const list = [{ kind: 'ServiceAccount', name: 'default', namespace: NAMESPACE }];
    const role = object('extra', `${RBAC}/RoleBinding`, { namespace: 'kube-system' }, { subjects: list });
    expect(await subjects([role])).toEqual(['RoleBinding kube-system/extra']);
  });

  const rules = [{ apiGroups: [''], resources: ['pods'], operations: ['CREATE'] }];
  const pods = [replicaSet, object('chat-1-x', '/Pod', { ...POD, ...ownedBy(replicaSet) })];
  const labelled = { 'kubernetes.io/metadata.name': NAMESPACE };
  const planned = [{ ...namespace, metadata: { ...namespace.metadata, labels: labelled } }, deployment, service];
  const admission: readonly [string, (match: object) => object][] = [
    ['ValidatingWebhookConfiguration', (match) => ({ webhooks: [{ rules, ...match }] })],
    ['MutatingWebhookConfiguration', (match) => ({ webhooks: [{ rules, ...match }] })],
    ['ValidatingAdmissionPolicy', (match) => ({ spec: { matchConstraints: { resourceRules: rules, ...match } } })],
    ['MutatingAdmissionPolicy', (match) => ({ spec: { matchConstraints: { resourceRules: rules, ...match } } })],
    ['ValidatingAdmissionPolicyBinding', (match) => ({ spec: { matchResources: match } })],
    ['MutatingAdmissionPolicyBinding', (match) => ({ spec: { matchResources: match } })],
  ];
  const mutating = ['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding'].map((kind) => ({
    ...{ group: ADMISSION, kind, resource: `${kind.toLowerCase()}s`, namespaced: false },
  }));

  describe.each(admission)('%s', (kind, form) => {
    const asked = (match: object): Promise<string[]> =>
      subjects([...pods, wide('extra', `${ADMISSION}/${kind}`, form(match))], { planned, ...kindsWith(...mutating) });
    const expression = (operator: string, ...values: readonly string[]) => ({
      matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator, values }],
    });

    it.each([
      ['without a selector', {}],
      ['with selectors that were emptied', { namespaceSelector: null, objectSelector: {} }],
      ['that selects the namespace', { namespaceSelector: { matchLabels: labelled } }],
      ['that spares others', { namespaceSelector: expression('NotIn', 'kube-system') }],
      ['whose selector nobody knows', { namespaceSelector: expression('Near', 'x') }],
      ['that selects its pods', { objectSelector: { matchLabels: { app: 'chat' } } }],
    ])('is named %s', async (_, match) => {
      expect(await asked(match)).toEqual([`${kind} extra`]);
    });

    it.each([
      ['other namespaces', { namespaceSelector: expression('In', 'kube-system') }],
      ['other objects', { objectSelector: { matchLabels: { app: 'lws' } } }],
    ])('is not named where it selects %s', async (_, match) => {
      expect(await asked(match)).toEqual([]);
    });
  });

  it('is no webhook for kinds of which nothing is there', async () => {
    const other = { webhooks: [{ rules: [{ apiGroups: ['cert-manager.io'], resources: ['certificates'] }] }] };
    const nodes = { webhooks: [{ rules: [{ apiGroups: [''], resources: ['*'], scope: 'Cluster' }] }] };
    const kind = `${ADMISSION}/ValidatingWebhookConfiguration`;
    expect(await subjects([wide('other', kind, other)])).toEqual([]);
    // Namespaces are of the whole cluster, too.
    expect(await subjects([wide('nodes', kind, nodes)])).toEqual(['ValidatingWebhookConfiguration nodes']);
  });

  it('is the webhook of a controller that no planned object needs', async () => {
    const name = 'lws-mutating-webhook-configuration';
    const webhook = wide(name, `${ADMISSION}/MutatingWebhookConfiguration`, { webhooks: [{ rules }] });
    const lws = object('g', 'leaderworkerset.x-k8s.io/LeaderWorkerSet');
    const kind = { ...{ group: 'leaderworkerset.x-k8s.io', kind: 'LeaderWorkerSet' }, resource: 'x', namespaced: true };
    expect(await subjects([...pods, webhook])).toEqual([`MutatingWebhookConfiguration ${name}`]);
    expect(await subjects([...pods, webhook], { planned: [...planned, lws], ...kindsWith(kind) })).toEqual([]);
  });

  it('is a policy of the cluster whose subject is this namespace, not one for others', async () => {
    const group = 'policy.networking.k8s.io';
    const kind = { group, kind: 'AdminNetworkPolicy', resource: 'adminnetworkpolicies', namespaced: false };
    const policy = (subject: object): PlainObject =>
      wide('extra', `${group}/AdminNetworkPolicy`, { spec: { subject } });
    const other = { matchLabels: { 'kubernetes.io/metadata.name': 'other' } };
    for (const [subject, wanted] of [
      [{ namespaces: {} }, 1],
      [{ namespaces: { matchLabels: labelled } }, 1],
      [{ pods: { namespaceSelector: {}, podSelector: {} } }, 1],
      [{ namespaces: other }, 0],
      [{ pods: { namespaceSelector: other, podSelector: {} } }, 0],
    ] as const)
      expect(await subjects([policy(subject)], { planned, ...kindsWith(kind) })).toHaveLength(wanted);
  });
});

describe('what could not be listed', () => {
  it.each(USUAL.filter(({ namespaced }) => namespaced).map(({ resource }) => resource))(
    'is said of %s, and the rest is listed',
    async (resource) => {
      const extra = object('extra', resource === 'services' ? '/Secret' : '/Service');
      const { foreign, unknown } = await found([extra], { forbidden: [resource] });
      expect(foreign).toHaveLength(1);
      expect(unknown[0]?.what).toContain(resource);
      expect(unknown[0]?.why).toContain('forbidden');
    },
  );

  it('is a part of the API whose server does not answer', async () => {
    const kind = { group: 'metrics.example.org', kind: 'M', resource: 'ms', namespaced: true };
    const { unknown } = await found([], { ...kindsWith(kind), silent: ['metrics.example.org'] });
    expect(unknown).toEqual([
      { what: 'the kinds of metrics.example.org/v1', why: 'Error from server (ServiceUnavailable): no answer' },
    ]);
  });

  it.each(ALWAYS_SERVED)('is %s where the server does not offer it', async (name) => {
    const kinds = USUAL.filter(({ group, resource }) => `${group}/${resource}` !== name);
    const { unknown } = await found([], { kinds });
    expect(unknown.map(({ what }) => what)).toContain(name);
  });

  it('is a kind of the plan that the server does not offer', async () => {
    const { unknown } = await found([], { planned: [namespace, object('g', 'example.org/Group')] });
    expect(unknown).toEqual([{ what: 'example.org/Group', why: 'the API server does not offer it' }]);
  });
});
