/** Pods stay inside: no namespace of the node, no network beside the cluster's, no request of the kubelet elsewhere. */
import { type AdmissionRule, celList } from './policy';

/**
 * Annotations by which a pod asks for another network: Multus (k8snetworkplumbingwg/multus-cni docs/how-to-use.md,
 * docs/configuration.md). NetworkPolicy knows nothing of such interfaces.
 */
const NETWORK_ANNOTATIONS = ['k8s.v1.cni.cncf.io/networks', 'v1.multus-cni.io/default-network'];

const HANDLERS = [
  ...['livenessProbe', 'readinessProbe', 'startupProbe'].map((probe) => `c.?${probe}`),
  ...['postStart', 'preStop'].map((hook) => `c.?lifecycle.?${hook}`),
];

/** Hosts that probes and hooks of a list of containers name; the kubelet would connect to them for the pod. */
const hostsOf = (list: string): string =>
  `object.spec.?${list}.orValue([]).map(c, [${HANDLERS.flatMap((handler) =>
    ['httpGet', 'tcpSocket'].map((action) => `${handler}.?${action}.?host.orValue("")`),
  ).join(', ')}])`;

export const hostAccessRule: AdmissionRule = {
  name: 'airlock-host-access',
  resourceRules: [
    {
      apiGroups: [''],
      apiVersions: ['*'],
      operations: ['CREATE', 'UPDATE'],
      resources: ['pods', 'pods/ephemeralcontainers'],
    },
  ],
  validations: [
    {
      expression: ['hostNetwork', 'hostPID', 'hostIPC']
        .map((field) => `!object.spec.?${field}.orValue(false)`)
        .join(' && '),
      message: 'hostNetwork, hostPID and hostIPC put a pod outside of every network policy',
      reason: 'Forbidden',
    },
    {
      expression: `(${hostsOf('containers')} + ${hostsOf('initContainers')}).all(hosts, hosts.all(h, h == ""))`,
      message: 'a probe or hook with a host makes the kubelet connect there, past every network policy',
      reason: 'Forbidden',
    },
    {
      expression: `${celList(NETWORK_ANNOTATIONS)}.all(a, !(a in object.metadata.?annotations.orValue({})))`,
      message: 'network policies do not reach the networks that this annotation adds',
      reason: 'Forbidden',
    },
  ],
};
