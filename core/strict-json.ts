/**
 * JSON that all parsers read alike, or not at all.
 *
 * `JSON.parse` keeps the last of two equal keys. Terraform keeps both where they are blocks (hashicorp/hcl,
 * json/spec.md, "Bodies"), so a resource could hide behind its twin; other parsers keep the first. Such a text is refused.
 */

/** Levels of objects and lists: far more than a plan has, and far fewer than readers that descend by calls can take. */
const DEEPEST = 500;

/** What a reader asks of a text beside being JSON without duplicate keys. */
export interface StrictJsonOptions {
  /** Most levels of objects and lists. @default 500 */
  readonly deepest?: number;
  /**
   * Refuses what parsers read as different values: integers beyond 2^53, numbers beyond doubles, halves of surrogate pairs
   * (RFC 8259, sections 6 and 8.2). @default false
   */
  readonly interoperable?: boolean;
}

const NUMBER = /-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
/** In a text that `JSON.stringify` wrote: it escapes such halves alone (ECMA-262, QuoteJSONString). */
const LONE_SURROGATE = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

/** Index of the quote that ends the string which opens at `start`. */
function closingQuote(text: string, start: number): number {
  let at = text.indexOf('"', start + 1);
  for (;;) {
    let slashes = 0;
    while (text[at - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return at;
    at = text.indexOf('"', at + 1);
  }
}

/** Where the number ends that begins at `start`. @throws SyntaxError for one that not every parser keeps */
function endOfNumber(text: string, start: number): number {
  NUMBER.lastIndex = start;
  const [written = ''] = NUMBER.exec(text) ?? [];
  const value = Number(written);
  if (!Number.isFinite(value) || (/^-?[0-9]+$/.test(written) && !Number.isSafeInteger(value)))
    throw new SyntaxError('a number is beyond 2^53, and parsers round it');
  return start + written.length;
}

/**
 * Returns the first key that stands twice in one object of a valid JSON text. Allocates nothing but keys and numbers.
 *
 * @throws SyntaxError when it is nested too deeply, or has a number that not every parser keeps
 */
function duplicateKey(text: string, deepest: number, numbers: boolean): string | undefined {
  const stack: (Set<string> | undefined)[] = [];
  let keyNext = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') {
      const end = closingQuote(text, at);
      if (keyNext) {
        const raw = text.slice(at + 1, end);
        const key = raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw;
        const keys = stack.at(-1);
        if (keys?.has(key) === true) return key;
        keys?.add(key);
        keyNext = false;
      }
      at = end;
    } else if (char === '{' || char === '[') {
      stack.push(char === '{' ? new Set() : undefined);
      if (stack.length > deepest) throw new SyntaxError(`more than ${String(deepest)} levels deep`);
      keyNext = char === '{';
    } else if (char === '}' || char === ']') {
      stack.pop();
      keyNext = false;
    } else if (char === ',') keyNext = stack.at(-1) !== undefined;
    else if (numbers && char !== undefined && /[-0-9]/.test(char)) at = endOfNumber(text, at) - 1;
  }
  return undefined;
}

/**
 * Parses JSON text.
 *
 * @throws SyntaxError when it is not JSON, has a key twice in one object, is nested too deeply, or where parsers differ on it
 */
export function parseStrictJson(text: string, options: StrictJsonOptions = {}): unknown {
  const { deepest = DEEPEST, interoperable = false } = options;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // The engine's own message quotes the text, which may hold secrets.
    const position = /at position (\d+)/.exec((error as Error).message)?.[1];
    throw new SyntaxError(position === undefined ? 'not JSON' : `not JSON at position ${position}`);
  }
  const key = duplicateKey(text, deepest, interoperable);
  if (key !== undefined) throw new SyntaxError(`the key "${key}" stands twice in one object`);
  if (interoperable && /\\u[dD][89a-fA-F]/.test(text) && LONE_SURROGATE.test(JSON.stringify(value)))
    throw new SyntaxError('half of a surrogate pair is no character');
  return value;
}
