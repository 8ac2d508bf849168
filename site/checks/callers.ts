/** Holds who may call, and how gateway and traces run, against each other and the site. */
import { MAX_TOKENS, windowUnit } from '../../catalog/rate-limit';
import { type AirlockError, badInput } from '../../core/errors';
import { otlpAddressFault } from '../../core/otlp-address';
import { suggest } from '../reading/explain';
import type { CallerIssuer, Enclave } from '../generated/enclave';
import type { Site } from '../generated/site';
import type { YamlDocument } from '../reading/yaml-document';
import type { Place } from './faults';

/** Members of a JSON Web Key that only its owner may know (RFC 7518, section 6). */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const;

interface Key {
  readonly kid?: unknown;
  readonly kty?: unknown;
}

function parseKeys(text: string): Key[] | undefined {
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown };
    return Array.isArray(keys) && keys.every((key) => typeof key === 'object' && key !== null)
      ? (keys as Key[])
      : undefined;
  } catch {
    return undefined;
  }
}

/** Every fault of an issuer's keys, at its place. */
export function checkKeySet(
  document: YamlDocument,
  path: readonly (string | number)[],
  { jwks }: Pick<CallerIssuer, 'jwks'>,
): void {
  const keys = parseKeys(jwks);
  if (keys === undefined || keys.length === 0) {
    document.fault(path, 'this is no JSON Web Key Set', 'paste what the issuer serves as its JWKS: {"keys": [ … ]}');
    return;
  }
  const secret = keys.find((key) => PRIVATE.some((member) => member in key));
  if (secret !== undefined)
    document.fault(path, 'a key of it is private or symmetric', 'paste the public keys that the issuer serves');
  if (keys.some(({ kid }) => typeof kid !== 'string' || kid === ''))
    document.fault(path, 'a key of it has no kid', 'tokens name their key by kid: give each key one');
}

function checkUnique(document: YamlDocument, list: 'keys' | 'issuers' | 'workloads', names: readonly string[]): void {
  names.forEach((name, at) => {
    if (names.indexOf(name) === at) return;
    document.fault(
      ['callers', list, at, 'name'],
      `"${name}" is already the name of another`,
      'give each a name of its own',
    );
  });
}

/** Windows of people's budgets are those that the rate-limit service knows, each once. */
function checkBudgets(
  document: YamlDocument,
  path: readonly (string | number)[],
  { budgets = [] }: CallerIssuer,
): void {
  const seen = new Set<string>();
  budgets.forEach(({ window, tokens }, at) => {
    const place = [...path, at, 'window'];
    const unit = document.attempt(place, () => windowUnit(window));
    if (unit !== undefined && seen.has(unit))
      document.fault(place, 'this window stands twice', 'keep the smaller budget');
    if (unit !== undefined) seen.add(unit);
    if (tokens > MAX_TOKENS)
      document.fault(
        [...path, at, 'tokens'],
        `the rate-limit service counts to ${String(MAX_TOKENS)}`,
        'write fewer tokens, or a shorter window',
      );
  });
}

/** Every fault of the callers that the enclave alone shows. */
export function checkCallers(document: YamlDocument, { callers, gateway, traces, network }: Enclave): void {
  const { keys = [], issuers = [], workloads = [] } = callers ?? {};
  checkUnique(
    document,
    'keys',
    keys.map(({ name }) => name),
  );
  checkUnique(
    document,
    'issuers',
    issuers.map(({ name }) => name),
  );
  checkUnique(
    document,
    'workloads',
    workloads.map(({ name }) => name),
  );
  keys.forEach(({ hash }, at) => {
    const first = keys.findIndex((key) => key.hash === hash);
    if (first !== at)
      document.fault(
        ['callers', 'keys', at, 'hash'],
        `key "${keys[first]?.name ?? ''}" has the same hash`,
        'give each caller a key of its own: `airlock gateway key`',
      );
  });
  issuers.forEach((issuer, at) => {
    if (issuers.findIndex((one) => one.issuer === issuer.issuer) !== at)
      document.fault(
        ['callers', 'issuers', at, 'issuer'],
        'this issuer stands twice',
        'carry all its keys in one jwks',
      );
    checkKeySet(document, ['callers', 'issuers', at, 'jwks'], issuer);
    checkBudgets(document, ['callers', 'issuers', at, 'budgets'], issuer);
  });
  const fault = traces?.endpoint === undefined ? undefined : otlpAddressFault(traces.endpoint.url);
  if (fault !== undefined) document.fault(['traces', 'endpoint', 'url'], fault.message, fault.fix);
  const destinations = network.destinations.map(({ name }) => name);
  for (const [path, name] of [
    [['gateway', 'database', 'destination'], gateway?.database?.destination],
    [['traces', 'endpoint', 'destination'], traces?.endpoint?.destination],
  ] as const)
    if (name !== undefined && !destinations.includes(name))
      document.fault(path, `there is no destination "${name}"`, `add it under network.destinations`);
}

