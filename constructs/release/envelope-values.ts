/** Kubernetes objects as the values of an envelope release: exact through Terraform, YAML and Helm, or refused. */
import { gzipSync } from 'node:zlib';
import { Token } from 'cdktf';
import { reviewJson } from '../../core/canonical-json';
import { badInput } from '../../core/errors';
import { TOKEN_MARK, unsafeCharacter } from '../../core/plan-text';

/** An object as the API server takes it; what else it has passes as it is. */
export interface KubernetesObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
}

/**
 * A release is one Secret, and a Secret holds at most 1 MiB (Kubernetes API, v1 Secret); this leaves room for the
 * chart, notes and metadata.
 */
const RELEASE_LIMIT_BYTES = 960 * 1024;

const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * The same JSON, so written that its readers on the way leave it alone.
 *
 * YAML 1.1 reads U+2028 and U+2029 as line breaks (§5.4). Terraform normalizes every string to Unicode form NFC
 * (zclconf/go-cty, `cty.StringVal`), which would compose `e` and U+0301. As escapes all of them pass. Characters beyond
 * the basic plane stay, since YAML reads no surrogate pairs in escapes.
 */
const readerProof = (json: string): string =>
  json
    .replace(/[ -~]?[^ -~\n]+/gu, (run) =>
      run.normalize('NFC') === run ? run : run.replace(/[^ -~\u{10000}-\u{10ffff}]/gu, escaped),
    )
    .replace(/[\u2028\u2029]/g, escaped);

const FORM = 'use plain JSON data: strings, safe integers, finite numbers, booleans, lists, objects';

/** Text that no reader changes; nearly all is. */
const PLAIN_TEXT = /^[ -~\n]*$/;

function checkText(text: string, where: string): void {
  if (PLAIN_TEXT.test(text)) return;
  const json = readerProof(JSON.stringify(text));
  if (json.normalize('NFC') !== json) {
    throw badInput(
      'PLAN_VALUE_UNSAFE',
      `${where} holds text that Terraform normalizes to other characters`,
      'write it in Unicode form NFC',
    );
  }
  const unsafe = unsafeCharacter(text);
  if (unsafe !== undefined) {
    throw badInput(
      'PLAN_VALUE_UNSAFE',
      `${where} holds the character ${unsafe}, which YAML does not carry`,
      'remove it or encode the text',
    );
  }
}

/** What may be one is asked of CDKTF, which takes its time: text of a token names itself, and no safe integer is one. */
const isToken = (value: unknown): boolean =>
  (typeof value === 'string'
    ? value.includes(TOKEN_MARK)
    : typeof value === 'number' && !Number.isSafeInteger(value)) && Token.isUnresolved(value);

/** @throws AirlockError (input) naming the first place whose value would not arrive as it is */
function check(value: unknown, where: string): void {
  if (value === null || typeof value === 'boolean' || value === undefined) return;
  if (isToken(value)) {
    throw badInput(
      'PLAN_VALUE_UNSAFE',
      `${where} holds a value that only Terraform knows`,
      'use plain values of site, enclave and lock',
    );
  }
  if (typeof value === 'string') {
    checkText(value, where);
    return;
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw badInput('PLAN_VALUE_UNSAFE', `${where} is ${value}`, FORM);
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      throw badInput(
        'PLAN_VALUE_UNSAFE',
        `${where} is ${value}; Helm rounds integers beyond 2^53`,
        'write it as a string',
      );
    }
    return;
  }
  if (Array.isArray(value)) {
    value.forEach((item, at) => check(item, `${where}[${at}]`));
    return;
  }
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) {
    throw badInput('PLAN_VALUE_UNSAFE', `${where} is no plain data`, FORM);
  }
  for (const [key, item] of Object.entries(value)) {
    checkText(key, `a key of ${where}`);
    check(item, `${where}.${key}`);
  }
}

/** Terraform evaluates `${` and `%{` in configuration; doubled, they stand for themselves. */
export const escapeTemplate = (text: string): string => text.replace(/[$%](?=\{)/g, (sign) => sign + sign);

const nameOf = ({ kind = '?', metadata }: KubernetesObject): string => `${kind} ${metadata?.name ?? '?'}`;

const idOf = ({ apiVersion, kind, metadata }: KubernetesObject): string =>
  [kind, metadata?.name, metadata?.namespace ?? '', apiVersion].join('/');

const inBase64 = (bytes: number): number => Math.ceil((bytes * 4) / 3);

/**
 * Upper estimate of the Secret: the values and the manifest, compressed and in base64 as Helm stores them. What fits
 * uncompressed is not compressed to find out, which would take a third of the synthesis of a large site.
 */
function releaseBytes(values: string): number {
  const plain = inBase64(2 * Buffer.byteLength(values));
  return plain <= RELEASE_LIMIT_BYTES ? plain : inBase64(gzipSync(values + values, { level: 9 }).length);
}

/**
 * The one `values` entry of a release, before Terraform's escaping: indented JSON, objects sorted by kind and name, so
 * that a diff shows what changed line by line.
 *
 * @throws AirlockError (input) for values that would arrive changed, objects without identity, or a release too large
 */
export function envelopeValues(objects: readonly KubernetesObject[], release: string): string {
  const seen = new Set<string>();
  for (const object of objects) {
    const { apiVersion, kind, metadata } = object;
    if (apiVersion === undefined || kind === undefined || metadata?.name === undefined) {
      throw badInput(
        'CONSTRUCT_PROPS_INVALID',
        `an object of release "${release}" has no identity`,
        'give it apiVersion, kind and metadata.name',
      );
    }
    if (seen.has(idOf(object))) {
      throw badInput(
        'CONSTRUCT_PROPS_INVALID',
        `release "${release}" has ${nameOf(object)} twice`,
        'give each object a name of its own',
      );
    }
    seen.add(idOf(object));
    check(object, nameOf(object));
  }
  const sorted = [...objects].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  const values = readerProof(reviewJson({ objects: sorted }));
  const bytes = releaseBytes(values);
  if (bytes > RELEASE_LIMIT_BYTES) {
    throw badInput(
      'RELEASE_TOO_LARGE',
      `release "${release}" takes about ${bytes} bytes; Helm stores it in a Secret of at most 1 MiB`,
      'split it into several releases',
    );
  }
  return values;
}
