/** Values drawn from a seeded source. */

export type Random = () => number;

export const below = (random: Random, limit: number): number => Math.floor(random() * limit);

export function pick<T>(random: Random, list: readonly T[]): T {
  const picked = list[below(random, list.length)];
  if (picked === undefined) throw new Error('nothing to pick from');
  return picked;
}

/** Characters of an alphabet; `from` is a text, one character each. */
export const draw = (random: Random, count: number, from: string): string =>
  Array.from({ length: count }, () => from.charAt(below(random, from.length))).join('');

export const digits = (random: Random, count: number): string => draw(random, count, '0123456789');

export const padded = (value: number, width = 2): string => String(value).padStart(width, '0');

/** A number of which the first digit is none of 0. */
export const number = (random: Random, count: number): string =>
  draw(random, 1, '123456789') + digits(random, count - 1);

/** A day that every calendar has, in the twentieth century from 1940 on. */
export function birth(random: Random): { readonly day: number; readonly month: number; readonly year: number } {
  return { day: 1 + below(random, 28), month: 1 + below(random, 12), year: 1940 + below(random, 60) };
}

/** Draws again until there is one: some numbers have no check digit and are never issued. */
export function until<T>(make: () => T | undefined): T {
  for (;;) {
    const made = make();
    if (made !== undefined) return made;
  }
}
