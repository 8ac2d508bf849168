/**
 * From the Kubernetes provider's block names to the field names of the Kubernetes API.
 *
 * The provider writes repeated blocks in the singular (`container`), snake case throughout, and fills some absent values
 * with defaults of its own (hashicorp/terraform-provider-kubernetes v2.38, kubernetes/structures_*.go).
 */
import { Unproven } from '../plan/access';
import type { ListNode, ObjectNode, PlanNode, ScalarNode } from '../plan/node';

/** Blocks that are lists in the API, under the name they have there. */
export const LIST_BLOCKS: Readonly<Record<string, string>> = {
  container: 'containers',
  egress: 'egress',
  env: 'env',
  env_from: 'envFrom',
  from: 'from',
  host_aliases: 'hostAliases',
  http_header: 'httpHeaders',
  image_pull_secret: 'imagePullSecrets',
  image_pull_secrets: 'imagePullSecrets',
  ingress: 'ingress',
  init_container: 'initContainers',
  items: 'items',
  limit: 'limits',
  match_expressions: 'matchExpressions',
  match_fields: 'matchFields',
  node_selector_term: 'nodeSelectorTerms',
  on_pod_condition: 'onPodConditions',
  option: 'options',
  port: 'ports',
  ports: 'ports',
  readiness_gate: 'readinessGates',
  rule: 'rules',
  sources: 'sources',
  subject: 'subjects',
  sysctl: 'sysctls',
  to: 'to',
  toleration: 'tolerations',
  topology_spread_constraint: 'topologySpreadConstraints',
  volume: 'volumes',
  volume_claim_template: 'volumeClaimTemplates',
  volume_device: 'volumeDevices',
  volume_mount: 'volumeMounts',
};

/** Names that camel case alone does not give. */
const RENAMED: Readonly<Record<string, string>> = {
  ceph_fs: 'cephfs',
  cluster_ip: 'clusterIP',
  cluster_ips: 'clusterIPs',
  downward_api: 'downwardAPI',
  external_ips: 'externalIPs',
  host_ip: 'hostIP',
  host_ipc: 'hostIPC',
  host_pid: 'hostPID',
  load_balancer_ip: 'loadBalancerIP',
  pod_ip: 'podIP',
};

/** Maps whose keys are data, not field names. */
const MAPS = new Set([
  'annotations',
  'labels',
  'match_labels',
  'data',
  'data_wo',
  'binary_data',
  'binary_data_wo',
  'node_selector',
  'limits',
  'requests',
  'hard',
  'default',
  'default_request',
  'parameters',
  'volume_attributes',
]);

const camelCase = (name: string): string =>
  RENAMED[name] ?? name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

const isBlock = (node: PlanNode): boolean =>
  node.kind === 'object' || (node.kind === 'list' && node.items.every((item) => item.kind === 'object'));

const asList = (node: PlanNode): ListNode =>
  node.kind === 'list' ? node : { kind: 'list', where: node.where, items: [node] };

function convertValue(name: string, value: PlanNode): PlanNode {
  if (MAPS.has(name)) return value.kind === 'list' && value.items[0] !== undefined ? value.items[0] : value;
  if (value.kind === 'object') return convert(value);
  if (value.kind === 'list') return { ...value, items: value.items.map((item) => convertValue('', item)) };
  return value;
}

/** A service's selector is a map of labels; a workload's holds match_labels and match_expressions. */
const isLabelMap = (value: PlanNode): boolean =>
  value.kind === 'object' && !value.entries.has('match_labels') && !value.entries.has('match_expressions');

function convert(block: ObjectNode): ObjectNode {
  const entries = new Map<string, PlanNode>();
  for (const [name, value] of block.entries) {
    if (name === 'dynamic') throw new Unproven('a dynamic block: its contents are known only after apply', value.where);
    const list = LIST_BLOCKS[name];
    if (list !== undefined && isBlock(value)) {
      const items = asList(value).items.map((item) => convertValue('', item));
      // `port` may stand as a block here and as a number elsewhere; an empty list block is an absent one.
      entries.set(list, { kind: 'list', where: value.where, items });
    } else if (name === 'selector' && isLabelMap(value)) entries.set(name, value);
    else if (value.kind === 'list' && isBlock(value) && value.items.length <= 1 && !MAPS.has(name)) {
      const [only] = value.items;
      if (only !== undefined) entries.set(camelCase(name), convertValue(name, only));
    } else entries.set(camelCase(name), convertValue(name, value));
  }
  return { kind: 'object', where: block.where, entries };
}

function withDefault(block: ObjectNode, key: string, value: boolean): ObjectNode {
  if (block.entries.has(key)) return block;
  const node: ScalarNode = { kind: 'scalar', where: block.where, value };
  return { ...block, entries: new Map([...block.entries, [key, node]]) };
}

/**
 * What the provider sends where a security context leaves a field out: it has no way to leave it out, once the block has
 * any field at all. A container's `runAsNonRoot: false` then overrides the pod's `true`
 * (structures_container.go, expandContainerSecurityContext; structures_pod.go, expandPodSecurityContext).
 */
function fillSecurityContexts(node: PlanNode, inContainer: boolean): PlanNode {
  if (node.kind === 'list')
    return { ...node, items: node.items.map((item) => fillSecurityContexts(item, inContainer)) };
  if (node.kind !== 'object') return node;
  const entries = new Map<string, PlanNode>();
  for (const [key, value] of node.entries) {
    const container = key === 'containers' || key === 'initContainers';
    if (key !== 'securityContext' || value.kind !== 'object' || value.entries.size === 0) {
      entries.set(key, fillSecurityContexts(value, container || inContainer));
      continue;
    }
    const nonRoot = withDefault(value, 'runAsNonRoot', false);
    entries.set(
      key,
      inContainer ? withDefault(withDefault(nonRoot, 'allowPrivilegeEscalation', true), 'privileged', false) : nonRoot,
    );
  }
  return { ...node, entries };
}

/**
 * The Kubernetes form of a typed resource's body.
 *
 * @throws Unproven for a dynamic block
 */
export function kubernetesForm(body: ObjectNode): ObjectNode {
  return fillSecurityContexts(convert(body), false) as ObjectNode;
}
