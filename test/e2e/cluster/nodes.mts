/** Nodes as a site's operators would have registered them, kept alive by KWOK: they run nothing and report what pods would. */
import type { Node, Taint } from 'kubernetes-types/core/v1.js';
import type { Enclave } from '../../../site/generated/enclave.js';
import type { Pool, Site } from '../../../site/generated/site.js';
import { poolPlatform } from '../../../site/requests/requests.js';
import { goProgram } from '../../harness/go.mjs';
import { type Service, startService } from '../../harness/processes.mjs';
import { KWOK } from '../install/versions.mjs';
import type { ControlPlane } from './control-plane.mjs';

/** What each node offers beside GPUs. */
const CAPACITY = { cpu: '96', memory: '2Ti', 'ephemeral-storage': '8Ti', pods: '110' } as const;

/** Mark of nodes and volumes that only exist on paper (KWOK documentation, "Getting started"). */
export const FAKE = { 'kwok.x-k8s.io/node': 'fake' } as const;

interface NodeForm {
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
  readonly resources?: Readonly<Record<string, string>>;
  readonly architecture?: string;
}

const GPU_TAINT: Taint = { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' };
const LAST_RESORT: Taint = { key: 'e2e.airlock.example/last-resort', effect: 'PreferNoSchedule' };

function node(name: string, { labels = {}, taints = [], resources = {}, architecture = 'amd64' }: NodeForm): Node {
  const capacity = { ...CAPACITY, ...resources };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: FAKE,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': architecture,
        ...labels,
      },
    },
    spec: { taints: [...taints] },
    status: { capacity, allocatable: capacity },
  };
}

/** Slices of an 80 GB H100 or A100 (NVIDIA's MIG User Guide, "Supported MIG Profiles"). */
const SLICES: Readonly<Record<string, number>> = { '1g.10gb': 7, '2g.20gb': 3, '3g.40gb': 2, '7g.80gb': 1 };

/** What a device plugin publishes (NVIDIA/k8s-device-plugin README, "Shared Access to GPUs"; its docs of MIG strategies). */
function published({ accelerator, gpusPerNode = 0, sharing = 'exclusive' }: Pool): Record<string, string> {
  if (accelerator === 'none') return {};
  if (sharing === 'exclusive') return { 'nvidia.com/gpu': String(gpusPerNode) };
  const { mig, strategy, timeSlicing = 1 } = sharing;
  if (mig === undefined) return { 'nvidia.com/gpu.shared': String(gpusPerNode * timeSlicing) };
  const slices = SLICES[mig];
  if (slices === undefined) throw new Error(`write down how many slices ${mig} a GPU has`);
  return { [strategy === 'single' ? 'nvidia.com/gpu' : `nvidia.com/mig-${mig}`]: String(gpusPerNode * slices) };
}

/** Labels, taints and resources are written out here, as NVIDIA's and our documents state them, not taken from the kit. */
function poolNodes(site: Site, enclave: Enclave, pool: Pool): Node[] {
  const resources = published(pool);
  const form: NodeForm = {
    labels: { 'airlock.dev/pool': pool.name },
    architecture: poolPlatform(site, pool).split('/')[1] ?? '',
    resources,
    ...(pool.accelerator === 'none' ? {} : { taints: [GPU_TAINT] }),
  };
  return (enclave.pools[pool.name]?.nodes ?? []).map((name) => node(name, form));
}

/** Nodes that would take a pod whose selector or toleration is wrong; pods that may go anywhere find better ones. */
const DECOYS: readonly Node[] = [
  node('other-cpu', { taints: [LAST_RESORT] }),
  node('other-gpu', {
    labels: { 'airlock.dev/pool': 'somebody-elses' },
    taints: [GPU_TAINT, LAST_RESORT],
    resources: { 'nvidia.com/gpu': '16' },
  }),
];

export const nodesOf = (site: Site, enclave: Enclave): Node[] => [
  ...site.pools.flatMap((pool) => poolNodes(site, enclave, pool)),
  ...DECOYS,
];

/** Ready, and the controllers have taken off the taints that a new node has. */
const isReady = ({ spec, status }: Node): boolean =>
  (status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false) &&
  !(spec?.taints ?? []).some(({ key }) => key.startsWith('node.kubernetes.io/'));

/**
 * Creates the nodes and what keeps them alive; returns once all of them are Ready.
 *
 * @param config of KWOK; by its own, pods are gone at once when they are told to end
 */
export async function startNodes(
  { kubectl, kubeconfig }: ControlPlane,
  nodes: readonly Node[],
  config?: string,
): Promise<Service> {
  const admin = kubectl('admin');
  await admin.apply(nodes, 'e2e');
  const ready = async (): Promise<boolean> => {
    const listed = await admin.list<Node>('nodes');
    return listed.length >= nodes.length && listed.every(isReady);
  };
  const args = [
    `--kubeconfig=${kubeconfig('admin')}`,
    '--manage-all-nodes=true',
    '--server-address=127.0.0.1:10247',
    '--node-lease-duration-seconds=40',
    ...(config === undefined ? [] : [`--config=${config}`]),
  ];
  return startService(goProgram(KWOK), args, { ready, withinMs: 60_000 });
}
