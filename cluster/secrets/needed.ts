/** Secrets that a plan names but, rightly, does not hold. */
import type { Container, PodSpec } from 'kubernetes-types/core/v1';
import type { PlainObject } from '../../audit/kubernetes/plain';
import { podsOf } from '../pod-specs';

export interface NeededSecret {
  readonly namespace: string;
  readonly name: string;
  /** Keys that the plan reads, sorted; empty where it takes whatever is there. */
  readonly keys: readonly string[];
  /** Type that the reader demands, e.g. `kubernetes.io/dockerconfigjson`. */
  readonly type: string;
  /** Who reads it, sorted. */
  readonly usedBy: readonly string[];
}

interface Reference {
  readonly name: string;
  readonly keys: readonly string[];
  readonly type?: string;
}

const DOCKER_CONFIG = 'kubernetes.io/dockerconfigjson';
const OPAQUE = 'Opaque';

function containerReferences({ env = [], envFrom = [] }: Container): Reference[] {
  return [
    ...env.flatMap(({ valueFrom }) => {
      const reference = valueFrom?.secretKeyRef;
      return reference?.name === undefined || reference.optional === true
        ? []
        : [{ name: reference.name, keys: [reference.key] }];
    }),
    ...envFrom.flatMap(({ secretRef }) =>
      secretRef?.name === undefined || secretRef.optional === true ? [] : [{ name: secretRef.name, keys: [] }],
    ),
  ];
}

function podReferences({ containers, initContainers = [], volumes = [], imagePullSecrets = [] }: PodSpec): Reference[] {
  return [
    ...[...initContainers, ...containers].flatMap(containerReferences),
    ...volumes.flatMap(({ secret, projected }) => [
      ...(secret?.secretName === undefined || secret.optional === true
        ? []
        : [{ name: secret.secretName, keys: (secret.items ?? []).map(({ key }) => key) }]),
      ...(projected?.sources ?? []).flatMap(({ secret: source }) =>
        source?.name === undefined || source.optional === true
          ? []
          : [{ name: source.name, keys: (source.items ?? []).map(({ key }) => key) }],
      ),
    ]),
    ...imagePullSecrets.flatMap(({ name }) =>
      name === undefined ? [] : [{ name, keys: ['.dockerconfigjson'], type: DOCKER_CONFIG }],
    ),
  ];
}

/** Every Secret that pods of the plan refer to and cannot start without, unless the plan makes it itself. */
export function neededSecrets(objects: readonly PlainObject[]): NeededSecret[] {
  const made = new Set(
    objects
      .filter(({ kind }) => kind === 'Secret')
      .map(({ metadata }) => `${metadata.namespace ?? 'default'}/${metadata.name}`),
  );
  const found = new Map<
    string,
    { keys: Set<string>; usedBy: Set<string>; type: string; namespace: string; name: string }
  >();
  for (const { subject, namespace, spec } of objects.flatMap(podsOf)) {
    for (const { name, keys, type } of podReferences(spec)) {
      const id = `${namespace}/${name}`;
      if (made.has(id)) continue;
      const entry = found.get(id) ?? { keys: new Set(), usedBy: new Set(), type: OPAQUE, namespace, name };
      for (const key of keys) entry.keys.add(key);
      entry.usedBy.add(subject);
      found.set(id, { ...entry, type: type ?? entry.type });
    }
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { keys, usedBy, ...secret }]) => ({ ...secret, keys: [...keys].sort(), usedBy: [...usedBy].sort() }));
}
