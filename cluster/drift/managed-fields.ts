/** Who set which field: what the API server records beside every object (kubernetes.io, "Server-Side Apply", field management). */
import type { FieldPath, Step } from '../../core/field-path';

export interface ManagedFields {
  readonly manager?: string;
  readonly subresource?: string;
  readonly time?: string;
  readonly fieldsV1?: object;
}

/** A field and who set it. */
export interface OwnedField {
  readonly path: FieldPath;
  readonly manager: string;
  /** RFC 3339. */
  readonly time: string | undefined;
}

/** kubernetes-sigs/structured-merge-diff, fieldpath/serialize-pe.go: `f:` a field, `k:` keys, `v:` a value, `i:` an index. */
function stepOf(key: string): Step | undefined {
  const [kind, text] = [key.slice(0, 2), key.slice(2)];
  if (kind === 'f:') return text;
  return kind === 'k:' ? (JSON.parse(text) as Step) : undefined;
}

function leaves(fields: object, path: FieldPath): FieldPath[] {
  const entries = Object.entries(fields as Record<string, object>).filter(([key]) => key !== '.');
  if (entries.length === 0) return [path];
  return entries.flatMap(([key, below]) => {
    const step = stepOf(key);
    // Values and indexes stand for the list that holds them.
    return step === undefined ? [path] : leaves(below, [...path, step]);
  });
}

/** All fields that have an owner; the status belongs to controllers and is left out. */
export const ownedFields = (managed: readonly ManagedFields[]): OwnedField[] =>
  managed
    .filter(({ subresource = '' }) => subresource !== 'status')
    .flatMap(({ manager = 'unknown', time, fieldsV1 = {} }) =>
      leaves(fieldsV1, []).map((path) => ({ path, manager, time })),
    );

const startsWith = (path: FieldPath, prefix: FieldPath): boolean =>
  JSON.stringify(path.slice(0, prefix.length)) === JSON.stringify(prefix);

/** Who set a field last: the field itself, or what it is part of, or a part of it. */
export function ownerOf(path: FieldPath, owned: readonly OwnedField[]): OwnedField | undefined {
  return owned
    .filter((field) => startsWith(field.path, path) || startsWith(path, field.path))
    .sort((a, b) => ((a.time ?? '') < (b.time ?? '') ? 1 : -1))[0];
}
