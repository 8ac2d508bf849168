import { type Case, Draft, expectFault, expectProven, POLICIES, testRule, VALUES } from '../plans/draft';

const DENY = `${POLICIES}/serving_deny`;
const FILL = `${POLICIES}/mirror_fill/spec`;
const TO = `${FILL}/egress/0/to`;
const CIDR = `${TO}/0/ip_block/cidr`;
const DNS = `${POLICIES}/serving_dns/spec/egress/0`;
const NAME = 'kubernetes.io/metadata.name';

describe('every namespace denies all by default', () => {
  const at = '/resource/kubernetes_namespace_v1/serving';
  const subject = 'Namespace airlock-serving';
  testRule('AIR-NET-1', [
    {
      name: 'egress is left out of the types',
      fault: (plan) => plan.put(`${DENY}/spec/policy_types`, ['Ingress']),
      check: 'egress',
      at,
      subject,
    },
    {
      name: 'ingress is left out of the types',
      fault: (plan) => plan.put(`${DENY}/spec/policy_types`, ['Egress']),
      check: 'ingress',
      at,
      subject,
    },
    {
      name: 'an empty egress block, which allows everything',
      fault: (plan) => plan.put(`${DENY}/spec/egress`, {}),
      check: 'egress',
      at,
      subject,
    },
    {
      name: 'a list of one empty egress block',
      twin: (plan) => plan.put(`${DENY}/spec/egress`, []),
      fault: (plan) => plan.put(`${DENY}/spec/egress`, [{}]),
      check: 'egress',
      at,
      subject,
    },
    {
      name: 'a list of one null',
      fault: (plan) => plan.put(`${DENY}/spec/egress`, [null]),
      check: 'egress',
      at,
      subject,
    },
    {
      name: 'an empty ingress block',
      twin: (plan) => plan.put(`${DENY}/spec/ingress`, []),
      fault: (plan) => plan.put(`${DENY}/spec/ingress`, [{}]),
      check: 'ingress',
      at,
      subject,
    },
    {
      name: 'the denials are two policies, and one goes',
      twin: (plan) =>
        plan.put(`${DENY}/spec/policy_types`, ['Ingress']).put(`${POLICIES}/other`, {
          metadata: [{ name: 'other', namespace: 'airlock-serving' }],
          spec: [{ pod_selector: [{}], policy_types: ['Egress'] }],
        }),
      fault: (plan) => plan.drop(`${POLICIES}/other`),
      check: 'egress',
      at,
    },
    {
      name: 'the selector is that of some pods',
      twin: (plan) => plan.put(`${DENY}/spec/pod_selector`, { match_labels: {} }),
      fault: (plan) => plan.put(`${DENY}/spec/policy_types`, ['Egress']),
      check: 'ingress',
      at,
    },
    {
      name: 'a namespace that the plan does not create',
      twin: (plan) =>
        plan.put('/resource/kubernetes_namespace_v1/third', { metadata: { name: 'third' } }).put(`${POLICIES}/third`, {
          metadata: { name: 'deny', namespace: 'third' },
          spec: { pod_selector: {}, policy_types: ['Ingress', 'Egress'] },
        }),
      fault: (plan) => plan.drop('/resource/kubernetes_namespace_v1/third'),
      check: 'namespace',
      at: `${POLICIES}/third`,
      subject: 'Namespace third',
    },
    {
      name: 'a manifest without policyTypes, whose default leaves egress open',
      twin: (plan) =>
        plan.drop(DENY).put('/resource/kubernetes_manifest/deny', {
          manifest: {
            apiVersion: 'networking.k8s.io/v1',
            kind: 'NetworkPolicy',
            metadata: { name: 'deny', namespace: 'airlock-serving' },
            spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
          },
        }),
      fault: (plan) => plan.drop('/resource/kubernetes_manifest/deny/manifest/spec/policyTypes'),
      check: 'egress',
      at,
    },
    {
      name: 'a deny-all policy that is a Helm hook, deleted when Helm pleases',
      twin: (plan) =>
        plan
          .put(`${VALUES}/objects/-`, {
            apiVersion: 'networking.k8s.io/v1',
            kind: 'NetworkPolicy',
            metadata: { name: 'deny', namespace: 'airlock-serving' },
            spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
          })
          .put(`${DENY}/spec/policy_types`, ['Ingress']),
      fault: (plan) => plan.put(`${VALUES}/objects/2/metadata/annotations`, { 'helm.sh/hook': 'pre-install' }),
      check: 'egress',
      at,
    },
  ]);

  it('names both directions when the policy selects only some pods', () => {
    const draft = new Draft().put(`${DENY}/spec/pod_selector`, { match_labels: { app: 'chat' } });
    const checks = draft
      .findings('AIR-NET-1')
      .filter(({ verdict }) => verdict === 'VIOLATED')
      .map(({ check }) => check);
    expect(checks).toEqual(['ingress', 'egress']);
  });

  it('counts the namespace of a release, where Helm keeps every object', () => {
    const draft = new Draft().put('/resource/helm_release/chat/namespace', 'kube-system');
    expectFault(draft, { rule: 'AIR-NET-1', check: 'namespace', at: '/resource/helm_release/chat/namespace' });
  });

  it('is unproven with a policy kind that it does not know', () => {
    const draft = new Draft().put(`${VALUES}/objects/-`, {
      apiVersion: 'crd.antrea.io/v1beta1',
      kind: 'ClusterNetworkPolicy',
      metadata: { name: 'admin' },
    });
    expectFault(draft, { rule: 'AIR-NET-1', check: 'opaque', at: `${VALUES}/objects/2`, verdict: 'UNPROVEN' });
  });
});

