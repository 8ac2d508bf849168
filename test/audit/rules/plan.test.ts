import { Draft, expectFault, expectProven, MIRROR_POD, POLICIES, testRule, VALUES, WORKLOAD } from '../plans/draft';

const RELEASE = '/resource/helm_release/chat';
const CONFIG_MAP = '/resource/kubernetes_config_map_v1/extra';
const configMap = (): object => ({ metadata: { name: 'extra', namespace: 'airlock-mirror' }, data: { a: 'b' } });

/** A fault of which nothing can be said. */
const opaque = { check: 'opaque', verdict: 'UNPROVEN' } as const;

const NAMESPACES = '/resource/kubernetes_namespace_v1';

describe('everything that the plan makes was analyzed', () => {
  testRule('AIR-PLAN-1', [
    {
      name: 'a resource type that the audit does not know',
      twin: (plan) => plan.put(CONFIG_MAP, configMap()),
      fault: (plan) => plan.move(CONFIG_MAP, '/resource/random_password/extra'),
      at: '/resource/random_password/extra',
      subject: 'random_password.extra',
      ...opaque,
    },
    {
      name: 'count',
      twin: (plan) => plan.put(CONFIG_MAP, configMap()),
      fault: (plan) => plan.put(`${CONFIG_MAP}/count`, 2),
      at: `${CONFIG_MAP}/count`,
      ...opaque,
    },
    {
      name: 'a release with an empty namespace',
      fault: (plan) => plan.put(`${RELEASE}/namespace`, ''),
      at: `${RELEASE}/namespace`,
      subject: 'helm_release.chat',
      ...opaque,
    },
    {
      name: 'for_each',
      twin: (plan) => plan.put(CONFIG_MAP, configMap()),
      fault: (plan) => plan.put(`${CONFIG_MAP}/for_each`, ['a']),
      at: `${CONFIG_MAP}/for_each`,
      ...opaque,
    },
    {
      name: 'ignore_changes',
      twin: (plan) => plan.put(`${POLICIES}/mirror_deny/lifecycle`, { prevent_destroy: true, ignore_changes: [] }),
      fault: (plan) => plan.put(`${POLICIES}/mirror_deny/lifecycle/ignore_changes`, ['spec']),
      at: `${POLICIES}/mirror_deny/lifecycle/ignore_changes`,
      ...opaque,
    },
    {
      name: 'ignore_changes of a namespace beside its annotations',
      twin: (plan) => plan.put(`${NAMESPACES}/mirror/lifecycle`, { ignore_changes: ['metadata[0].annotations'] }),
      fault: (plan) => plan.put(`${NAMESPACES}/mirror/lifecycle/ignore_changes/1`, 'metadata[0].labels'),
      at: `${NAMESPACES}/mirror/lifecycle/ignore_changes`,
      ...opaque,
    },
    {
      name: 'ignore_changes of annotations of anything but a namespace',
      fault: (plan) => plan.put(`${POLICIES}/mirror_deny/lifecycle`, { ignore_changes: ['metadata[0].annotations'] }),
      at: `${POLICIES}/mirror_deny/lifecycle/ignore_changes`,
      ...opaque,
    },
    {
      name: 'no copy',
      twin: (plan) => plan.put(CONFIG_MAP, { ...configMap(), count: 1 }),
      fault: (plan) => plan.put(`${CONFIG_MAP}/count`, 0),
      at: `${CONFIG_MAP}/count`,
      ...opaque,
    },
    {
      name: 'a provider alias',
      twin: (plan) => plan.put(`${POLICIES}/mirror_deny/provider`, 'kubernetes'),
      fault: (plan) => plan.put(`${POLICIES}/mirror_deny/provider`, 'kubernetes.other'),
      at: `${POLICIES}/mirror_deny/provider`,
      ...opaque,
    },
    {
      name: 'a name that only Terraform knows',
      fault: (plan) => plan.put(`${POLICIES}/mirror_deny/metadata/name`, '${var.name}'),
      at: `${POLICIES}/mirror_deny/metadata/name`,
      ...opaque,
    },
    {
      name: 'a generated name',
      fault: (plan) =>
        plan.put(`${POLICIES}/mirror_deny/metadata`, { generate_name: 'deny-', namespace: 'airlock-mirror' }),
      at: `${POLICIES}/mirror_deny`,
      ...opaque,
    },
    {
      name: 'an object twice',
      twin: (plan) => plan.put(CONFIG_MAP, configMap()).put(`${CONFIG_MAP}-2`, { metadata: { name: 'two' } }),
      fault: (plan) => plan.put(`${CONFIG_MAP}-2`, configMap()),
      at: `${CONFIG_MAP}-2`,
      ...opaque,
    },
    {
      name: 'a chart that is no envelope',
      fault: (plan) =>
        plan.assets.set('stacks/serving/assets/envelope/0/templates/more.yaml', `sha256:${'0'.repeat(64)}`),
      at: `${RELEASE}/chart`,
      subject: 'helm_release.chat',
      ...opaque,
    },
    {
      name: 'a template of the envelope that was changed',
      fault: (plan) =>
        plan.assets.set('stacks/serving/assets/envelope/0/templates/objects.yaml', `sha256:${'0'.repeat(64)}`),
      at: `${RELEASE}/chart`,
      ...opaque,
    },
    ...['', '/templates'].map((folder) => ({
      name: `a configuration in the chart${folder}, which Helm takes for a part of it`,
      twin: (plan: Draft) => plan.addStack('serving/assets/other', {}),
      fault: (plan: Draft) => plan.addStack(`serving/assets/envelope/0${folder}`, {}),
      at: `${RELEASE}/chart`,
      subject: 'helm_release.chat',
      ...opaque,
    })),
    ...[
      ['k8s.v1.cni.cncf.io/networks', 'default/uplink'],
      ['v1.multus-cni.io/default-network', 'default/uplink'],
      ['sidecar.istio.io/inject', 'true'],
      ['example.org/anything', 'x'],
    ].map(([key = '', value]) => ({
      name: `the annotation ${key} of a pod`,
      twin: (plan: Draft) => plan.put(`${WORKLOAD}/spec/template/metadata/annotations`, { 'airlock.dev/note': 'x' }),
      fault: (plan: Draft) => plan.put(`${WORKLOAD}/spec/template/metadata/annotations`, { [key]: value }),
      at: `${WORKLOAD}/spec/template/metadata/annotations/${key.replace('/', '~1')}`,
      subject: 'Deployment airlock-serving/chat',
      ...{ check: 'annotation', verdict: 'UNPROVEN' as const },
    })),
    {
      name: 'a Service that other clusters share',
      fault: (plan) =>
        plan.put('/resource/kubernetes_service_v1/extra', {
          metadata: { name: 'extra', namespace: 'airlock-mirror', annotations: { 'service.cilium.io/global': 'true' } },
          spec: { selector: { app: 'x' }, port: { port: 80 } },
        }),
      at: '/resource/kubernetes_service_v1/extra/metadata/annotations/service.cilium.io~1global',
      ...{ check: 'annotation', verdict: 'UNPROVEN' },
    },
    {
      name: 'a chart with a part missing',
      fault: (plan) => plan.assets.delete('stacks/serving/assets/envelope/0/values.schema.json'),
      at: `${RELEASE}/chart`,
      ...opaque,
    },
    {
      name: 'a chart outside of the plan',
      twin: (plan) => plan.put(`${RELEASE}/chart`, '${path.module}/assets/envelope/0/'),
      fault: (plan) => plan.put(`${RELEASE}/chart`, '/usr/share/charts/envelope'),
      at: `${RELEASE}/chart`,
      ...opaque,
    },
    {
      name: 'a second values document',
      fault: (plan) => plan.put(`${RELEASE}/values/-`, { objects: [] }),
      at: `${RELEASE}/values`,
      ...opaque,
    },
    {
      name: 'another key in the values',
      fault: (plan) => plan.put(`${VALUES}/global`, {}),
      at: VALUES,
      ...opaque,
    },
    {
      name: 'values in YAML',
      fault: (plan) => plan.put(VALUES, 'objects:\n  - n: y\n'),
      at: VALUES,
      ...opaque,
    },
    {
      name: 'values with a key twice, of which readers take one or the other',
      twin: (plan) => plan.put(VALUES, '{"objects": []}'),
      fault: (plan) => plan.put(VALUES, '{"objects": [], "objects": []}'),
      at: VALUES,
      ...opaque,
    },
    {
      name: 'an expression inside the values',
      twin: (plan) =>
        plan.put(VALUES, '{"objects": [{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"$${x}"}}]}'),
      fault: (plan) =>
        plan.put(VALUES, '{"objects": [{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"${x}"}}]}'),
      at: VALUES,
      ...opaque,
    },
    {
      name: 'a directive inside the values',
      twin: (plan) =>
        plan.put(VALUES, '{"objects": [{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"%%{x}"}}]}'),
      fault: (plan) =>
        plan.put(
          VALUES,
          '{"objects": [{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"%{if true}x%{endif}"}}]}',
        ),
      at: VALUES,
      ...opaque,
    },
    ...['set', 'set_list', 'set_sensitive', 'set_wo'].map((name) => ({
      name: `"${name}" beside the values`,
      twin: (plan: Draft) => plan.put(`${RELEASE}/${name}`, []),
      fault: (plan: Draft) => plan.put(`${RELEASE}/${name}`, [{ name: 'objects[0].kind', value: 'x' }]),
      at: `${RELEASE}/${name}`,
      ...opaque,
    })),
    ...['reuse_values', 'create_namespace', 'dependency_update'].map((name) => ({
      name,
      twin: (plan: Draft) => plan.put(`${RELEASE}/${name}`, false),
      fault: (plan: Draft) => plan.put(`${RELEASE}/${name}`, true),
      at: `${RELEASE}/${name}`,
      ...opaque,
    })),
    {
      name: 'a module',
      fault: (plan) => plan.put('/module/network', { source: './network' }),
      at: '/module/network',
      subject: 'module.network',
      ...opaque,
    },
    {
      name: 'a data source',
      fault: (plan) => plan.put('/data/kubernetes_namespace/x', { metadata: { name: 'x' } }),
      at: '/data/kubernetes_namespace/x',
      subject: 'data.kubernetes_namespace.x',
      ...opaque,
    },
    {
      name: 'an import block',
      fault: (plan) => plan.put('/import', [{ to: 'a.b', id: 'x' }]),
      at: '/import',
      ...opaque,
    },
    {
      name: 'a further file that Terraform reads',
      twin: (plan) => plan.assets.set('stacks/serving/README.md', `sha256:${'0'.repeat(64)}`),
      fault: (plan) => plan.assets.set('stacks/serving/extra.tf', `sha256:${'0'.repeat(64)}`),
      at: '',
      subject: 'stacks/serving/extra.tf',
      ...opaque,
    },
    {
      name: 'a manifest with an argument that changes what is sent',
      twin: (plan) =>
        plan.put('/resource/kubernetes_manifest/x', {
          manifest: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: 'airlock-mirror' } },
        }),
      fault: (plan) => plan.put('/resource/kubernetes_manifest/x/computed_fields', ['data']),
      at: '/resource/kubernetes_manifest/x/computed_fields',
      ...opaque,
    },
    {
      name: 'a manifest read from somewhere',
      fault: (plan) => plan.put('/resource/kubernetes_manifest/x', { manifest: '${yamldecode(file("x.yaml"))}' }),
      at: '/resource/kubernetes_manifest/x/manifest',
      ...opaque,
    },
    {
      name: 'a kind that rewrites pods',
      fault: (plan) =>
        plan.put(`${VALUES}/objects/-`, {
          apiVersion: 'admissionregistration.k8s.io/v1',
          kind: 'MutatingWebhookConfiguration',
          metadata: { name: 'x' },
        }),
      at: `${VALUES}/objects/2`,
      ...opaque,
    },
    ...['kubernetes_env', 'kubernetes_labels', 'kubernetes_annotations', 'kubernetes_secret_v1_data'].map((type) => ({
      name: `${type}, which changes what others make`,
      fault: (plan: Draft) => plan.put(`/resource/${type}/x`, {}),
      at: `/resource/${type}/x`,
      ...opaque,
    })),
  ]);

  it('names every rule that depends on an unknown resource, with the one finding of it', () => {
    const draft = new Draft().put('/resource/helm_release/other', {
      name: 'other',
      namespace: 'airlock-mirror',
      chart: 'nginx',
      repository: 'https://charts.example',
    });
    const unproven = draft.allFindings().filter(({ verdict }) => verdict === 'UNPROVEN');
    expect(unproven).toHaveLength(1);
    expect(new Set(unproven.flatMap(({ rule, folds = [] }) => [rule, ...folds.map((fold) => fold.rule)]))).toEqual(
      new Set([
        ...['AIR-CFG-1', 'AIR-NET-8', 'AIR-PLAN-1', 'AIR-IMG-1', 'AIR-LOCK-1', 'AIR-LOCK-2', 'AIR-WGT-1', 'AIR-WGT-2'],
        ...[
          'AIR-NET-1',
          'AIR-NET-2',
          'AIR-NET-3',
          'AIR-NET-4',
          'AIR-NET-5',
          'AIR-NET-6',
          'AIR-NET-7',
          'AIR-RUN-1',
          'AIR-RUN-2',
          'AIR-DATA-1',
          'AIR-DATA-2',
          'AIR-ADM-1',
          'AIR-ORD-1',
          'AIR-POD-1',
          'AIR-POD-2',
          'AIR-RBAC-1',
          'AIR-SEC-1',
        ],
      ]),
    );
    expect(unproven.every(({ subject }) => subject === 'helm_release.other')).toBe(true);
  });
});

