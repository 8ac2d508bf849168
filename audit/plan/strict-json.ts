/**
 * JSON without duplicate keys.
 *
 * `JSON.parse` keeps the last of two equal keys. Terraform keeps both where they are blocks (hashicorp/hcl,
 * json/spec.md, "Bodies"), so a resource could hide behind its twin. Such a file is refused.
 */

/** Levels of objects and lists: far more than a plan has, and far fewer than readers that descend by calls can take. */
const DEEPEST = 500;

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

/**
 * Returns the first key that stands twice in one object of a valid JSON text. Allocates nothing but keys.
 *
 * @throws SyntaxError when it is nested too deeply
 */
function duplicateKey(text: string): string | undefined {
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
      if (stack.length > DEEPEST) throw new SyntaxError(`more than ${String(DEEPEST)} levels deep`);
      keyNext = char === '{';
    } else if (char === '}' || char === ']') {
      stack.pop();
      keyNext = false;
    } else if (char === ',') keyNext = stack.at(-1) !== undefined;
  }
  return undefined;
}

/**
 * Parses JSON text.
 *
 * @throws SyntaxError when it is not JSON, has a key twice in one object, or is nested too deeply
 */
export function parseStrictJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // The engine's own message quotes the text, which may hold secrets.
    const position = /at position (\d+)/.exec((error as Error).message)?.[1];
    throw new SyntaxError(position === undefined ? 'not JSON' : `not JSON at position ${position}`);
  }
  const key = duplicateKey(text);
  if (key !== undefined) throw new SyntaxError(`the key "${key}" stands twice in one object`);
  return value;
}