describe('no policy opens more than the enclave declares', () => {
  const range = (cidr: string, except: string[] = []) => ({ ip_block: { cidr, except } });
  const subject = 'NetworkPolicy airlock-mirror/fill';
  testRule('AIR-NET-2', [
    { name: '0.0.0.0/0', fault: (plan) => plan.put(CIDR, '0.0.0.0/0'), check: 'any-address', at: CIDR, subject },
    {
      name: '0.0.0.0/0 written with host bits',
      fault: (plan) => plan.put(CIDR, '10.1.2.3/0'),
      check: 'any-address',
      at: CIDR,
      subject,
    },
    { name: '::/0', fault: (plan) => plan.put(CIDR, '::/0'), check: 'any-address', at: CIDR, subject },
    {
      name: 'a port beyond a declared range',
      twin: (plan) => {
        plan.enclave.network.destinations[0]!.endPort = 5450;
        plan.put(`${FILL}/egress/0/ports/0/end_port`, 5450);
      },
      fault: (plan) => plan.put(`${FILL}/egress/0/ports/0/end_port`, 5451),
      check: 'undeclared',
      at: CIDR,
      subject,
    },
    {
      name: 'another port of the API servers',
      twin: (plan) => {
        plan.enclave.network.apiServers = { cidrs: ['10.20.0.10/32'] };
        plan.put(CIDR, '10.20.0.10/32').put(`${FILL}/egress/0/ports/0/port`, '6443');
      },
      fault: (plan) => plan.put(`${FILL}/egress/0/ports/0/port`, '6444'),
      check: 'undeclared',
      at: CIDR,
      subject,
    },
    {
      name: 'an undeclared address',
      fault: (plan) => plan.put(CIDR, '10.20.5.21/32'),
      check: 'undeclared',
      at: CIDR,
      subject,
    },
    {
      name: 'a range wider than the declared one by one bit',
      fault: (plan) => plan.put(CIDR, '10.20.5.20/31'),
      check: 'undeclared',
      at: CIDR,
      subject,
    },
    {
      name: 'all but a little of everything',
      fault: (plan) => plan.put(TO, [range('0.0.0.0/0', ['10.0.0.0/8'])]),
      check: 'undeclared',
      at: CIDR,
    },
    {
      name: 'exceptions that leave only the declared address, and one fewer',
      twin: (plan) => plan.put(TO, [range('10.20.5.20/31', ['10.20.5.21/32'])]),
      fault: (plan) => plan.put(`${TO}/0/ip_block/except`, []),
      check: 'undeclared',
      at: CIDR,
    },
    {
      name: 'an undeclared port',
      fault: (plan) => plan.put(`${FILL}/egress/0/ports/0/port`, '443'),
      check: 'undeclared',
      at: CIDR,
    },
    {
      name: 'an undeclared protocol',
      fault: (plan) => plan.put(`${FILL}/egress/0/ports/0/protocol`, 'UDP'),
      check: 'undeclared',
      at: CIDR,
    },
    {
      name: 'a protocol left out, which is TCP',
      twin: (plan) => plan.drop(`${FILL}/egress/0/ports/0/protocol`),
      fault: (plan) => plan.put(`${FILL}/egress/0/ports/0/port`, '5444'),
      check: 'undeclared',
      at: CIDR,
    },
    {
      name: 'a range of ports',
      fault: (plan) => plan.put(`${FILL}/egress/0/ports/0/end_port`, 5444),
      check: 'undeclared',
      at: CIDR,
    },
    {
      name: 'a port left out, which is every port',
      fault: (plan) => plan.drop(`${FILL}/egress/0/ports/0/port`),
      check: 'undeclared',
      at: CIDR,
    },
    { name: 'no ports', fault: (plan) => plan.drop(`${FILL}/egress/0/ports`), check: 'any-port', at: CIDR },
    {
      name: 'an IPv6 destination on another port',
      twin: (plan) =>
        plan.put(TO, [range('fd00:20::/64')]).put(`${FILL}/egress/0/ports`, [{ port: 123, protocol: 'UDP' }]),
      fault: (plan) => plan.put(`${FILL}/egress/0/ports/0/port`, 124),
      check: 'undeclared',
      at: CIDR,
    },
    {
      name: 'an empty egress block',
      fault: (plan) => plan.put(`${FILL}/egress/-`, {}),
      check: 'any-peer',
      at: `${FILL}/egress/1`,
    },
    { name: 'an egress rule without "to"', fault: (plan) => plan.drop(TO), check: 'any-peer', at: `${FILL}/egress/0` },
    { name: 'an egress rule with an empty "to"', fault: (plan) => plan.put(TO, []), check: 'any-peer', at: TO },
    {
      name: 'an ingress rule without "from"',
      fault: (plan) => plan.drop(`${FILL}/ingress/from`),
      check: 'any-peer',
      at: `${FILL}/ingress`,
    },
    {
      name: 'an empty ingress block',
      fault: (plan) => plan.put(`${FILL}/ingress`, [{}]),
      check: 'any-peer',
      at: `${FILL}/ingress/0`,
    },
    { name: 'an empty peer', fault: (plan) => plan.put(`${TO}/-`, {}), check: 'empty-peer', at: `${TO}/1` },
    { name: 'a null peer', fault: (plan) => plan.put(`${TO}/-`, null), check: 'empty-peer', at: `${TO}/1` },
    {
      name: 'an empty namespace selector',
      fault: (plan) => plan.put(`${DNS}/to/0/namespace_selector`, {}),
      check: 'all-namespaces',
      at: `${DNS}/to/0/namespace_selector`,
    },
    {
      name: 'an empty namespace selector as a list of blocks',
      fault: (plan) => plan.put(`${DNS}/to/0/namespace_selector`, [{}]),
      check: 'all-namespaces',
      at: `${DNS}/to/0/namespace_selector/0`,
    },
    {
      name: 'every namespace but one',
      fault: (plan) =>
        plan.put(`${DNS}/to/0/namespace_selector`, {
          match_expressions: [{ key: NAME, operator: 'NotIn', values: ['a'] }],
        }),
      check: 'all-namespaces',
      at: `${DNS}/to/0/namespace_selector`,
    },
    {
      name: 'namespaces by a label that anybody may set',
      fault: (plan) => plan.put(`${DNS}/to/0/namespace_selector/match_labels`, { team: 'dns' }),
      check: 'unknown-namespaces',
      at: `${DNS}/to/0/namespace_selector`,
      verdict: 'UNPROVEN',
    },
    {
      name: 'a namespace outside of the plan on another port than DNS',
      fault: (plan) => plan.put(`${DNS}/ports/0/port`, '443'),
      check: 'foreign-namespace',
      at: `${DNS}/to/0/namespace_selector`,
      verdict: 'UNPROVEN',
    },
    {
      name: 'every pod of a namespace outside of the plan',
      fault: (plan) => plan.put(`${DNS}/to/0/pod_selector`, {}),
      check: 'foreign-namespace',
      at: `${DNS}/to/0/namespace_selector`,
      verdict: 'UNPROVEN',
    },
    ...[
      [
        'other pods than the resolver',
        (plan: Draft) => plan.put(`${DNS}/to/0/pod_selector/match_labels`, { app: 'proxy' }),
      ],
      [
        'the resolver under a label of others',
        (plan: Draft) => plan.put(`${DNS}/to/0/pod_selector/match_labels`, { 'k8s-app': 'kube-proxy' }),
      ],
      [
        'a namespace in which no distribution has its resolver',
        (plan: Draft) => plan.put(`${DNS}/to/0/namespace_selector/match_labels`, { [NAME]: 'tunnel' }),
      ],
      ['no port at all', (plan: Draft) => plan.drop(`${DNS}/ports`)],
      ['a range of ports', (plan: Draft) => plan.put(`${DNS}/ports/0/end_port`, 60)],
      ['a protocol that no resolver speaks', (plan: Draft) => plan.put(`${DNS}/ports/0/protocol`, 'SCTP')],
      ['a named port of another program', (plan: Draft) => plan.put(`${DNS}/ports/0/port`, 'metrics')],
    ].map(([what, fault]): Case => ({
      ...{ name: `outside of the plan, ${String(what)}`, fault: fault as Case['fault'] },
      ...{ check: 'foreign-namespace', at: `${DNS}/to/0/namespace_selector`, verdict: 'UNPROVEN' },
    })),
    {
      name: 'a namespace of the plan is fine on any port, another is not',
      twin: (plan) =>
        plan
          .put(`${DNS}/to/0/namespace_selector/match_labels`, { [NAME]: 'airlock-mirror' })
          .put(`${DNS}/ports`, [{ port: '8080' }]),
      fault: (plan) => plan.put(`${DNS}/to/0/namespace_selector/match_labels`, { [NAME]: 'monitoring' }),
      check: 'foreign-namespace',
      at: `${DNS}/to/0/namespace_selector`,
      verdict: 'UNPROVEN',
    },
    {
      name: 'ingress from outside of the cluster',
      fault: (plan) => plan.put(`${FILL}/ingress/from/-`, range('fd00:43::/60')),
      check: 'undeclared',
      at: `${FILL}/ingress/from/1/ip_block/cidr`,
    },
    // Even an address that the enclave declares as a destination is that of whoever has it.
    ...['10.42.0.0/16', '10.43.0.0/16', '10.20.0.0/24', '10.20.5.20/32', 'fd00:42::/60'].map((cidr): Case => ({
      name: `ingress by the address ${cidr} of the cluster itself`,
      fault: (plan) => plan.put(`${FILL}/ingress/from/-`, range(cidr)),
      check: 'undeclared',
      at: `${FILL}/ingress/from/1/ip_block/cidr`,
    })),
    {
      name: 'an address that is none',
      fault: (plan) => plan.put(CIDR, '010.0.0.0/8'),
      check: 'unknown',
      at: CIDR,
      verdict: 'UNPROVEN',
    },
    {
      name: 'an IPv4-mapped range',
      fault: (plan) => plan.put(CIDR, '::ffff:10.20.5.20/128'),
      check: 'unknown',
      at: CIDR,
      verdict: 'UNPROVEN',
    },
    {
      name: 'a named port to an address',
      fault: (plan) => plan.put(`${FILL}/egress/0/ports/0/port`, 'https'),
      check: 'unknown',
      at: `${FILL}/egress/0/ports/0/port`,
      verdict: 'UNPROVEN',
    },
    {
      name: 'a policy in the envelope',
      twin: (plan) =>
        plan.put(`${VALUES}/objects/-`, {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          metadata: { name: 'more' },
          spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ podSelector: {} }] }] },
        }),
      fault: (plan) => plan.put(`${VALUES}/objects/2/spec/egress/0/to`, null),
      check: 'any-peer',
      at: `${VALUES}/objects/2/spec/egress/0`,
      subject: 'NetworkPolicy airlock-serving/more',
    },
  ]);

  it.each([
    ['IPv4', ['0.0.0.0/1', '128.0.0.0/1'], '0.0.0.0/0'],
    ['IPv6', ['::/1', '8000::/1'], '::/0'],
  ])('adds up %s halves of different policies', (_, [low = '', high = ''], all) => {
    const policy = (name: string, cidr: string): object => ({
      metadata: { name, namespace: 'airlock-mirror' },
      spec: { pod_selector: {}, policy_types: ['Egress'], egress: { to: range(cidr), ports: { port: 443 } } },
    });
    const draft = new Draft().put(`${POLICIES}/low`, policy('low', low)).put(`${POLICIES}/high`, policy('high', high));
    // The enclave that declares the halves: then each of them is fine by itself.
    const destination = { port: 443, owner: 'x@nordlicht.example', reason: 'everything' };
    const destinations = [low, high].map((cidr, index) => ({ ...destination, name: `half-${String(index)}`, cidr }));
    draft.enclave.network.destinations.push(...destinations);
    const failures = draft.findings('AIR-NET-2').filter(({ verdict }) => verdict === 'VIOLATED');
    expect(failures.map(({ check, subject: named }) => [check, named])).toEqual([
      ['union', 'Namespace airlock-mirror'],
    ]);
    expect(failures[0]?.message).toContain(all);
    expectProven(new Draft(), 'AIR-NET-2');
  });
});
