/** Who may call agentgateway, and how much: keys, tokens, rules and budgets. */
import type { Budget } from '../../../gateway/policy';
import { DESCRIPTOR, RATE_LIMIT_DOMAIN } from '../../../gateway/rate-limit/descriptors';
import { addressFaults, hostPort, toRole } from '../addresses';
import { broken, type Fault, type Reader, strange } from '../fault';
import { type IssuerPromise, issuerPromises, type KeyPromise, keyPromises, workflowPromises } from '../promises';
import { jsonOf, namespaceOf, type Program } from '../program';
import {
  elsewhere,
  exactly,
  isObject,
  listAt,
  listOf,
  object,
  record,
  sameTexts,
  textAt,
  textsOf,
  under,
  whole,
} from '../readers';
import { type Callers, ruleFaults } from './rules';

const BUDGET = record({
  name: elsewhere,
  limit: record({ unit: exactly('Tokens', 'budgets count tokens'), amount: whole(1, Number.MAX_SAFE_INTEGER) }),
  window: record({ rolling: elsewhere }),
  onBudgetExceeded: exactly('Block', 'a budget that does not block is none'),
});

const budgetText = ({ tokens, window }: Budget): string => `${String(tokens)} in ${window}`;

/** Budgets of a key; their names are what they are counted under. */
function budgetFaults(value: unknown, pointer: string, { name, budgets }: KeyPromise): Fault[] {
  const items = listAt(value, 'budgets');
  const written = items.map((one) => {
    const window = isObject(one) ? textAt(one, 'window', 'rolling') : '';
    const limit = isObject(one) && isObject(one['limit']) ? one['limit']['amount'] : undefined;
    return { text: `${String(limit)} in ${window}`, isNamed: textAt(one, 'name') === window };
  });
  const wanted = budgets.map(budgetText);
  return sameTexts(
    written.map(({ text }) => text),
    wanted,
  ) && written.every(({ isNamed }) => isNamed)
    ? []
    : [
        broken(
          under(pointer, 'budgets'),
          `key ${name} has other budgets than the enclave gives it`,
          `write ${wanted.join(', ') || 'none'}, each named after its window`,
          items,
        ),
      ];
}

const keyReader =
  (keys: readonly KeyPromise[]): Reader =>
  (value, pointer) => {
    const key = keys.find(({ hash }) => hash === textAt(value, 'keyHash'));
    const form = object({
      needed: {
        keyHash: elsewhere,
        metadata: record({ name: exactly(key?.name, 'the name is not that of the key in the enclave') }),
        allowedModels: textsOf(key?.workflows ?? [], 'the key opens other workflows than the enclave says'),
      },
      optional: { budgets: listOf(BUDGET) },
    });
    if (key === undefined)
      return [broken(pointer, 'the enclave declares no such key', 'remove it', textAt(value, 'keyHash'))];
    return [...form(value, pointer), ...budgetFaults(value, pointer, key)];
  };

/** Each declared one stands there once. */
const eachOnce = (
  found: readonly string[],
  wanted: readonly { readonly name: string; readonly id: string }[],
  pointer: string,
  noun: string,
): Fault[] =>
  wanted
    .filter(({ id }) => found.filter((one) => one === id).length !== 1)
    .map(({ name }) => broken(pointer, `${noun} ${name} of the enclave does not stand here once`, 'write it once'));

const providerReader =
  (issuers: readonly IssuerPromise[], fileOf: (issuer: IssuerPromise, path: string) => boolean): Reader =>
  (value, pointer) => {
    const issuer = issuers.find((one) => one.issuer === textAt(value, 'issuer'));
    if (issuer === undefined)
      return [broken(pointer, 'the enclave declares no such issuer', 'remove it', textAt(value, 'issuer'))];
    const keys: Reader = (path, place) =>
      typeof path === 'string' && fileOf(issuer, path)
        ? []
        : [broken(place, `the file is not that of the keys of ${issuer.name}`, 'mount its keys from the plan', path)];
    return record({
      issuer: elsewhere,
      audiences: textsOf(issuer.audiences, 'tokens for others are taken'),
      jwks: record({ file: keys }),
    })(value, pointer);
  };

/** How a program counts the tokens of people (docs/gateway.md). */
interface Descriptor {
  readonly window: string;
  /** Issuers by their claim, with the names they are counted under. */
  readonly issuers: unknown;
}

