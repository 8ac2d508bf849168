/** What a secret looks like: by the name it goes under, and by its own form. */

/** Words that say it alone. Plurals such as "tokens" are about quantities in language models. */
const SECRET_WORDS = new Set([
  'apikey',
  'bearer',
  'credential',
  'credentials',
  'passphrase',
  'passwd',
  'password',
  'pwd',
  'secret',
  'token',
]);
/** Words that make a secret of a following "key". */
const KEY_WORDS = new Set([
  ...[
    'access',
    'account',
    'admin',
    'api',
    'auth',
    'client',
    'cookie',
    'deploy',
    'encryption',
    'hmac',
    'host',
    'jwt',
    'license',
  ],
  ...['licence', 'master', 'nextauth', 'private', 'salt', 'secret', 'session', 'signing', 'ssh', 'tls', 'webhook'],
]);
/** Last words that turn the name into that of something about a secret. */
const ABOUT_WORDS = new Set([
  'audience',
  'class',
  'count',
  'dir',
  'enabled',
  'expiration',
  'file',
  'header',
  'id',
  'issuer',
  'length',
  'limit',
  'mount',
  'name',
  'namespace',
  'path',
  'policy',
  'ref',
  'revision',
  'seconds',
  'size',
  'ttl',
  'type',
  'uri',
  'url',
  'version',
]);
const NUMERIC_SECRETS = new Set(['passphrase', 'passwd', 'password', 'pwd', 'secret']);

const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');

function readName(name: string): boolean {
  const words = wordsOf(name);
  if (ABOUT_WORDS.has(words.at(-1) ?? '')) return false;
  return words.some((word, at) => SECRET_WORDS.has(word) || (word === 'key' && KEY_WORDS.has(words[at - 1] ?? '')));
}

/** A plan has few names, and each of them thousands of times. */
const READ_NAMES = new Map<string, boolean>();
const MOST_NAMES = 10_000;

/** True when a name says that its value is a secret: `HF_TOKEN`, `clientKey`, `db.password`. */
export function namesSecret(name: string): boolean {
  const known = READ_NAMES.get(name);
  if (known !== undefined) return known;
  if (READ_NAMES.size >= MOST_NAMES) READ_NAMES.clear();
  const found = readName(name);
  READ_NAMES.set(name, found);
  return found;
}

/**
 * True when a value could be the secret that its name announces: not empty, no switch, no path, no reference. LiteLLM refers by
 * `os.environ/NAME` (docs.litellm.ai, "config.yaml").
 */
export function couldBeSecret(name: string, value: string | number | boolean): boolean {
  if (typeof value === 'boolean') return false;
  if (typeof value === 'number') return wordsOf(name).some((word) => NUMERIC_SECRETS.has(word));
  return !/^(?:|none|true|false|os\.environ\/[A-Z_][A-Z0-9_]*|\/.*|\$\([A-Za-z_][\w.-]*\))$/s.test(value);
}

interface Pattern {
  readonly kind: string;
  readonly form: RegExp;
}

/** Formats that are published by their issuers, so that scanners may find them. */
const PATTERNS: readonly Pattern[] = [
  { kind: 'PEM private key', form: /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/ },
  { kind: 'JSON Web Token', form: /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/ },
  { kind: 'age secret key', form: /AGE-SECRET-KEY-1[0-9A-Z]{20,}/ },
  { kind: 'AWS access key', form: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/ },
  { kind: 'GitHub token', form: /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{40,})\b/ },
  { kind: 'GitLab token', form: /\bglpat-[A-Za-z0-9_-]{20,}/ },
  { kind: 'Hugging Face token', form: /\bhf_[A-Za-z0-9]{30,}\b/ },
  { kind: 'API key', form: /\bsk-[A-Za-z0-9_-]{20,}/ },
  { kind: 'Google API key', form: /\bAIza[0-9A-Za-z_-]{35}/ },
  { kind: 'Slack token', form: /\bxox[abeprs]-[A-Za-z0-9-]{10,}/ },
  { kind: 'URL with a password', form: /\b[a-z][a-z0-9+.-]*:\/\/[^\s/?#:@"']*:[^\s/?#@"']+@/i },
  { kind: 'Authorization header', form: /\b(?:Basic|Bearer) [A-Za-z0-9+/_=.-]{16,}/ },
  { kind: 'line of a .pgpass file', form: /^[\w.*-]+:(?:\d{1,5}|\*):[\w.*-]+:[\w.*-]+:\S{4,}$/m },
  { kind: 'registry credentials', form: /"auths"\s*:\s*\{[\s\S]*?"(?:auth|password|identitytoken)"\s*:\s*"[^"]+"/ },
];

const GIVEN = /(?:^|[\s"'{,;])(?:[\w.-]*[_.-])?(?:password|passwd|passphrase|secret|token|api[_-]?key|private[_-]?key)/
  .source;
const VALUE = /[^\s"'${}<>,/][^\s"'${}<>,]{7,}/.source;
/**
 * A password given inside a text: `password=…` anywhere, `"api_key": "…"`, and `password: …` where the line ends behind it, since
 * prose goes on.
 */
const ASSIGNMENT = new RegExp(
  `${GIVEN}["']?\\s*(?:=\\s*["']?${VALUE}|:\\s*(?:["']${VALUE}|${VALUE}\\s*[,;}]?\\s*$))`,
  'im',
);

const BASE64 = /^[A-Za-z0-9+/\s]{40,}={0,2}\s*$/;

function known(text: string): string | undefined {
  return PATTERNS.find(({ form }) => form.test(text))?.kind;
}

/** What kind of secret a text holds, also behind one layer of base64; undefined when it looks like none. */
export function secretIn(text: string): string | undefined {
  const plain = known(text);
  if (plain !== undefined) return plain;
  if (/[\s=]/.test(text) && ASSIGNMENT.test(text)) return 'password in a text';
  if (!BASE64.test(text)) return undefined;
  const decoded = known(Buffer.from(text, 'base64').toString('latin1'));
  return decoded === undefined ? undefined : `${decoded} in base64`;
}
