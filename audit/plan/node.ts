/** The values of a plan with their places: what rules walk instead of bare JSON. */
import { decodeTemplate } from '../../core/terraform-template';

/** Where a value stands. */
export interface Where {
  /** JSON Pointer (RFC 6901) into the stack's cdk.tf.json. */
  readonly pointer: string;
  /** For a value inside a Helm release: JSON Pointer into the document that the `values` string holds. */
  readonly inner?: string;
}

export interface ObjectNode {
  readonly kind: 'object';
  readonly where: Where;
  readonly entries: ReadonlyMap<string, PlanNode>;
}

export interface ListNode {
  readonly kind: 'list';
  readonly where: Where;
  readonly items: readonly PlanNode[];
}

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly where: Where;
  readonly value: string | number | boolean;
}

/** A value that only Terraform can know. */
export interface UnresolvedNode {
  readonly kind: 'unresolved';
  readonly where: Where;
  /** The string as written. */
  readonly source: string;
  /** The expressions in it, without their braces. */
  readonly expressions: readonly string[];
  /** True where the whole string is one expression. */
  readonly whole: boolean;
}

/** A value of the plan; `null` and absent are the same, as Terraform and Kubernetes have it. */
export type PlanNode = ObjectNode | ListNode | ScalarNode | UnresolvedNode;

/** RFC 6901, section 3. */
export function escapeSegment(segment: string | number): string {
  const text = String(segment);
  return text.includes('~') || text.includes('/') ? text.replaceAll('~', '~0').replaceAll('/', '~1') : text;
}

/** A place that is spelled out where somebody asks for it: of most values of a plan nobody does. */
abstract class Child {
  public constructor(
    private readonly parent: Where,
    private readonly segment: string | number,
  ) {}

  /** The place of the first parent that is none of these, and the segments from there. */
  protected spelled(): { readonly start: Where; readonly path: string } {
    let path = '';
    let place: Where = this as unknown as Where;
    while (place instanceof Child) {
      path = `/${escapeSegment(place.segment)}${path}`;
      place = place.parent;
    }
    return { start: place, path };
  }
}

class Outer extends Child implements Where {
  public get pointer(): string {
    const { start, path } = this.spelled();
    return `${start.pointer}${path}`;
  }
}

/** Below a value of the document that a string holds. */
class Inner extends Child implements Where {
  public get pointer(): string {
    return this.spelled().start.pointer;
  }

  public get inner(): string {
    const { start, path } = this.spelled();
    return `${start.inner ?? ''}${path}`;
  }
}

const isInner = (where: Where): boolean => where instanceof Inner || (!(where instanceof Outer) && 'inner' in where);

/** The place of a child value. */
export const below = (where: Where, segment: string | number): Where =>
  isInner(where) ? new Inner(where, segment) : new Outer(where, segment);

/** A place as plain data. */
export const spelledOut = ({ pointer, inner }: Where): Where => ({
  pointer,
  ...(inner === undefined ? {} : { inner }),
});

/** How a string becomes a node: with Terraform's templates decoded, or as it stands. */
type ReadText = (text: string, where: Where) => PlanNode;

const readTemplate: ReadText = (text, where) => {
  const template = decodeTemplate(text);
  return 'text' in template
    ? { kind: 'scalar', where, value: template.text }
    : { kind: 'unresolved', where, source: text, expressions: template.expressions, whole: template.whole };
};

const readPlain: ReadText = (text, where) => ({ kind: 'scalar', where, value: text });

function read(value: unknown, where: Where, readText: ReadText): PlanNode {
  if (typeof value === 'string') return readText(value, where);
  if (typeof value === 'number' || typeof value === 'boolean') return { kind: 'scalar', where, value };
  if (Array.isArray(value)) {
    // A null element is an empty block or struct to both readers: `egress: [null]` allows everything.
    const items = value.map((item: unknown, at) => read(item ?? {}, below(where, at), readText));
    return { kind: 'list', where, items };
  }
  const entries = new Map<string, PlanNode>();
  for (const [key, item] of Object.entries((value ?? {}) as Record<string, unknown>)) {
    if (item === null || item === undefined) continue;
    const name = readText(key, where);
    if (name.kind !== 'scalar') return name; // a computed key: nothing can be said about the whole object
    entries.set(String(name.value), read(item, below(where, key), readText));
  }
  return { kind: 'object', where, entries };
}

/** Nodes of Terraform JSON: strings are templates. */
export const terraformNode = (value: unknown, where: Where): PlanNode => read(value, where, readTemplate);

/** Nodes of plain JSON, e.g. of a document inside a string that has been decoded already. */
export const jsonNode = (value: unknown, where: Where): PlanNode => read(value, where, readPlain);
