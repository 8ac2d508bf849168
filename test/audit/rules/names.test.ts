import { Draft, expectFault, expectProven, POD, testRule, VALUES, WORKLOAD } from '../plans/draft';

const SERVICE = `${VALUES}/objects/1`;
const unproven = { verdict: 'UNPROVEN' } as const;

/** The same workload under another name and label. */
const second = (plan: Draft, name: string, app: string): Draft => {
  const copy = JSON.parse(JSON.stringify(plan.get(WORKLOAD)).replaceAll('"app":"chat"', `"app":"${app}"`)) as Record<
    string,
    unknown
  >;
  return plan.put(`${VALUES}/objects/-`, { ...copy, metadata: { name, namespace: 'airlock-serving' } });
};

const alias = (ip: string, ...hostnames: readonly string[]): object => ({ ip, hostnames });

describe('a name leads to the workload that bears it', () => {
  testRule('AIR-NET-7', [
    {
      name: 'a Service that selects the pods of two workloads',
      twin: (plan) => second(plan, 'other', 'other'),
      fault: (plan) => plan.put(`${VALUES}/objects/2/spec/template/metadata/labels/app`, 'chat'),
      ...{ check: 'selector', at: `${SERVICE}/spec/selector`, subject: 'Service airlock-serving/chat', ...unproven },
    },
    {
      name: 'a Service that selects another workload than that of its name',
      twin: (plan) => second(plan, 'other', 'other'),
      fault: (plan) => plan.put(`${SERVICE}/spec/selector/app`, 'other'),
      ...{ check: 'selector', at: `${SERVICE}/spec/selector`, ...unproven },
    },
    {
      name: 'a Service that selects nothing of the workload of its name',
      fault: (plan) => plan.put(`${SERVICE}/spec/selector/app`, 'nobody'),
      ...{ check: 'selector', at: `${SERVICE}/spec/selector`, ...unproven },
    },
    ...[
      ['an address that nobody declared', '203.0.113.9'],
      ['an address of pods', '10.42.0.9'],
      ['the address of this pod', '127.0.0.1'],
      ['the address of cloud metadata', '169.254.169.254'],
      ['an IPv4-mapped address', '::ffff:10.20.5.20'],
      ['no address', 'registry'],
      ['one beside the declared', '10.20.5.21'],
    ].map(([name = '', ip = '']) => ({
      name: `a name of ${name}`,
      twin: (plan: Draft) => plan.put(`${POD}/hostAliases`, [alias('10.20.5.20', 'registry.nordlicht.internal')]),
      fault: (plan: Draft) => plan.put(`${POD}/hostAliases/0/ip`, ip),
      ...{ check: 'alias', at: `${POD}/hostAliases/0/ip` },
    })),
    ...['chat', 'chat.airlock-serving.svc', 'chat.airlock-serving.svc.cluster.local'].map((host) => ({
      name: `the name of a Service for another address: ${host}`,
      twin: (plan: Draft) => plan.put(`${POD}/hostAliases`, [alias('10.20.5.20', 'registry.nordlicht.internal')]),
      fault: (plan: Draft) => plan.put(`${POD}/hostAliases/0/hostnames/0`, host),
      ...{ check: 'alias', at: `${POD}/hostAliases/0/ip` },
    })),
  ]);

  it.each(['time', 'registry.evil.example', 'registry'])(
    'may be no host that the enclave does not name: %s',
    (host) => {
      const draft = new Draft().put(`${POD}/hostAliases`, [alias('10.20.5.20', host)]);
      expect(draft.findings('AIR-NET-7').map(({ verdict, check }) => [verdict, check])).toContainEqual([
        'VIOLATED',
        'alias',
      ]);
    },
  );

  it('may be that of pods outside of the plan, which nothing of the platform calls', () => {
    expectProven(
      new Draft().put(`${VALUES}/objects/-`, {
        ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'others', namespace: 'airlock-serving' } },
        spec: { selector: { app: 'others' }, ports: [{ port: 80 }] },
      }),
      'AIR-NET-7',
    );
  });

  it('may be an address of IPv6 that the enclave declares', () => {
    expectProven(
      new Draft().put(`${POD}/hostAliases`, [alias('fd00:20::5', 'registry.nordlicht.internal')]),
      'AIR-NET-7',
    );
  });
});

const LABELS = `${WORKLOAD}/spec/template/metadata/labels`;
const NAMESPACE = '/resource/kubernetes_namespace_v1/serving/metadata/labels';

