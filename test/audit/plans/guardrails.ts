/** Admission policies, the list that they read, and a policy of a higher tier, as a second release of the hand-written plan. */
import type { Lock } from '../../../site/generated/lock';
import policies from './admission-policies.json';

/** Position of an object in the release, for pointers. */
export const LIST = 0;
export const TIER = 1;
export const positionOf = (kind: string, name: string): number =>
  2 + policies.findIndex((object) => object.kind === kind && object.metadata.name === name);

function lockedList(lock: Lock, registry: string): Record<string, string> {
  const contents = [...lock.images, lock.derived.kit];
  return Object.fromEntries(
    contents.flatMap(({ repository, manifests }) =>
      manifests.map(({ digest }) => [digest.slice('sha256:'.length), `${registry}/${repository}@${digest}`]),
    ),
  );
}

export const guardrailObjects = (lock: Lock, registry: string): object[] => [
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'locked', namespace: 'airlock-serving' },
    data: lockedList(lock, registry),
  },
  {
    apiVersion: 'policy.networking.k8s.io/v1alpha2',
    kind: 'ClusterNetworkPolicy',
    metadata: { name: 'outside' },
    spec: {
      tier: 'Admin',
      priority: 10,
      subject: { namespaces: {} },
      egress: [
        { action: 'Pass', to: [{ namespaces: {} }] },
        { action: 'Deny', to: [{ networks: ['0.0.0.0/0', '::/0'] }] },
      ],
    },
  },
  ...structuredClone(policies),
];
