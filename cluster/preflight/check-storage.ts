/** Whether every claim of the plan finds a StorageClass. */
import type { StorageClass } from 'kubernetes-types/storage/v1';
import type { PlainObject } from '../../audit/kubernetes/plain';
import type { ClusterFacts } from './facts';
import { fail, type Finding, ok } from './finding';

/** Kubernetes documentation, "Change the default StorageClass". */
const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';

interface ClaimSpec {
  readonly storageClassName?: string;
  readonly volumeName?: string;
}

interface Claim {
  readonly subject: string;
  readonly key: string;
  readonly spec: ClaimSpec;
}

function claimsOf(objects: readonly PlainObject[]): Claim[] {
  return objects.flatMap(({ kind, metadata: { name, namespace = 'default' }, spec }) => {
    const key = `${namespace}/${name}`;
    if (kind === 'PersistentVolumeClaim') return [{ subject: `claim ${key}`, key, spec: spec as ClaimSpec }];
    const { volumeClaimTemplates = [] } = (spec ?? {}) as {
      readonly volumeClaimTemplates?: readonly {
        readonly metadata: { readonly name: string };
        readonly spec: ClaimSpec;
      }[];
    };
    return volumeClaimTemplates.map((template) => ({
      subject: `claims ${template.metadata.name} of ${kind} ${key}`,
      key: `${namespace}/${template.metadata.name}-${name}-0`,
      spec: template.spec,
    }));
  });
}

const isDefault = ({ metadata }: StorageClass): boolean => metadata?.annotations?.[DEFAULT_CLASS] === 'true';

export function checkStorage({ storageClasses, claims }: ClusterFacts, objects: readonly PlainObject[]): Finding[] {
  const names = storageClasses.flatMap(({ metadata }) => metadata?.name ?? []);
  const known = names.length === 0 ? 'the cluster has none' : `classes: ${[...names].sort().join(', ')}`;
  return claimsOf(objects).map(({ subject, key, spec }) => {
    if (claims.has(key)) return ok('storage', subject, 'it exists');
    // Bound by hand: an empty class and a volume's name (Kubernetes documentation, "Reserving a PersistentVolume").
    if (spec.storageClassName === '' || spec.volumeName !== undefined) return ok('storage', subject, 'bound by hand');
    if (spec.storageClassName !== undefined) {
      return names.includes(spec.storageClassName)
        ? ok('storage', subject, `class ${spec.storageClassName}`)
        : fail(
            'storage',
            subject,
            `there is no StorageClass "${spec.storageClassName}"`,
            `name another in enclave.yaml; ${known}`,
          );
    }
    const chosen = storageClasses.filter(isDefault).map(({ metadata }) => metadata?.name ?? '');
    return chosen.length > 0
      ? ok('storage', subject, `class ${chosen.sort().join(', ')} by default`)
      : fail(
          'storage',
          subject,
          'it names no StorageClass, and none is the default',
          `write storage.className in enclave.yaml; ${known}`,
        );
  });
}