describe('nothing but the locked providers runs during a deployment', () => {
  testRule('AIR-PLAN-2', [
    {
      name: 'a provisioner',
      fault: (plan) =>
        plan.put('/resource/kubernetes_deployment_v1/mirror/provisioner', [{ 'local-exec': { command: 'id' } }]),
      check: 'executes',
      at: '/resource/kubernetes_deployment_v1/mirror/provisioner',
      subject: 'kubernetes_deployment_v1.mirror',
    },
    {
      name: 'a program as a data source',
      fault: (plan) => plan.put('/data/external/x', { program: ['id'] }),
      check: 'executes',
      at: '/data/external/x',
      subject: 'data.external.x',
    },
    {
      name: 'a request as a data source',
      fault: (plan) => plan.put('/data/http/x', [{ url: 'https://example.org' }]),
      check: 'executes',
      at: '/data/http/x/0',
    },
    {
      name: 'a post-renderer',
      twin: (plan) => plan.put(`${RELEASE}/postrender`, []),
      fault: (plan) => plan.put(`${RELEASE}/postrender`, { binary_path: '/bin/sed' }),
      check: 'postrender',
      at: `${RELEASE}/postrender`,
      subject: 'helm_release.chat',
    },
    {
      name: 'a chart repository',
      fault: (plan) => plan.put(`${RELEASE}/repository`, 'https://charts.example'),
      check: 'remote-chart',
      at: `${RELEASE}/repository`,
    },
    {
      name: 'a chart by URL',
      fault: (plan) => plan.put(`${RELEASE}/chart`, 'oci://registry.example/charts/x'),
      check: 'remote-chart',
      at: `${RELEASE}/chart`,
    },
  ]);
});

