/** Every single change of a document: each leaf, each removal, each key that nobody knows. */
import { escapeSegment } from '../../../audit/plan/node';

export interface Change {
  /** JSON Pointer of what changes. */
  readonly pointer: string;
  readonly kind: 'value' | 'type' | 'removal' | 'twice' | 'unknown key';
  /** The document after it. */
  readonly apply: () => unknown;
}

type Holder = Record<string, unknown> | unknown[];

/** Another value of the same type, which a careless reader could take for the old one. */
function otherValue(value: unknown): unknown {
  if (typeof value === 'number') return value * 2 + 1;
  if (typeof value === 'boolean') return !value;
  return typeof value === 'string' ? `${value}x` : 'x';
}

const otherType = (value: unknown): unknown => (typeof value === 'string' ? { [value]: 1 } : String(value));

const segmentsOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((one) => one.replaceAll('~1', '/').replaceAll('~0', '~'));

/** A copy of the document in which the holder of a value was changed. */
function changed(document: unknown, pointer: string, change: (holder: Holder, key: string) => void): unknown {
  const copy = structuredClone({ root: document });
  const keys = ['root', ...segmentsOf(pointer)];
  const last = keys.pop() ?? '';
  const holder = keys.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], copy);
  change(holder as Holder, last);
  return copy.root;
}

const setTo = (value: unknown) => (holder: Holder, key: string) => {
  (holder as Record<string, unknown>)[key] = value;
};

function remove(holder: Holder, key: string): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else Reflect.deleteProperty(holder, key);
}

/** All of them, in the order of the document. */
export function changesOf(document: unknown): Change[] {
  const found: Change[] = [];
  const visit = (value: unknown, pointer: string): void => {
    const add = (kind: Change['kind'], change: (holder: Holder, key: string) => void): void => {
      found.push({ pointer, kind, apply: () => changed(document, pointer, change) });
    };
    if (pointer !== '') {
      add('removal', remove);
      add('type', setTo(otherType(value)));
    }
    if (Array.isArray(value)) {
      value.forEach((item: unknown, at) => {
        visit(item, `${pointer}/${String(at)}`);
      });
      if (value.length > 0) add('twice', setTo([...(value as unknown[]), ...(value as unknown[]).slice(-1)]));
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) visit(item, `${pointer}/${escapeSegment(key)}`);
      add('unknown key', setTo({ ...value, unheardOf: true }));
    } else add('value', setTo(otherValue(value)));
  };
  visit(document, '');
  return found;
}
