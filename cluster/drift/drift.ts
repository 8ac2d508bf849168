/** What differs between an object as it would be fresh from the plan and as it is: somebody changed it by hand. */
import type { PlainObject } from '../../audit/kubernetes/plain';
import { type Difference, differences, type FieldPath, formatPath, pointerTo } from '../../core/field-path';
import { type ManagedFields, ownedFields, ownerOf } from './managed-fields';

export interface ChangedField {
  /** `spec.template.spec.containers[engine].image`. */
  readonly path: string;
  /** Undefined where the plan has no such field. */
  readonly planned?: unknown;
  /** Undefined where it is gone. */
  readonly live?: unknown;
  /** Field manager that set it last, e.g. `kubectl-edit`. */
  readonly by?: string;
}

/** An operation of RFC 6902. */
export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}

export interface Drift {
  readonly object: PlainObject;
  /** `Deployment airlock-serving/chat`. */
  readonly subject: string;
  readonly missing: boolean;
  readonly fields: readonly ChangedField[];
  /** Puts the object back; empty when it is missing. */
  readonly patch: readonly PatchOperation[];
}

/** What the API server and the cluster's controllers fill in after an object was created. */
const FILLED_IN: Readonly<Record<string, readonly string[]>> = {
  Job: ['spec.selector', 'spec.template.metadata.labels'],
  Namespace: ['spec', 'metadata.labels["kubernetes.io/metadata.name"]'],
  PersistentVolumeClaim: ['spec.volumeName'],
  Service: ['spec.clusterIP', 'spec.clusterIPs', 'spec.ipFamilies', 'spec.ipFamilyPolicy'],
};

/** Helm puts its own name there (helm/helm pkg/action/validate.go, setMetadataVisitor). */
const MANAGED_BY = 'app.kubernetes.io/managed-by';

export const subjectOf = ({ kind, metadata: { name, namespace } }: PlainObject): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;

const isHelms = ({ path, live }: Difference): boolean =>
  path.length === 3 && path[0] === 'metadata' && path[2] === MANAGED_BY && live === 'Helm';

/** Others may label and annotate an object; what is planned of it must stay. */
const isNote = ({ path, planned }: Difference): boolean => path[0] === 'metadata' && planned === undefined;

/** Metadata that a plan decides about, and everything but the status. */
function compared(object: PlainObject): object {
  const { labels = {}, annotations = {} } = object.metadata as {
    readonly labels?: object;
    readonly annotations?: object;
  };
  const rest = Object.entries(object).filter(([name]) => name !== 'metadata' && name !== 'status');
  return { ...Object.fromEntries(rest), metadata: { labels, annotations } };
}

function operation({ path, planned, live }: Difference, object: PlainObject): PatchOperation {
  const pointer = pointerTo(object, path);
  if (planned === undefined) return { op: 'remove', path: pointer };
  return { op: live === undefined ? 'add' : 'replace', path: pointer, value: planned };
}

/**
 * @param fresh the planned object with the server's defaults
 * @param live the object as it is, with its managed fields
 */
export function driftOf(object: PlainObject, fresh: PlainObject, live: PlainObject): Drift {
  const filled = FILLED_IN[object.kind] ?? [];
  const owned = ownedFields((live.metadata['managedFields'] ?? []) as readonly ManagedFields[]);
  const by = (path: FieldPath): { by?: string } => {
    const manager = ownerOf(path, owned)?.manager;
    return manager === undefined ? {} : { by: manager };
  };
  const found = differences(compared(fresh), compared(live)).filter(
    (difference) =>
      !isHelms(difference) &&
      !isNote(difference) &&
      !filled.some((field) => formatPath(difference.path).startsWith(field)),
  );
  const operations = found.map((difference) => operation(difference, live));
  return {
    object,
    subject: subjectOf(object),
    missing: false,
    fields: found.map(({ path, planned, live: value }) => ({
      path: formatPath(path),
      ...(planned === undefined ? {} : { planned }),
      ...(value === undefined ? {} : { live: value }),
      ...by(path),
    })),
    // Removals last and from the end: each would move what comes after it in its list.
    patch: [
      ...operations.filter(({ op }) => op !== 'remove'),
      ...operations.filter(({ op }) => op === 'remove').reverse(),
    ],
  };
}
