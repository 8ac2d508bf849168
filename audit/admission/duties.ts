/**
 * What admission must refuse, and the expressions that a person has read and found to refuse it.
 *
 * What CEL means cannot be derived here, and a policy that merely looks right may let everything pass. So expressions are
 * known by digest, as charts are: over their JSON, with the enclave's own lists in them replaced by names. A test holds the
 * table against the guardrails of the kit.
 */
import { canonicalJson } from '../../core/canonical-json';
import { type Digest, digestOf } from '../../core/digest';

/** Requests that a policy must see. */
export interface Watched {
  readonly group: string;
  readonly resources: readonly string[];
  readonly operations: readonly string[];
}

export interface Duty {
  readonly id: string;
  /** What PROVEN means. */
  readonly proven: string;
  readonly watched: readonly Watched[];
  /** Digests of reviewed expressions. */
  readonly reviewed: readonly Digest[];
  /** True where the expressions look things up in the list of locked images. */
  readonly readsLock: boolean;
}

const WRITES = ['CREATE', 'UPDATE'];
const CHANGES = [...WRITES, 'DELETE'];
const PODS: readonly Watched[] = [{ group: '', resources: ['pods', 'pods/ephemeralcontainers'], operations: WRITES }];

export const DUTIES: readonly Duty[] = [
  {
    id: 'locked-images',
    proven: 'the API server refuses images that the lock does not have',
    watched: PODS,
    reviewed: ['sha256:c8a0645f11f312b4ffa50780cdb6230e918e4fb40df014c3bc0561e0893f7a0c'],
    readsLock: true,
  },
  {
    id: 'host-access',
    proven: 'the API server refuses pods in the namespaces or networks of the node',
    watched: PODS,
    reviewed: ['sha256:902e9534460681a5a743315615089417fcfcb172382fb6fc61a822c6da8897e3'],
    readsLock: false,
  },
  {
    id: 'services',
    proven: 'the API server refuses Services that open an undeclared door',
    watched: [{ group: '', resources: ['services'], operations: WRITES }],
    reviewed: ['sha256:71954b35657ef66c22cccfc77b3e5346a3a85c4c917e007a27ee3c3d87753153'],
    readsLock: false,
  },
  {
    id: 'endpoints',
    proven: 'the API server takes endpoints from the controllers of the cluster alone',
    watched: [
      { group: '', resources: ['endpoints'], operations: WRITES },
      { group: 'discovery.k8s.io', resources: ['endpointslices'], operations: WRITES },
    ],
    reviewed: ['sha256:614e509a1de0fdd5e312cc3c7b5cd4961e52282219f2fd425418dcd341bad421'],
    readsLock: false,
  },
  {
    id: 'network-policies',
    proven: 'the API server takes network policies of every tier from the deployers alone',
    watched: [
      { group: 'networking.k8s.io', resources: ['networkpolicies'], operations: CHANGES },
      {
        group: 'policy.networking.k8s.io',
        resources: ['adminnetworkpolicies', 'clusternetworkpolicies'],
        operations: CHANGES,
      },
      {
        group: 'cilium.io',
        resources: ['ciliumclusterwidenetworkpolicies', 'ciliumnetworkpolicies'],
        operations: CHANGES,
      },
      ...['projectcalico.org', 'crd.projectcalico.org'].map((group) => ({
        group,
        resources: ['globalnetworkpolicies', 'networkpolicies'],
        operations: CHANGES,
      })),
    ],
    reviewed: ['sha256:e9acc202cf30f2a02d9bd3497aa522a7935952fe51b341fcdce2d0f47b2a23ae'],
    readsLock: false,
  },
  {
    id: 'guarded-objects',
    proven: 'the API server takes changes of namespaces and of the list of locked images from the deployers alone',
    watched: [{ group: '', resources: ['configmaps', 'namespaces'], operations: CHANGES }],
    reviewed: ['sha256:b1d90304c10d5e8a0fa32d33205123a685aa30ebb2b0358220b68c8edbba690d'],
    readsLock: false,
  },
];

/** Texts of an enclave that stand in expressions, by the names that replace them. */
export interface EnclaveTexts {
  readonly deployers: readonly string[];
  /** `<namespace>/<service> <type>` of each declared door. */
  readonly exposed: readonly string[];
  /** `<namespace>/<name>` of the list of locked images. */
  readonly lockedImages: string;
}

const celList = (texts: readonly string[]): string => `[${texts.map((text) => JSON.stringify(text)).join(', ')}]`;

/** Digest of expressions, after the enclave's own texts have been replaced. */
export function expressionsDigest(expressions: unknown, { deployers, exposed, lockedImages }: EnclaveTexts): Digest {
  const replaced = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(replaced);
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item)]));
    }
    if (typeof value !== 'string') return value;
    return value
      .replaceAll(` in ${celList(deployers)}`, ' in $deployers')
      .replaceAll(` in ${celList(exposed)}`, ' in $exposed')
      .replaceAll(JSON.stringify(lockedImages), '$lockedImages');
  };
  return digestOf(canonicalJson(replaced(expressions)));
}
