/** Everything that is wrong with a value whose judge stops at the first fault. */
import { AirlockError } from './errors';

/** A fault, and the part that it is in, where leaving that out mends it. */
export interface PartFault<P> {
  readonly error: AirlockError;
  readonly part?: P;
}

/** A value with a part left out. */
export interface Mended<T, P> {
  readonly part: P;
  readonly value: T;
}

/** What a judge throws; undefined where it takes the value. */
export function faultOf(judge: () => unknown): AirlockError | undefined {
  try {
    judge();
    return undefined;
  } catch (error) {
    if (error instanceof AirlockError) return error;
    throw error;
  }
}

/**
 * Judges, leaves out what was wrong, and judges again.
 *
 * @param mends the value with one part left out, in each way that there is: what is left must be no fault that nobody wrote
 * @returns the faults, and what is left of the value; undefined where a fault is of what it cannot do without
 */
export function everyFault<T, P>(
  value: T,
  judge: (value: T) => unknown,
  mends: (value: T) => Iterable<Mended<T, P>>,
): { readonly faults: readonly PartFault<P>[]; readonly left: T | undefined } {
  const faults: PartFault<P>[] = [];
  let left = value;
  for (;;) {
    const error = faultOf(() => judge(left));
    if (error === undefined) return { faults, left };
    let next: Mended<T, P> | undefined;
    for (const one of mends(left)) {
      if (faultOf(() => judge(one.value))?.message === error.message) continue;
      next = one;
      break;
    }
    faults.push(next === undefined ? { error } : { error, part: next.part });
    if (next === undefined) return { faults, left: undefined };
    left = next.value;
  }
}