describe('everything that the plan makes was analyzed: labels', () => {
  it.each([
    'app',
    'team',
    'airlock.dev/serving',
    'app.kubernetes.io/name',
    'helm.sh/chart',
    'leaderworkerset.sigs.k8s.io/name',
  ])('knows %s of a pod', (key) =>
    expectProven(new Draft().put(`${LABELS}/${key.replace('/', '~1')}`, 'x'), 'AIR-PLAN-1'),
  );

  it.each([
    ...[
      'sidecar.istio.io/inject',
      'linkerd.io/inject',
      'azure.workload.identity/use',
      'admission.datadoghq.com/enabled',
    ],
    ...['helm.sh/chartx', 'helm.sh/hook', 'app.kubernetes.iox/name', 'xairlock.dev/x', 'kubernetes.io/metadata.namex'],
  ])('does not know who acts on %s of a pod, of an object or of a namespace', (key) => {
    const pointer = key.replace('/', '~1');
    for (const at of [LABELS, `${WORKLOAD}/metadata/labels`, `${SERVICE}/metadata/labels`, NAMESPACE]) {
      const draft = new Draft().put(`${at}/${pointer}`, 'true');
      expectFault(draft, { rule: 'AIR-PLAN-1', check: 'label', at: `${at}/${pointer}`, ...unproven });
    }
  });

  it('does not know labels without a prefix of a namespace: there, programs read such', () => {
    for (const key of ['istio-injection', 'team']) {
      const draft = new Draft().put(`${NAMESPACE}/${key}`, 'enabled');
      expectFault(draft, { rule: 'AIR-PLAN-1', check: 'label', at: `${NAMESPACE}/${key}`, ...unproven });
    }
  });
});

describe('everything that the plan makes was analyzed: fields', () => {
  testRule(
    'AIR-PLAN-1',
    (
      [
        ['a field of a pod that nobody has read', `${POD}/schedulerName`, 'mine'],
        ['a field of a container that nobody has read', `${POD}/containers/0/workingDir`, '/models'],
        ['a whole object that nobody has read', `${POD}/dnsConfig`, { nameservers: ['203.0.113.9'] }],
        ['another value of a field that is harmless', `${POD}/dnsPolicy`, 'None'],
        ['a field of a Service that nobody has read', `${SERVICE}/spec/loadBalancerClass`, 'x'],
        ['a field that the API does not have', `${WORKLOAD}/spec/strange`, 'x'],
        ['a version of the API whose fields nobody has read', `${WORKLOAD}/apiVersion`, 'apps/v1beta2'],
      ] as const
    ).map(([name, at, value]) => ({
      ...{ name, at, check: 'field', ...unproven },
      fault: (plan: Draft) => plan.put(at, value),
    })),
  );

  it('takes a harmless field with a harmless value', () => {
    const draft = new Draft().put(`${POD}/dnsPolicy`, 'ClusterFirst').put(`${POD}/terminationGracePeriodSeconds`, 30);
    expectProven(draft, 'AIR-PLAN-1');
  });
});

describe('references to locals', () => {
  const POLICY = '/resource/kubernetes_network_policy_v1/mirror_fill/spec/egress/0/to/0/ip_block/cidr';

  it('are what stands there, also through others, and at the place that names them', () => {
    const draft = new Draft()
      .put('/locals', { address: '${local.other}', other: '10.20.5.20/32' })
      .put(POLICY, '${local.address}');
    expectProven(draft, 'AIR-NET-2');
    expectFault(draft.put('/locals/other', '203.0.113.0/24'), { rule: 'AIR-NET-2', check: 'undeclared', at: POLICY });
  });

  it('are whole values, lists and objects too', () => {
    const draft = new Draft();
    const containers = draft.get(`${VALUES}/objects/0`);
    expect(containers).toBeDefined();
    const typed = '/resource/kubernetes_deployment_v1/mirror/spec/template/spec/container';
    draft.put('/locals', { containers: draft.get(typed) }).put(typed, '${local.containers}');
    expectProven(draft, 'AIR-RUN-1');
    draft.put('/locals/containers/0/args/-', '--strange');
    expect(draft.findings('AIR-RUN-1').some(({ check }) => check === 'argument')).toBe(true);
  });

  it.each([
    ['inside of a text', { a: '10.20.5.20' }, '${local.a}/32'],
    ['to themselves', { a: '${local.a}' }, '${local.a}'],
    ['in a circle', { a: '${local.b}', b: '${local.a}' }, '${local.a}'],
    ['that are not there', {}, '${local.a}'],
    ['of a part', { a: { b: '10.20.5.20/32' } }, '${local.a.b}'],
    ['to what a variable says', { a: '${var.a}' }, '${local.a}'],
  ])('are not followed %s', (_what, locals, reference) => {
    const draft = new Draft().put('/locals', locals).put(POLICY, reference);
    expect(draft.findings('AIR-NET-2').some(({ verdict }) => verdict === 'UNPROVEN')).toBe(true);
  });

  it('are not followed where one name stands twice', () => {
    const draft = new Draft()
      .put('/locals', [{ a: '10.20.5.20/32' }, { a: '203.0.113.0/24' }])
      .put(POLICY, '${local.a}');
    expect(draft.findings('AIR-NET-2').some(({ verdict }) => verdict === 'UNPROVEN')).toBe(true);
  });
});
