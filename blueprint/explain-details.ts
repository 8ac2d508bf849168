/** Every field of a decision as a line, so that none is decided unseen: a new field shows by itself. */

/** Fields that text leaves out, by their path in the blueprint, each with where it is seen instead. */
export const LEFT_OUT: readonly (readonly [path: RegExp, why: string])[] = [
  [/^pools\.\*\.files\.\*\.content$/, '`airlock node-config` prints the files of nodes'],
  [/\.model\.(files|manifest)\b/, 'the digest of a model stands for its files'],
  [/^namespaces\.\w+\.opens\b/, 'they are among the flows'],
  [/^gateway\.policy\.workflows\b/, 'each workflow has a section'],
  [/\.jwks$/, 'public keys stand in enclave.yaml'],
  [/\.(ca|registryCa)$/, 'certificates stand in enclave.yaml'],
];

/** Whether text leaves a field out. @param path in the blueprint, with `*` for the places of lists */
export const isLeftOut = (path: readonly string[]): boolean =>
  LEFT_OUT.some(([pattern]) => pattern.test(path.join('.')));

type Line = readonly [label: string, value: string];

type Scalar = string | number | boolean | null;

const isScalar = (value: unknown): value is Scalar => typeof value !== 'object' || value === null;

/** How an entry of a list is called: by its name, else by its place. */
const titleOf = (item: unknown, at: number): string => {
  const name: unknown = typeof item === 'object' && item !== null ? Reflect.get(item, 'name') : undefined;
  return typeof name === 'string' ? name : String(at + 1);
};

function linesOf(path: readonly string[], label: string, value: unknown): Line[] {
  if (value === undefined || isLeftOut(path)) return [];
  if (isScalar(value)) return [[label, String(value) === '' ? '(empty)' : String(value)]];
  if (Array.isArray(value)) {
    if (value.every(isScalar)) return [[label, value.map(String).join(', ') || 'none']];
    return value.flatMap((item, at) => linesOf([...path, '*'], `${label} ${titleOf(item, at)}`, item));
  }
  return Object.entries(value).flatMap(([key, inner]) => linesOf([...path, key], `${label} ${key}`.trim(), inner));
}

/**
 * A line for each field, by its name; what it rests on is said below a section.
 *
 * @param path of the decision in the blueprint
 * @param said fields that stand in other lines already, as they are
 */
export const details = (path: readonly string[], decision: object, said: readonly string[] = []): Line[] =>
  Object.entries(decision)
    .filter(([key]) => key !== 'restsOn' && !said.includes(key))
    .flatMap(([key, value]) => linesOf([...path, key], key, value));
