/**
 * Rules of agentgateway in CEL. What an expression means cannot be derived here, so the forms are known that were read and found
 * to mean one thing, each with its texts and lists taken out; any other is unknown.
 */
import { MODELS_PATH } from '../../../gateway/policy';
import { broken, type Fault, strange } from '../fault';
import type { IssuerPromise, KeyPromise, WorkflowPromise } from '../promises';
import { isObject, sameTexts, under } from '../readers';

/** What a rule says. */
type Meaning =
  | { readonly kind: 'paths'; readonly paths: readonly string[] }
  | { readonly kind: 'workflow-paths'; readonly workflow: string; readonly paths: readonly string[] }
  | { readonly kind: 'no-streams'; readonly workflow: string }
  | { readonly kind: 'keys' }
  | {
      readonly kind: 'issuer';
      readonly issuer: string;
      readonly isNamed: boolean;
      readonly subjects?: readonly string[];
      readonly workflows: readonly string[];
    };

const TEXT = String.raw`"(?:[^"\\\0-\x1f]|\\["\\])*"`;
const LIST = String.raw`\[(?:${TEXT}(?:, ?${TEXT})*)?\]`;
const escape = (text: string): string => text.replace(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
const BODY = 'json(request.body)';
const LISTING = `request.path == ${JSON.stringify(MODELS_PATH)}`;

/** A form: literal parts, between which texts and lists stand. */
const form = (...parts: readonly (string | RegExp)[]): RegExp =>
  new RegExp(`^${parts.map((part) => (typeof part === 'string' ? escape(part) : part.source)).join('')}$`, 's');

const [text, list] = [new RegExp(`(${TEXT})`), new RegExp(`(${LIST})`)];

const PATHS_FORM = form('request.path in ', list);
const WORKFLOW_PATHS_FORM = form(`${LISTING} || ${BODY}.model != `, text, ' || request.path in ', list);
const STREAM_FORM = form(
  `${LISTING} || ${BODY}.model != `,
  text,
  ` || !(has(${BODY}.stream) && ${BODY}.stream == true)`,
);
const KEYS_FORM = form('has(apiKey.name)');
/** A token is judged by its issuer, its person, and the time from which it holds, which the gateway itself does not look at. */
const ISSUER_FORM = form(
  'jwt.iss == ',
  text,
  /( && string\(jwt\.sub\) != "")?/,
  new RegExp(`(?: && jwt\\.sub in (${LIST}))?`),
  ' && (!has(jwt.nbf) || timestamp(int(jwt.nbf)) <= request.startTime + duration("60s"))',
  ` && (${LISTING} || ${BODY}.model in `,
  list,
  ')',
);

const textOf = (source = '""'): string => JSON.parse(source) as string;
const listOf = (source = '[]'): string[] => JSON.parse(source) as string[];

function requirement(source: string): Meaning | undefined {
  const paths = PATHS_FORM.exec(source);
  if (paths !== null) return { kind: 'paths', paths: listOf(paths[1]) };
  const own = WORKFLOW_PATHS_FORM.exec(source);
  if (own !== null) return { kind: 'workflow-paths', workflow: textOf(own[1]), paths: listOf(own[2]) };
  const stream = STREAM_FORM.exec(source);
  return stream === null ? undefined : { kind: 'no-streams', workflow: textOf(stream[1]) };
}

function permission(source: string): Meaning | undefined {
  if (KEYS_FORM.test(source)) return { kind: 'keys' };
  const [, issuer, named, subjects, workflows] = ISSUER_FORM.exec(source) ?? [];
  if (issuer === undefined) return undefined;
  return {
    ...{ kind: 'issuer', issuer: textOf(issuer), isNamed: named !== undefined, workflows: listOf(workflows) },
    ...(subjects === undefined ? {} : { subjects: listOf(subjects) }),
  };
}

interface Read {
  readonly pointer: string;
  readonly meaning: Meaning;
}

function readRule(value: unknown, pointer: string): Read | Fault {
  const [entry, ...others] = isObject(value) ? Object.entries(value) : [];
  const [key, source] = entry ?? [];
  const known = others.length === 0 && typeof source === 'string' ? source : undefined;
  const meaning =
    known === undefined
      ? undefined
      : key === 'require'
        ? requirement(known)
        : key === 'allow'
          ? permission(known)
          : undefined;
  if (meaning !== undefined) return { pointer, meaning };
  return strange(pointer, 'nobody knows what this rule lets pass', 'write one of the known forms', value);
}

/** Who calls, and what is offered. */
export interface Callers {
  readonly workflows: readonly WorkflowPromise[];
  readonly keys: readonly KeyPromise[];
  readonly issuers: readonly IssuerPromise[];
}

const pathsOf = (workflows: readonly WorkflowPromise[]): string[] => [
  ...new Set(workflows.flatMap(({ paths }) => paths)),
];

/** What a rule says that it should not. */
function wrongRule({ pointer, meaning }: Read, { workflows, keys, issuers }: Callers): Fault[] {
  const fault = (message: string, fix: string): Fault[] => [broken(pointer, message, fix)];
  const workflow = 'workflow' in meaning ? workflows.find(({ name }) => name === meaning.workflow) : undefined;
  switch (meaning.kind) {
    case 'paths':
      return sameTexts(meaning.paths, [MODELS_PATH, ...pathsOf(workflows)])
        ? []
        : fault('it opens other paths than the workflows offer', 'name their paths and the list of models');
    case 'workflow-paths':
      return workflow !== undefined && sameTexts(meaning.paths, workflow.paths)
        ? []
        : fault('it opens other paths than the workflow offers', 'name the paths of the workflow in site.yaml');
    case 'no-streams':
      return workflow?.streaming === false
        ? []
        : fault('it refuses streams that the site offers', 'remove the rule, or streaming from the workflow');
    case 'keys':
      return keys.length > 0 ? [] : fault('it lets in keys, and the enclave has none', 'remove the rule');
    case 'issuer': {
      const issuer = issuers.find((one) => one.issuer === meaning.issuer);
      const isRight =
        issuer !== undefined &&
        sameTexts(meaning.workflows, issuer.workflows) &&
        (issuer.subjects === undefined) === (meaning.subjects === undefined) &&
        sameTexts(meaning.subjects ?? [], issuer.subjects ?? []) &&
        (meaning.isNamed || issuer.budgets.length === 0);
      return isRight
        ? []
        : fault(
            'it lets in others than the enclave declares',
            'name issuer, subjects and workflows as enclave.yaml does, and demand a name where people have budgets',
          );
    }
  }
}

/** Rules that are missing. */
function missingRules(read: readonly Read[], pointer: string, { workflows, keys, issuers }: Callers): Fault[] {
  const has = (isIt: (meaning: Meaning) => boolean): boolean => read.some(({ meaning }) => isIt(meaning));
  const of = (kind: Meaning['kind'], workflow: string) => (meaning: Meaning) =>
    meaning.kind === kind && 'workflow' in meaning && meaning.workflow === workflow;
  const fault = (message: string): Fault => broken(pointer, message, 'add the rule');
  return [
    ...(has(({ kind }) => kind === 'paths') ? [] : [fault('no rule shuts the other paths of engines')]),
    ...workflows
      .filter(({ name }) => !has(of('workflow-paths', name)))
      .map(({ name }) => fault(`no rule shuts what workflow ${name} does not offer`)),
    ...workflows
      .filter(({ name, streaming }) => !streaming && !has(of('no-streams', name)))
      .map(({ name }) => fault(`no rule refuses streams of workflow ${name}`)),
    ...(keys.length === 0 || has(({ kind }) => kind === 'keys') ? [] : [fault('no rule lets in callers with keys')]),
    ...issuers
      .filter(({ issuer }) => !has((one) => one.kind === 'issuer' && one.issuer === issuer))
      .map(({ name }) => fault(`no rule lets in callers with tokens of ${name}`)),
  ];
}

/**
 * Requirements must all hold and one permission must, in any order (crates/agentgateway/src/http/authorization.rs), so it is
 * enough that each is known and none is missing.
 */
export function ruleFaults(value: unknown, pointer: string, callers: Callers): Fault[] {
  const results = (Array.isArray(value) ? (value as unknown[]) : []).map((one, at) =>
    readRule(one, under(pointer, at)),
  );
  const read = results.filter((one): one is Read => 'meaning' in one);
  const seen = new Set<string>();
  const twice = read.filter(({ meaning }) => {
    const key = JSON.stringify(meaning);
    const before = seen.has(key);
    seen.add(key);
    return before;
  });
  return [
    ...results.filter((one): one is Fault => !('meaning' in one)),
    ...read.flatMap((one) => wrongRule(one, callers)),
    ...twice.map((one) => strange(one.pointer, 'the rule stands twice', 'write it once')),
    ...missingRules(read, pointer, callers),
  ];
}
