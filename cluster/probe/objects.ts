/** Objects of the live probe: a namespace of its own, pods of the kit, and the policies whose effect is observed. */
import type { Toleration } from 'kubernetes-types/core/v1';
import type { PlainObject } from '../../audit/kubernetes/plain';

export const PROBE_PORT = 8080;
/** User of the kit's image. */
const USER = 65532;
/** Seconds after which the API server ends a probe's pod, whatever becomes of preflight. */
const DEADLINE = 600;
const ROLE = 'airlock.dev/preflight';

export type Role = 'server' | 'client' | 'pull';

/** @param annotations what the distribution demands of namespaces whose pods have fixed user ids */
export function probeNamespace(name: string, annotations: Readonly<Record<string, string>> = {}): PlainObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { [ROLE]: 'true', 'pod-security.kubernetes.io/enforce': 'restricted' }, annotations },
  };
}

export interface ProbePod {
  readonly namespace: string;
  readonly name: string;
  readonly role: Role;
  /** The kit's image, by digest. */
  readonly image: string;
  /** Arguments of the kit's program. */
  readonly args: readonly string[];
  /**
   * Node to run on.
   *
   * @default - where the scheduler likes
   */
  readonly node?: string;
  /**
   * @default - none
   */
  readonly nodeSelector?: Readonly<Record<string, string>>;
}

/** On a named node its taints do not matter: what is to be seen is whether it pulls. */
const EVERYWHERE: readonly Toleration[] = [{ operator: 'Exists' }];

export function probePod({ namespace, name, role, image, args, node, nodeSelector }: ProbePod): PlainObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { [ROLE]: role } },
    spec: {
      restartPolicy: 'Never',
      activeDeadlineSeconds: DEADLINE,
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      ...(nodeSelector === undefined ? {} : { nodeSelector }),
      ...(node === undefined
        ? {}
        : {
            tolerations: EVERYWHERE,
            affinity: {
              nodeAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: {
                  nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }],
                },
              },
            },
          }),
      containers: [
        {
          name: 'probe',
          image,
          imagePullPolicy: 'IfNotPresent',
          args: [...args],
          resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '256Mi' } },
          securityContext: {
            runAsUser: USER,
            runAsGroup: USER,
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    },
  };
}

const policy = (namespace: string, name: string, spec: object): PlainObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace },
  spec,
});

const only = (role: Role): object => ({ matchLabels: { [ROLE]: role } });
const PORTS = [{ protocol: 'TCP', port: PROBE_PORT }];

export const denyAll = (namespace: string): PlainObject =>
  policy(namespace, 'deny-all', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });

export const allowEgress = (namespace: string): PlainObject =>
  policy(namespace, 'allow-egress', {
    podSelector: only('client'),
    policyTypes: ['Egress'],
    egress: [{ to: [{ podSelector: only('server') }], ports: PORTS }],
  });

export const allowIngress = (namespace: string): PlainObject =>
  policy(namespace, 'allow-ingress', {
    podSelector: only('server'),
    policyTypes: ['Ingress'],
    ingress: [{ from: [{ podSelector: only('client') }], ports: PORTS }],
  });
