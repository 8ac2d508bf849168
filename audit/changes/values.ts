/** Values of a change as a reviewer sees them: short, at the place where they differ, and never a secret. */
import { canonicalJson } from '../../core/canonical-json';
import { shown } from '../evaluate';
import { namesSecret } from '../secrets/patterns';
import type { Change } from './change';

/** What is kept of a long text around the difference. */
const CONTEXT = 40;
const LONG = 160;
const WITHHELD = '(withheld: by its name it may be a secret)';

/** A value without the texts that stand under a name which announces a secret, at any depth. */
function withheld(value: unknown, name: string): unknown {
  if (typeof value === 'string') return namesSecret(name) ? WITHHELD : value;
  if (Array.isArray(value)) return value.map((one) => withheld(one, name));
  if (typeof value !== 'object' || value === null) return value;
  const own: unknown = Reflect.get(value, 'name');
  // Variables and the like: {name, value}.
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      key,
      withheld(child, key === 'value' && typeof own === 'string' ? own : key),
    ]),
  );
}

/** Texts as they are, anything else as JSON; undefined where there is none. */
const valueText = (value: unknown): string | undefined =>
  value === undefined ? undefined : typeof value === 'string' ? value : canonicalJson(value).toString('utf8');

function commonStart(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
}

function commonEnd(a: string, b: string): number {
  let count = 0;
  while (count < Math.min(a.length, b.length) && a.at(-1 - count) === b.at(-1 - count)) count += 1;
  return count;
}

/** Both without what is the same at their start and end, where they are long. */
export function contrasted(before: string, after: string): readonly [string, string] {
  if (Math.max(before.length, after.length) <= LONG) return [before, after];
  const start = Math.max(0, commonStart(before, after) - CONTEXT);
  const [restBefore, restAfter] = [before.slice(start), after.slice(start)];
  const end = Math.max(0, commonEnd(restBefore, restAfter) - CONTEXT);
  const cut = (rest: string): string =>
    `${start > 0 ? '…' : ''}${end > 0 ? rest.slice(0, Math.max(0, rest.length - end)) : rest}${end > 0 ? '…' : ''}`;
  return [cut(restBefore), cut(restAfter)];
}

/**
 * The two sides of a change.
 *
 * @param name under which the values stand; one that announces a secret shows none
 */
export function sides(name: string, before: unknown, after: unknown): Pick<Change, 'before' | 'after'> {
  const [old, now] = [valueText(withheld(before, name)), valueText(withheld(after, name))];
  if (old !== undefined && now !== undefined) {
    const [left, right] = contrasted(old, now);
    return { before: shown(left), after: shown(right) };
  }
  return { ...(old === undefined ? {} : { before: shown(old) }), ...(now === undefined ? {} : { after: shown(now) }) };
}
