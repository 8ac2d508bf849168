/** Values that no prop of a kind may have, and what kind each is of. */

export type Path = readonly (string | number)[];
export type Props = Record<string, unknown>;

/** Values that the API server, or the loader of the site, refuses for such a prop. */
export const HOSTILE: Readonly<Record<string, readonly unknown[]>> = {
  'DNS label': ['', 'Batch_1', 'a.b', 'a b', '-a', 'a-', 'ä', 'a\n', '${a}', 'a'.repeat(64), 7, null],
  'DNS name': ['', 'Batch_1', 'a..b', 'a b', '-a', 'a-', 'ä', 'a\n', '${a}', 'a'.repeat(254), 7, null],
  'value of a label': ['a b', '-a', 'a-', 'ä', 'a\n', '${a}', 'a/b', 'a'.repeat(64), 7, null],
  'key of labels': ['', 'a b', '-a', 'a/b/c', '/a', 'ä', '${a}', 'a'.repeat(64), 7, null],
  'minor version': ['', 'latest', 'v1.34', '1.34.2', 'abc', '1', '2.34', '1.34\n', 1.34, null],
  version: ['', 'a b', '1.0\n', '${a}', '-1', 7, null],
  image: [
    '',
    'busybox',
    'r.internal/busybox:1',
    'r.internal/b@sha256:12',
    'A B',
    `r.internal/b@md5:${'0'.repeat(64)}`,
    7,
    null,
  ],
  platform: ['', 'linux', 'windows/amd64', 'linux/amd64 ', 7, null],
  digest: ['', 'sha256:12', `md5:${'0'.repeat(64)}`, `sha256:${'G'.repeat(64)}`, 7, null],
  'SHA-256': ['', '12', 'G'.repeat(64), 7, null],
  range: ['', 'nonsense', '10.0.0.1/16', '10.0.0.0/33', '10.0.0.0', 7, null],
  address: ['', 'nonsense', '10.0.0.256', '10.0.0.0/24', 7, null],
  host: ['', 'a b', 'https://a', 'a/b', '-a', 'a:b', 7, null],
  url: ['', 'a', 'ftp://a', 'https://', 'https://a b', 'https://a?b', 'https://a#b', 7, null],
  path: ['', 'a', 'a/b', '/a\n', 7, null],
  certificate: ['', 'a', '-----BEGIN PRIVATE KEY-----', 7, null],
  schedule: ['', 'daily', '* * *', '61', '${a}', 7, null],
  header: ['', 'a b', 'a:', 'ä', 'a\n', 7, null],
  word: ['', 'A', 'a b', '-a', 'a'.repeat(41), 7, null],
  choice: ['', 'nonsense', 7, null],
  claim: ['', 'a b', 'a\n', 7, null],
  'data key': ['', '..', 'a b', 'a/b', 7, null],
  text: ['', ' ', 7, null],
  port: [0, -1, 1.5, 65_536, NaN, Infinity, '80', null],
  count: [-1, 1.5, NaN, Infinity, '1', null],
  threshold: [-1, NaN, '1', null],
  share: [0, -1, 1.5, NaN, '1', null],
  quantity: ['', 'many', '1 Gi', '1GB', '-1', '${a}', null],
};

/** What a prop is, by the end of its path; the first that fits. Without hostile values: any value is fine, or another room judges. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^GatewayRelease policy workflows \d+ redaction |^TraceCollector patterns /, 'free'], // compiled patterns
  [/^ServingRelease (?:adapters \d+ )?model files /, 'free'], // the contract of the engine
  [/^EnvelopeRelease objects |^ChartRelease values /, 'free'], // objects and values as they are
  [/ (?:accelerator|sharing) /, 'free'], // tables of the kit
  [/ gateway | engine /, 'free'],
  [
    / annotations | tls$| contents$| streaming$| holdsState$| manageNodes$|Filesystem$| derivedImage$| calledByGateway$/,
    'free',
  ],
  [
    / manifest$| extraArgs | file$| chatTemplate$| projector$| backend$| kvCacheDtype$| prefix$| strategy$| window$/,
    'free',
  ],
  [/ kubernetesVersion$/, 'minor version'],
  [/ (?:namespace|namespaces \d+|scrapeNamespaces \d+|hostAccess \d+)$/, 'DNS label'],
  [
    /^SharedWeights models .* name$|^WeightMirror (?:models|files|stores) .* name$|^ServingRelease (?:model|artifacts \d+ files \d+|adapters \d+ model) name$/,
    'DNS name',
  ],
  [/ header name$/, 'header'],
  [/ (?:name|serving|service|runtimeClass|workflows \d+)$/, 'DNS label'],
  [/ (?:storageClassName|claimName|secret|tlsSecret|nodes \d+|hostnames \d+|policy)$/, 'DNS name'],
  [/ key key$/, 'data key'],
  [/ tolerations \d+ key$/, 'key of labels'],
  [/ (?:labels|podLabels|nodeLabels|nodeSelector|\w+Labels) [^ ]*$|tolerations \d+ value$/, 'value of a label'],
  [/ (?:model|servedName)$/, 'value of a label'],
  [/[iI]mage$| images [^ ]+$/, 'image'],
  [/ sha256$/, 'SHA-256'],
  [/ (?:digest|hash)$/, 'digest'],
  [/ platforms? ?\d*$/, 'platform'],
  [/ (?:version|engineVersion|toolkitVersion|driverVersion)$/, 'version'],
  [/ (?:cidr|cidrs \d+|inside \d+|destinations \d+)$/, 'range'],
  [/ (?:nodeLocal \d+|ip)$/, 'address'],
  [/ host$/, 'host'],
  [/(?:Url| url)$/, 'url'],
  [/ containerdSocket$/, 'path'],
  [/ ca$/, 'certificate'],
  [/ schedule$/, 'schedule'],
  [/ (?:quantization|toolCallParser|reasoningParser)$/, 'word'],
  [/ (?:tier|way|kind|sharing|operator|effect|protocol|type|podSecurity|paths \d+|requests|responses)$/, 'choice'],
  [/ (?:issuer|audiences \d+|subjects \d+)$/, 'claim'],
  [/ (?:owner|reason|approver|project|runbook|jwks|deployers \d+)$/, 'text'],
  [/ (?:port|endPort|lastPort)$/, 'port'],
  [/ memoryFraction$/, 'share'],
  [/ hard [^ ]+$/, 'quantity'],
  [/ thresholds /, 'threshold'],
  [/./, 'count'],
];

export const isPlain = (value: unknown): value is Props =>
  typeof value === 'object' &&
  value !== null &&
  [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value) as object);

/** Paths of every text and number, other constructs left out. */
export function leaves(value: unknown, path: Path = []): Path[] {
  if (typeof value === 'string' || typeof value === 'number') return [path];
  if (!isPlain(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    leaves(item, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

export function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as Props) }) as Props;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

export const kindOf = (construct: string, path: Path): string => {
  const text = `${construct} ${path.join(' ')}`;
  return KINDS.find(([pattern]) => pattern.test(text))?.[1] ?? 'none';
};
