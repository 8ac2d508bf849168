import { ConfinedNamespace, type ConfinedNamespaceProps } from '../../../constructs/confinement/confined-namespace';
import type { Flow } from '../../../catalog/platform/flow';
import type { EgressLockdown } from '../../../constructs/confinement/egress-lockdown';
import { TestStack } from '../plan';

const FROM = { app: 'client' };
const FLOW: Flow = {
  name: 'calls',
  from: { namespace: 'here', labels: FROM },
  to: { namespace: 'there', labels: { app: 'server' } },
  port: 8080,
  reason: 'clients call servers',
};

function policies(
  open: (lockdown: EgressLockdown) => void,
  more: Partial<ConfinedNamespaceProps> = {},
): Record<string, { metadata: object; spec: object }> {
  const stack = new TestStack();
  const namespace = new ConfinedNamespace(stack, 'ns', { name: 'here', kubernetesVersion: '1.34', ...more });
  open(namespace.lockdown);
  const made = Object.entries(stack.plan().resource['kubernetes_network_policy_v1'] ?? {});
  return Object.fromEntries(
    made.map(([id, policy]) => {
      expect(policy.depends_on).toEqual(['kubernetes_namespace_v1.ns']);
      return [id.replace('ns_lockdown_', ''), policy as unknown as { metadata: object; spec: object }];
    }),
  );
}

const peer = (namespace: string, labels: object) => ({
  namespace_selector: { match_labels: { 'kubernetes.io/metadata.name': namespace } },
  pod_selector: { match_labels: labels },
});