/** CEL of the entries, as texts: `"1d"`, a map of issuers, the person. */
function descriptorOf(value: unknown): Descriptor | undefined {
  const entries = new Map(listAt(value, 'entries').map((one) => [textAt(one, 'key'), textAt(one, 'value')]));
  const window = /^"(\d+[mhd])"$/.exec(entries.get(DESCRIPTOR.window) ?? '')?.[1];
  const issuers = /^(\{.*\})\[jwt\.iss\]$/s.exec(entries.get(DESCRIPTOR.issuer) ?? '')?.[1];
  if (listAt(value, 'entries').length !== 3 || entries.get(DESCRIPTOR.subject) !== 'string(jwt.sub)') return undefined;
  if (window === undefined || issuers === undefined) return undefined;
  const parsed = jsonOf(issuers);
  // CEL reads what JSON writes, as long as no escape stands in it that only one of them has.
  return 'value' in parsed && !/\\[^"\\]/.test(issuers) ? { window, issuers: parsed.value } : undefined;
}

const windowsOf = (issuers: readonly IssuerPromise[]): string[] => [
  ...new Set(issuers.flatMap(({ budgets }) => budgets.map(({ window }) => window))),
];

function descriptorFaults(value: unknown, pointer: string, issuers: readonly IssuerPromise[]): Fault[] {
  const items = Array.isArray(value) ? (value as unknown[]) : [];
  const read = items.map(descriptorOf);
  const asked = (window: string): Record<string, string> =>
    Object.fromEntries(
      issuers
        .filter(({ budgets }) => budgets.some((budget) => budget.window === window))
        .map(({ issuer, name }) => [issuer, name]),
    );
  const missing = windowsOf(issuers).filter((window) => read.filter((one) => one?.window === window).length !== 1);
  return [
    ...items.flatMap((one, at) => {
      const place = under(pointer, at);
      const form = record({
        entries: listOf(record({ key: elsewhere, value: elsewhere })),
        type: exactly('tokens', 'budgets of people count tokens'),
      });
      const found = read[at];
      if (found === undefined)
        return [strange(place, 'nobody knows what this counts', 'count window, issuer and subject', one)];
      return [
        ...form(one, place),
        ...exactly(asked(found.window), 'others are counted than the enclave says')(found.issuers, place),
      ];
    }),
    ...missing.map((window) => broken(pointer, `nothing counts what people use in ${window}`, 'count it once')),
  ];
}

function rateLimit(program: Program, issuers: readonly IssuerPromise[]): Reader {
  const caller = { namespace: namespaceOf(program), context: program.context };
  return record({
    host: (value, pointer) =>
      addressFaults(
        hostPort(typeof value === 'string' ? value : ''),
        toRole('rate-limit', 'the rate-limit service'),
        caller,
        pointer,
        value,
      ),
    domain: exactly(RATE_LIMIT_DOMAIN, 'the rate-limit service counts under another name'),
    descriptors: (value, pointer) => descriptorFaults(value, pointer, issuers),
    failureMode: exactly('failClosed', 'calls pass while nobody can say what a person may use'),
  });
}

/**
 * @param isKeysOf whether a path is that of the file with the keys of an issuer
 */
export function policiesReader(program: Program, isKeysOf: (issuer: IssuerPromise, path: string) => boolean): Reader {
  const { site, enclave } = program.context;
  const [workflows, keys, issuers] = [workflowPromises(site), keyPromises(enclave), issuerPromises(enclave)];
  const callers: Callers = { workflows, keys, issuers };
  // Alone, a check refuses whom it does not know. Beside another, it marks whom it knows, and the rules demand a mark.
  const mode = exactly(
    keys.length > 0 && issuers.length > 0 ? 'permissive' : 'strict',
    'callers who are not known are let in, or known ones are refused',
  );
  const apiKey = record({ mode, keys: listOf(keyReader(keys)) });
  const jwtAuth = record({ mode, providers: listOf(providerReader(issuers, isKeysOf)) });
  const isCounted = issuers.some(({ budgets }) => budgets.length > 0);
  const isOpen = keys.length + issuers.length === 0 && (enclave.callers?.workloads ?? []).length > 0;
  return (value, pointer) => {
    const hashes = listAt(value, 'apiKey', 'keys').map((one) => textAt(one, 'keyHash'));
    const claims = listAt(value, 'jwtAuth', 'providers').map((one) => textAt(one, 'issuer'));
    return [
      ...object({
        needed: {
          authorization: record({ rules: (rules, place) => ruleFaults(rules, place, callers) }),
          ...(keys.length === 0 ? {} : { apiKey }),
          ...(issuers.length === 0 ? {} : { jwtAuth }),
          ...(isCounted ? { remoteRateLimit: rateLimit(program, issuers) } : {}),
        },
      })(value, pointer),
      ...(isOpen
        ? [
            broken(
              pointer,
              'pods may call, and nobody is asked who they are',
              'declare keys or issuers in enclave.yaml',
            ),
          ]
        : []),
      ...eachOnce(
        hashes,
        keys.map(({ name, hash }) => ({ name, id: hash })),
        `${pointer}/apiKey/keys`,
        'key',
      ),
      ...eachOnce(
        claims,
        issuers.map(({ name, issuer }) => ({ name, id: issuer })),
        `${pointer}/jwtAuth/providers`,
        'issuer',
      ),
    ];
  };
}
