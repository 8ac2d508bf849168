/** The same value with a key that nobody knows, once in every object. */

export interface Planted {
  /** JSON pointer of the object. */
  readonly place: string;
  readonly config: unknown;
}

/** Objects whose keys are names of the user's choosing, and those that the published schema leaves open. */
const FREE = /\/(add|set|headers|metadata|overrides|gateways|jwks|entries\/\d+)$/;

function places(value: unknown, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, item]) => places(item, `${at}/${key}`));
  return Array.isArray(value) || FREE.test(at) ? inner : [at, ...inner];
}

function planted(value: unknown, at: string, place: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item, index) => planted(item, `${at}/${String(index)}`, place));
  const same = Object.entries(value).map(([key, item]) => [key, planted(item, `${at}/${key}`, place)]);
  return Object.fromEntries(at === place ? [...same, ['airlockKnowsNoSuchKey', true]] : same) as unknown;
}

/** One for each kind of object: lists hold many alike. */
export function plantUnknownKeys(config: unknown): Planted[] {
  const kinds = new Map<string, string>();
  for (const place of places(config)) {
    const kind = place.replace(/\/\d+/g, '/*');
    if (!kinds.has(kind)) kinds.set(kind, place);
  }
  return [...kinds.values()].map((place) => ({ place, config: planted(config, '', place) }));
}