describe('EgressLockdown', () => {
  it('denies all pods of the namespace everything, in and out, before anything is allowed', () => {
    const made = policies(() => undefined);
    expect(Object.keys(made)).toEqual(['deny-all']);
    expect(made['deny-all']?.spec).toEqual({ pod_selector: {}, policy_types: ['Ingress', 'Egress'] });
  });

  it('opens DNS to the resolver’s pods alone, on UDP and TCP', () => {
    const dns = { namespace: 'kube-system', podLabels: { 'k8s-app': 'kube-dns' }, port: 53 };
    expect(policies((lockdown) => lockdown.allowDns(FROM, dns, 'names'))['allow-dns']?.spec).toEqual({
      pod_selector: { match_labels: FROM },
      policy_types: ['Egress'],
      egress: [
        {
          to: [peer('kube-system', { 'k8s-app': 'kube-dns' })],
          ports: [
            { protocol: 'UDP', port: '53' },
            { protocol: 'TCP', port: '53' },
          ],
        },
      ],
    });
  });

  it('opens node-local caches by their addresses, of both families', () => {
    const nodeLocal = ['169.254.20.10', 'fd00::a'];
    const dns = { namespace: 'openshift-dns', podLabels: { dns: 'default' }, port: 5353, nodeLocal };
    const made = policies((lockdown) => lockdown.allowDns(FROM, dns, 'names'));
    const [resolver, caches] = (made['allow-dns']?.spec as { egress: { to: object[]; ports: object[] }[] }).egress;
    expect(resolver?.ports).toContainEqual({ protocol: 'UDP', port: '5353' });
    expect(caches).toEqual({
      to: [{ ip_block: { cidr: '169.254.20.10/32' } }, { ip_block: { cidr: 'fd00::a/128' } }],
      ports: [
        { protocol: 'UDP', port: '53' },
        { protocol: 'TCP', port: '53' },
      ],
    });
  });

  it('opens the API servers at their own addresses', () => {
    const made = policies((lockdown) =>
      lockdown.allowApiServers({ cidrs: ['10.20.0.10/32', 'fd00:20::10/128'] }, FROM, 'watches'),
    );
    expect((made['allow-api-servers']?.spec as { egress: object[] }).egress).toEqual([
      {
        to: [{ ip_block: { cidr: '10.20.0.10/32' } }, { ip_block: { cidr: 'fd00:20::10/128' } }],
        ports: [{ protocol: 'TCP', port: '6443' }],
      },
    ]);
  });

  it('opens a range of ports as one', () => {
    const rtp = {
      name: 'rtp',
      cidr: 'fd00:20::/64',
      port: 5000,
      endPort: 5010,
      protocol: 'UDP',
      owner: 'o',
      reason: 'r',
    } as const;
    const spec = policies((lockdown) => lockdown.allowTo(rtp, FROM, 'why'))['allow-to-rtp']?.spec as {
      egress: object[];
    };
    expect(spec.egress).toEqual([
      { to: [{ ip_block: { cidr: 'fd00:20::/64' } }], ports: [{ protocol: 'UDP', port: '5000', end_port: 5010 }] },
    ]);
  });

  it.each(['0.0.0.0/0', '10.0.0.0/8', '::/0', '169.254.169.254/32', '10.0.0.1/16', 'nonsense'])(
    'refuses %s as a destination',
    (cidr) => {
      const wide = { name: 'wide', cidr, port: 443, owner: 'o', reason: 'r' };
      expect(() => policies((lockdown) => lockdown.allowTo(wide, FROM, 'why'))).toThrow(/^destination "wide": "/);
    },
  );

  it('opens one address range and port to the outside, and names its owner and reason', () => {
    const idp = { name: 'idp', cidr: '10.0.0.1/32', port: 443, owner: 'o@site.example', reason: 'keys' };
    const policy = policies((lockdown) => lockdown.allowTo(idp, FROM, 'clients check tokens'))['allow-to-idp'];
    expect(policy?.spec).toEqual({
      pod_selector: { match_labels: FROM },
      policy_types: ['Egress'],
      egress: [{ to: [{ ip_block: { cidr: '10.0.0.1/32' } }], ports: [{ protocol: 'TCP', port: '443' }] }],
    });
    expect(policy?.metadata).toMatchObject({
      annotations: { 'airlock.dev/reason': 'clients check tokens', 'airlock.dev/owner': 'o@site.example' },
    });
  });

  it.each([
    ['the stack that opens them', {}, `stack ${new TestStack().node.id}`],
    ['whom the namespace names', { owner: 'desk@site.example' }, 'desk@site.example'],
  ])('names the owner of all other flows: %s', (_who, more, owner) => {
    const dns = { namespace: 'kube-system', podLabels: { 'k8s-app': 'kube-dns' }, port: 53 };
    const { 'deny-all': shut, ...open } = policies((lockdown) => {
      lockdown.allowDns(FROM, dns, 'why');
      lockdown.allowApiServers({ cidrs: ['10.0.0.2/32'] }, FROM, 'why');
      lockdown.allowBetween({ ...FLOW, to: { ...FLOW.to, namespace: 'here' }, reason: 'why' });
    }, more);
    expect(Object.keys(open)).toHaveLength(4);
    for (const { metadata } of Object.values(open))
      expect(metadata).toMatchObject({ annotations: { 'airlock.dev/reason': 'why', 'airlock.dev/owner': owner } });
    expect(shut?.metadata).not.toHaveProperty(['annotations', 'airlock.dev/owner']); // it allows nothing
  });

  it('opens only the egress half of a flow where the flow starts', () => {
    const made = policies((lockdown) => lockdown.allowBetween(FLOW));
    expect(Object.keys(made).sort()).toEqual(['allow-calls-egress', 'deny-all']);
    expect(made['allow-calls-egress']?.spec).toEqual({
      pod_selector: { match_labels: FROM },
      policy_types: ['Egress'],
      egress: [{ to: [peer('there', { app: 'server' })], ports: [{ protocol: 'TCP', port: '8080' }] }],
    });
  });

  it('opens only the ingress half where it ends', () => {
    const made = policies((lockdown) => lockdown.allowBetween({ ...FLOW, from: FLOW.to, to: FLOW.from }));
    expect(made['allow-calls-ingress']?.spec).toEqual({
      pod_selector: { match_labels: FROM },
      policy_types: ['Ingress'],
      ingress: [{ from: [peer('there', { app: 'server' })], ports: [{ protocol: 'TCP', port: '8080' }] }],
    });
    expect(Object.keys(made)).not.toContain('allow-calls-egress');
  });

  it('opens both halves where a flow stays in one namespace', () => {
    const made = policies((lockdown) => lockdown.allowBetween({ ...FLOW, to: { ...FLOW.to, namespace: 'here' } }));
    expect(Object.keys(made).sort()).toEqual(['allow-calls-egress', 'allow-calls-ingress', 'deny-all']);
  });

  it('opens a range of ports where the flow has one', () => {
    const made = policies((lockdown) => lockdown.allowBetween({ ...FLOW, lastPort: 8090 }));
    expect(made['allow-calls-egress']?.spec).toMatchObject({
      egress: [{ ports: [{ protocol: 'TCP', port: '8080', end_port: 8090 }] }],
    });
  });

  it('refuses a flow between other namespaces', () => {
    expect(() =>
      policies((lockdown) => lockdown.allowBetween({ ...FLOW, from: { namespace: 'elsewhere', labels: FROM } })),
    ).toThrow('flow "calls" from elsewhere to there does not touch here');
  });

  it.each<[string, (lockdown: EgressLockdown) => void]>([
    ['DNS', (it) => it.allowDns({}, { namespace: 'kube-system', podLabels: { a: 'b' }, port: 53 }, 'names')],
    ['a flow without source labels', (it) => it.allowBetween({ ...FLOW, from: { ...FLOW.from, labels: {} } })],
    ['a flow without target labels', (it) => it.allowBetween({ ...FLOW, to: { ...FLOW.to, labels: {} } })],
  ])('refuses an empty pod selector, which would mean every pod: %s', (_case, open) => {
    expect(() => policies(open)).toThrow('selects pods by no label');
  });
});
