/**
 * Whether a value that Terraform plans is the one that a configuration states. Providers turn blocks into lists of one, sort
 * sets and fill in defaults; a value that is stated stays.
 */
import { decodeTemplate } from '../../core/terraform-template';
import { parseQuantity } from '../../core/quantity';

type Raw = Readonly<Record<string, unknown>>;

/** A value that differs, by its path inside of the resource. */
export interface Difference {
  readonly path: string;
  readonly why: string;
}

const isRaw = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value);
const below = (path: string, key: string | number): string => (path === '' ? String(key) : `${path}.${key}`);
const own = (value: unknown, key: string): unknown =>
  isRaw(value) && Object.hasOwn(value, key) ? value[key] : undefined;

/** A quantity that the API server writes in its own way: 0.5 is 500m. */
function sameQuantity(stated: string, planned: string): boolean {
  try {
    return parseQuantity(stated) === parseQuantity(planned);
  } catch {
    return false;
  }
}

/** 53 is "53" where a provider's argument is a text. */
function sameText(stated: boolean | number | string, planned: unknown): boolean {
  if (typeof planned !== 'string' && typeof planned !== 'number' && typeof planned !== 'boolean') return false;
  const [one, other] = [`${stated}`, `${planned}`];
  return one === other || sameQuantity(one, other);
}

function scalar(stated: boolean | number | string, planned: unknown, unknown: unknown, path: string): Difference[] {
  const template = typeof stated === 'string' ? decodeTemplate(stated) : undefined;
  // What an expression comes to is Terraform's to say; that it may stand there, the audit has said.
  if (template !== undefined && template.expressions.length > 0) return [];
  const text = template !== undefined && 'text' in template ? template.text : stated;
  if (unknown === true) return [{ path, why: 'is stated, and Terraform plans a value that nobody knows yet' }];
  return sameText(text, planned) ? [] : [{ path, why: 'is planned with another value than is stated' }];
}

/** Each stated element must be one of the planned ones, of which none counts twice: sets come in another order. */
function list(stated: readonly unknown[], planned: readonly unknown[], unknown: unknown, path: string): Difference[] {
  if (stated.length !== planned.length) {
    return [
      {
        path,
        why: `has ${String(planned.length)} elements in the plan of Terraform, and ${String(stated.length)} are stated`,
      },
    ];
  }
  const unknowns = (at: number): unknown => (Array.isArray(unknown) ? (unknown as unknown[])[at] : undefined);
  const left = new Set(planned.keys());
  return stated.flatMap((one, at) => {
    const fits = (index: number): boolean => differences(one, planned[index], unknowns(index), '').length === 0;
    const found = left.has(at) && fits(at) ? at : [...left].find(fits);
    if (found !== undefined) left.delete(found);
    return found === undefined ? differences(one, planned[at], unknowns(at), below(path, at)) : [];
  });
}

/**
 * Where a planned value is not the stated one; empty where it is.
 *
 * @param unknown what of it is known only once it is applied (`after_unknown`): true, or an object or list of such
 */
export function differences(stated: unknown, planned: unknown, unknown: unknown, path: string): Difference[] {
  if (stated === null || stated === undefined) return [];
  if (unknown === true && typeof stated === 'object')
    return [{ path, why: 'is stated, and Terraform plans what nobody knows yet' }];
  if (isRaw(stated)) {
    // A block is a list of one.
    if (Array.isArray(planned) && planned.length === 1)
      return differences(stated, planned[0], Array.isArray(unknown) ? (unknown as unknown[])[0] : undefined, path);
    return Object.entries(stated)
      .filter(([key]) => key !== '//')
      .flatMap(([key, one]) => differences(one, own(planned, key), own(unknown, key), below(path, key)));
  }
  if (Array.isArray(stated)) {
    if (Array.isArray(planned)) return list(stated, planned, unknown, path);
    if (stated.length === 1 && isRaw(planned)) return differences(stated[0], planned, unknown, path);
    return stated.length === 0 ? [] : [{ path, why: 'is stated, and Terraform plans without it' }];
  }
  return scalar(stated as boolean | number | string, planned, unknown, path);
}
