/**
 * What is done about one field of a Kubernetes object: a rule judges it, or nothing hangs on it, with the reason why. A field
 * with neither is not read, and a plan that has it is not proven.
 */

/** A value of a leaf, as JSON has it. */
export type Leaf = string | number | boolean;

/** The values of a field on which nothing hangs. */
export interface Form {
  /** As findings name it, e.g. `a whole number`. */
  readonly name: string;
  readonly holds: (value: Leaf) => boolean;
}

/** A rule's verdict depends on the field; whatever its value, that rule speaks of it. */
export interface Judged {
  readonly by: readonly string[];
  /** Values that the API server takes; of any other nobody knows what becomes of it. */
  readonly form?: Form;
  /** Why a value that these rules pass is as good as the one before. */
  readonly otherwise?: string;
}

/** Nothing that the audit proves depends on which of these values the field has, nor on whether it is there. */
export interface Harmless {
  readonly reason: string;
  readonly form: Form;
}

export type Disposition = Judged | Harmless;

/** Path of fields → what is done about it: `a.b[].c["d.e"]`; `*` for any key of a map, `**` for all below. */
export type FieldTable = Readonly<Record<string, Disposition>>;

/** @param by ids of rules, such as `AIR-POD-1` */
export const judged = (...by: readonly string[]): Judged => ({ by });

/** The same, of values that are one of a form alone. */
export const judgedAs = (form: Form, ...by: readonly string[]): Judged => ({ by, form });

/** @param form which values; @param reason why nothing hangs on them */
export const harmless = (form: Form, reason: string): Harmless => ({ form, reason });

/** The same, and why a value that its rules pass is as good as the one before. */
export const orElse = (field: Judged, otherwise: string): Judged => ({ ...field, otherwise });

/** The same table below a path, e.g. the fields of a pod below `spec.template.spec`. */
export const below = (path: string, table: FieldTable): FieldTable =>
  Object.fromEntries(Object.entries(table).map(([field, disposition]) => [`${path}.${field}`, disposition]));

/** Values that a pattern describes. */
export const matching = (name: string, pattern: RegExp): Form => ({
  name,
  holds: (value) => pattern.test(String(value)),
});

/** Also as Terraform writes it, in a string. */
export const WHOLE_NUMBER: Form = matching('a whole number', /^-?\d{1,18}$/);
export const FLAG: Form = { name: 'true or false', holds: (value) => /^(?:true|false)$/.test(String(value)) };
export const ANY_TEXT: Form = { name: 'a text', holds: (value) => typeof value === 'string' };
/** k8s.io/apimachinery resource.Quantity. */
export const QUANTITY: Form = matching('a quantity', /^[+-]?\d+(?:\.\d+)?(?:[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/);
/** RFC 1123, label or subdomain. */
export const NAME: Form = matching('a name', /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/);
/** A count, or a share of one, e.g. `25%` (intstr.IntOrString). */
export const COUNT_OR_SHARE: Form = matching('a count or a percentage', /^\d{1,9}%?$/);
export const oneOf = (...values: readonly Leaf[]): Form => ({
  name: values.map((value) => JSON.stringify(value)).join(' or '),
  holds: (value) => values.some((one) => String(one) === String(value)),
});

/** A number, or the name of a port of the pod. */
export const PORT: Form = {
  name: 'a port',
  holds: (value) => /^(?:\d{1,5}|[a-z0-9](?:[-a-z0-9]{0,13}[a-z0-9])?)$/.test(String(value)),
};
