/** The strings of a value, and copies of it with others in their places. */

export type Place = readonly (string | number)[];

/** Where every string of a value lies. */
export function stringsOf(value: unknown, at: Place = []): Place[] {
  if (typeof value === 'string') return [at];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) =>
    stringsOf(part, [...at, Array.isArray(value) ? Number(name) : name]),
  );
}

/** `rows.0.namespace`. */
export const nameOf = (place: Place): string => place.join('.');

/** A copy with each of these strings replaced. */
export function withStrings<T>(value: T, places: readonly Place[], text: (before: string, at: number) => string): T {
  const copy = structuredClone(value) as Record<string | number, unknown>;
  places.forEach((place, at) => {
    const parent = place
      .slice(0, -1)
      .reduce<Record<string | number, unknown>>(
        (object, part) => object[part] as Record<string | number, unknown>,
        copy,
      );
    const last = place.at(-1)!;
    parent[last] = text(parent[last] as string, at);
  });
  return copy as T;
}