/** Workflows that callers name and the site lacks. */
function namesFaults(
  list: 'keys' | 'issuers',
  callers: readonly { readonly name: string; readonly workflows: readonly string[] }[],
  known: readonly string[],
): [Place, AirlockError][] {
  return callers.flatMap(({ name, workflows }, at) =>
    workflows
      .filter((workflow) => !known.includes(workflow))
      .map((strange): [Place, AirlockError] => {
        const near = suggest(strange, known);
        return [
          { file: 'enclave.yaml', path: `callers.${list}[${at}].workflows` },
          badInput(
            'SITE_LACKS_NAME',
            `callers.${list} "${name}" may use workflow "${strange}", which the site lacks`,
            near === undefined ? `workflows of the site: ${known.join(', ') || 'none'}` : `did you mean "${near}"?`,
          ),
        ];
      }),
  );
}

/** Where the callers, traces and metrics of an enclave and its site exclude each other: nobody could call, or nobody counts. */
export function callersOfSiteFaults(
  { callers, gateway, traces, monitoring }: Enclave,
  site: Site,
): (readonly [Place, AirlockError])[] {
  const { keys = [], issuers = [] } = callers ?? {};
  const known = (site.workflows ?? []).map(({ name }) => name);
  const found: (readonly [Place, AirlockError])[] = [];
  const note = (path: string, ...[code, what, fix]: Parameters<typeof badInput>): void =>
    void found.push([{ file: 'enclave.yaml', path }, badInput(code, what, fix)]);
  if (site.gateway === undefined) {
    for (const section of ['callers', 'gateway'] as const)
      if ((section === 'callers' ? callers : gateway) !== undefined)
        note(
          section,
          'SITE_ENCLAVE_CONFLICT',
          `the enclave has ${section}, but the site has no gateway`,
          'add gateway and workflows to site.yaml',
        );
  } else {
    found.push(...namesFaults('keys', keys, known), ...namesFaults('issuers', issuers, known));
    if (keys.length + issuers.length === 0)
      note(
        'callers',
        'ENCLAVE_INCOMPLETE',
        'the site has a gateway, and the enclave names nobody who may call it',
        'add callers: { keys: [{ name, hash, workflows }] } to enclave.yaml; `airlock gateway key` makes a key',
      );
    const counted = issuers.find(({ budgets }) => budgets !== undefined);
    if (counted !== undefined && site.gateway.rateLimit === undefined)
      note(
        'callers',
        'SITE_ENCLAVE_CONFLICT',
        `callers.issuers "${counted.name}" has budgets, and the site no service that counts them`,
        'add gateway.rateLimit: { service, valkey } to site.yaml, whose images travel with the bundle',
      );
    if (site.traces !== undefined && site.traces.store === undefined && traces?.endpoint === undefined)
      note(
        'traces',
        'ENCLAVE_INCOMPLETE',
        'the site has no trace store, and the enclave names no endpoint',
        'add traces.store to site.yaml, or traces.endpoint to enclave.yaml',
      );
    if (monitoring !== undefined && site.traces === undefined)
      note(
        'monitoring',
        'SITE_ENCLAVE_CONFLICT',
        'the enclave has monitoring, and the site no traces, in whose namespace rules and dashboards lie',
        'add traces to site.yaml, or remove monitoring',
      );
    if (site.traces?.store !== undefined && traces?.endpoint !== undefined)
      note(
        'traces',
        'SITE_ENCLAVE_CONFLICT',
        'traces would go to the store of the site or to the endpoint of the enclave',
        'remove one of them',
      );
  }
  return found;
}
