/**
 * JSON without duplicate keys.
 *
 * `JSON.parse` keeps the last of two equal keys. Terraform keeps both where they are blocks (hashicorp/hcl,
 * json/spec.md, "Bodies"), so a resource could hide behind its twin. Such a file is refused.
 */

/** One token of JSON text: a string, a structural character, or a literal. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** Returns the first key that stands twice in one object of a valid JSON text. */
function duplicateKey(text: string): string | undefined {
  const stack: (Set<string> | undefined)[] = [];
  let keyNext = false;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{') {
      stack.push(new Set());
      keyNext = true;
    } else if (token === '[') {
      stack.push(undefined);
      keyNext = false;
    } else if (token === '}' || token === ']') {
      stack.pop();
      keyNext = false;
    } else if (token === ',') {
      keyNext = stack.at(-1) !== undefined;
    } else if (keyNext && token.startsWith('"')) {
      const key = JSON.parse(token) as string;
      const keys = stack.at(-1);
      if (keys?.has(key) === true) return key;
      keys?.add(key);
      keyNext = false;
    }
  }
  return undefined;
}

/**
 * Parses JSON text.
 *
 * @throws SyntaxError when it is not JSON or has a key twice in one object
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
