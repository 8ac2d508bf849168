/** An API server behind kubectl, as far as `airlock drift` asks it: discovery, and lists of kinds. */
import type { PlainObject } from '../../../audit/kubernetes/plain';
import { ALWAYS_SERVED } from '../../../catalog/controller-made';
import type { Kubectl, Ran } from '../../../cluster/kubectl';

export interface FakeKind {
  readonly group: string;
  readonly kind: string;
  readonly resource: string;
  readonly namespaced: boolean;
  readonly verbs?: readonly string[];
}

const CLUSTER_SCOPED = /^clusterrole|configurations$|admissionpolic/;
const KINDS: Readonly<Record<string, string>> = {
  configmaps: 'ConfigMap',
  cronjobs: 'CronJob',
  clusterrolebindings: 'ClusterRoleBinding',
  daemonsets: 'DaemonSet',
  endpointslices: 'EndpointSlice',
  ingresses: 'Ingress',
  mutatingwebhookconfigurations: 'MutatingWebhookConfiguration',
  networkpolicies: 'NetworkPolicy',
  persistentvolumeclaims: 'PersistentVolumeClaim',
  replicasets: 'ReplicaSet',
  rolebindings: 'RoleBinding',
  serviceaccounts: 'ServiceAccount',
  statefulsets: 'StatefulSet',
  validatingadmissionpolicies: 'ValidatingAdmissionPolicy',
  validatingadmissionpolicybindings: 'ValidatingAdmissionPolicyBinding',
  validatingwebhookconfigurations: 'ValidatingWebhookConfiguration',
};

const kindOf = (resource: string): string =>
  KINDS[resource] ??
  `${resource.charAt(0).toUpperCase()}${resource.slice(1, resource === 'endpoints' ? undefined : -1)}`;

/** What every server has, with namespaces. */
export const USUAL: readonly FakeKind[] = [
  { group: '', kind: 'Namespace', resource: 'namespaces', namespaced: false },
  ...ALWAYS_SERVED.map((name) => {
    const [group = '', resource = ''] = name.split('/');
    return { group, kind: kindOf(resource), resource, namespaced: !CLUSTER_SCOPED.test(resource) };
  }),
];

export interface FakeCluster {
  readonly objects?: readonly PlainObject[];
  readonly kinds?: readonly FakeKind[];
  /** Resources that nobody may list. */
  readonly forbidden?: readonly string[];
  /** Groups whose server does not answer. */
  readonly silent?: readonly string[];
}

const WRITABLE = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];
const answer = (value: unknown): Ran => ({ code: 0, stdout: JSON.stringify(value), stderr: '' });
const refusal = (stderr: string): Ran => ({ code: 1, stdout: '', stderr });

export function fakeCluster({ objects = [], kinds = USUAL, forbidden = [], silent = [] }: FakeCluster): Kubectl {
  const groups = [...new Set(kinds.map(({ group }) => group))].filter((group) => group !== '');
  const raw = (address: string): Ran => {
    if (address === '/apis')
      return answer({ groups: groups.map((name) => ({ name, versions: [{ groupVersion: `${name}/v1` }] })) });
    const group = address === '/api/v1' ? '' : (address.split('/')[2] ?? '');
    if (silent.includes(group)) return refusal('Error from server (ServiceUnavailable): no answer');
    const resources = kinds.filter((kind) => kind.group === group);
    return answer({
      resources: resources.flatMap(({ resource: name, verbs = WRITABLE, ...rest }) => [
        { ...rest, name, verbs },
        { ...rest, name: `${name}/status`, verbs: ['get', 'patch'] },
      ]),
    });
  };
  const list = (resources: readonly string[], args: readonly string[]): Ran => {
    const namespace = args[args.indexOf('--namespace') + 1];
    const everywhere = !args.includes('--namespace');
    const asked = resources.map((name) => {
      const [resource = '', , ...group] = name.split('.');
      return kinds.find((kind) => kind.resource === resource && kind.group === group.join('.'));
    });
    if (asked.some((kind) => kind === undefined)) return refusal(`error: the server doesn't have a resource type`);
    const refused = asked.find((kind) => forbidden.includes(kind?.resource ?? ''));
    if (refused !== undefined) return refusal(`Error from server (Forbidden): ${refused.resource} is forbidden`);
    const items = objects.filter(({ apiVersion, kind, metadata }) => {
      const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
      const is = asked.some((one) => one?.kind === kind && one.group === group);
      return is && (everywhere || metadata.namespace === namespace);
    });
    return answer({ kind: 'List', items });
  };
  const run = (args: readonly string[]): Promise<Ran> => {
    const [, what = '', address = ''] = args;
    return Promise.resolve(what === '--raw' ? raw(address) : list(what.split(','), args));
  };
  return { run } as unknown as Kubectl;
}