describe('names by reference', () => {
  it('follows them through the plan when they end in a literal', () => {
    const draft = new Draft()
      .put(
        '/resource/kubernetes_deployment_v1/mirror/metadata/namespace',
        '${kubernetes_network_policy_v1.mirror_deny.metadata.0.namespace}',
      )
      .put(`${POLICIES}/mirror_deny/metadata/namespace`, '${kubernetes_namespace_v1.mirror.metadata[0].name}');
    expectProven(draft, 'AIR-NET-1');
    expectProven(draft, 'AIR-ORD-1');
  });

  it('does not follow a circle', () => {
    const draft = new Draft().put(
      `${POLICIES}/mirror_deny/metadata/namespace`,
      '${kubernetes_network_policy_v1.mirror_deny.metadata[0].namespace}',
    );
    expectFault(draft, { rule: 'AIR-PLAN-1', at: `${POLICIES}/mirror_deny/metadata/namespace`, ...opaque });
  });

  it('does not take a reference with something around it for a name', () => {
    const draft = new Draft().put(
      `${POLICIES}/mirror_deny/metadata/namespace`,
      'x-${kubernetes_namespace_v1.mirror.metadata[0].name}',
    );
    expectFault(draft, { rule: 'AIR-PLAN-1', at: `${POLICIES}/mirror_deny/metadata/namespace`, ...opaque });
  });

  it('never shows quoted texts of an expression', () => {
    const draft = new Draft().put(`${MIRROR_POD}/container/0/image`, '${join("hunter2secret", [var.x])}');
    expect(JSON.stringify(draft.allFindings())).not.toContain('hunter2secret');
  });
});
