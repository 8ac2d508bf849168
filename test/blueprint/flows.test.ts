import { allowedFlows } from '../../blueprint/flows';
import { blueprintOf } from '../../blueprint/blueprint';
import type { AllowedFlow } from '../../catalog/platform/flow';
import { flowOwner } from '../../blueprint/cluster';
import { OWNER_ANNOTATION, REASON_ANNOTATION } from '../../catalog/platform/names';
import { withSynthesis, readPlans } from '../../tools/examples';
import { EXAMPLES, filesOf } from './files';

/** Half a connection, as a policy of one namespace allows it. */
type Half = string;

const half = (
  side: 'in' | 'out',
  namespace: string,
  pods: object,
  peer: string,
  ports: readonly string[],
  said: readonly [owner: string, reason: string],
): Half =>
  [side, namespace, JSON.stringify(Object.entries(pods).sort()), peer, [...ports].sort().join(), ...said].join(' ');

const podsPeer = (namespace: string, labels: object): string =>
  `pods ${namespace} ${JSON.stringify(Object.entries(labels).sort())}`;

/** The halves that the kit's own namespaces must open for a flow. */
function halvesOf(allowed: AllowedFlow): Half[] {
  const { from, reason } = allowed.flow;
  const owner = allowed.kind === 'outside' ? allowed.flow.destination.owner : flowOwner(undefined, from.namespace);
  const out = (peer: string, ports: readonly string[]): Half =>
    half('out', from.namespace, from.labels, peer, ports, [owner, reason]);
  switch (allowed.kind) {
    case 'pods': {
      const { to, port, lastPort, protocol = 'TCP' } = allowed.flow;
      const ports = [`${protocol} ${port}${lastPort === undefined ? '' : `-${lastPort}`}`];
      return [
        out(podsPeer(to.namespace, to.labels), ports),
        half('in', to.namespace, to.labels, podsPeer(from.namespace, from.labels), ports, [
          flowOwner(undefined, to.namespace),
          reason,
        ]),
      ].filter((one) => one.split(' ')[1]?.startsWith('airlock-'));
    }
    case 'dns': {
      const { namespace, podLabels, port, nodeLocal = [] } = allowed.flow.dns;
      const caches = nodeLocal.map((address) => `range ${address}${address.includes(':') ? '/128' : '/32'}`);
      return [
        out(podsPeer(namespace, podLabels), [`UDP ${port}`, `TCP ${port}`]),
        ...caches.map((cache) => out(cache, ['UDP 53', 'TCP 53'])),
      ];
    }
    case 'outside': {
      const { cidr, port, endPort, protocol = 'TCP' } = allowed.flow.destination;
      return [out(`range ${cidr}`, [`${protocol} ${port}${endPort === undefined ? '' : `-${endPort}`}`])];
    }
    case 'api-servers': {
      const { cidrs, port = 6443 } = allowed.flow.apiServers;
      return cidrs.map((cidr) => out(`range ${cidr}`, [`TCP ${port}`]));
    }
  }
}

interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports: readonly { readonly protocol: string; readonly port: string; readonly end_port?: number }[];
}
interface Peer {
  readonly ip_block?: { readonly cidr: string };
  readonly namespace_selector?: { readonly match_labels: Readonly<Record<string, string>> };
  readonly pod_selector?: { readonly match_labels: Readonly<Record<string, string>> };
}
interface Policy {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly pod_selector: { readonly match_labels?: object };
    readonly ingress?: readonly Rule[];
    readonly egress?: readonly Rule[];
  };
}

const asArray = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];

const peerOf = ({ ip_block: range, namespace_selector: of, pod_selector: pods }: Peer): string =>
  range === undefined
    ? podsPeer(of?.match_labels['kubernetes.io/metadata.name'] ?? '', pods?.match_labels ?? {})
    : `range ${range.cidr}`;

/** The halves that the policies of a plan open. */
function opened(policy: Policy): Half[] {
  const { metadata, spec } = policy;
  return (['ingress', 'egress'] as const).flatMap((side) =>
    asArray(spec[side]).flatMap((rule) =>
      asArray(side === 'ingress' ? rule.from : rule.to).map((peer) =>
        half(
          side === 'ingress' ? 'in' : 'out',
          metadata.namespace,
          spec.pod_selector.match_labels ?? {},
          peerOf(peer),
          asArray(rule.ports).map(
            ({ protocol, port, end_port: end }) => `${protocol} ${port}${end === undefined ? '' : `-${end}`}`,
          ),
          [metadata.annotations[OWNER_ANNOTATION] ?? '', metadata.annotations[REASON_ANNOTATION] ?? ''],
        ),
      ),
    ),
  );
}

describe.each(EXAMPLES)('the flows of %s', (name, folder) => {
  it('are those that the policies of its plan open, with their owners and reasons, and no others', async () => {
    const expected = allowedFlows(blueprintOf(filesOf(folder))).flatMap(halvesOf);
    const found = await withSynthesis({ name, folder }, (outdir) =>
      [...readPlans(outdir).values()]
        .flatMap(({ resource = {} }) => Object.values(resource['kubernetes_network_policy_v1'] ?? {}))
        .flatMap((policy) => opened(policy as unknown as Policy)),
    );
    expect([...new Set(found)].sort()).toEqual([...new Set(expected)].sort());
    expect(found.length).toBeGreaterThan(3);
  });

  it('each have an owner and a reason', () => {
    for (const { owner, reason } of blueprintOf(filesOf(folder)).flows)
      expect([owner, reason].every((text) => text.trim().length > 2)).toBe(true);
  });
});
