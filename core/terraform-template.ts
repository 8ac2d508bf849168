/**
 * Terraform string templates, as they stand in JSON configuration.
 *
 * Every string of a `cdk.tf.json` is a template (hashicorp/hcl, hclsyntax/spec.md, "Templates"): `${` and `%{` open an
 * expression, `$${` and `%%{` stand for the characters themselves. In a longer run only the last pair counts:
 * `$$${` is `$` followed by an escape.
 */

/** A template without expressions, decoded; or the expressions that keep it from being known. */
export type Template =
  | { readonly text: string; readonly expressions: readonly [] }
  | {
      readonly expressions: readonly string[];
      /** True where the string is one interpolation and nothing else. */
      readonly whole: boolean;
    };

/** End of the quoted string that opens at `start` (after the quote): the index behind its closing quote. */
function quotedEnd(text: string, start: number): number {
  for (let at = start; at < text.length; at += 1) {
    const char = text[at];
    if (char === '\\') at += 1;
    else if (char === '"') return at + 1;
    // A template inside opens an expression of its own, with strings of its own; it is skipped as a whole.
    else if ((char === '$' || char === '%') && text[at + 1] === '{' && text[at - 1] !== char)
      at = expressionEnd(text, at + 2) - 1;
  }
  return text.length;
}

/** End of the expression that opens at `start` (after the brace): the index behind its closing brace. */
function expressionEnd(text: string, start: number): number {
  let depth = 1;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') at = quotedEnd(text, at + 1) - 1;
    else if (char === '{') depth += 1;
    else if (char === '}') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}

/** A run of one opening character, and the brace that makes it an expression or an escape. */
const OPENING = /(\$+|%+)\{/g;

/** Decodes a template; with expressions in it, returns their texts without the braces. */
export function decodeTemplate(source: string): Template {
  const pieces: string[] = [];
  const expressions: string[] = [];
  const opening = new RegExp(OPENING);
  let done = 0;
  for (let match = opening.exec(source); match !== null; match = opening.exec(source)) {
    const run = match[1] ?? '';
    pieces.push(source.slice(done, match.index));
    done = opening.lastIndex;
    if (run.length > 1) {
      // Of `$$${` the last two characters are the escape; the rest stands for itself.
      pieces.push(`${run.slice(1)}{`);
      continue;
    }
    const end = expressionEnd(source, done);
    expressions.push(source.slice(done, end - (source[end - 1] === '}' ? 1 : 0)));
    done = end;
    opening.lastIndex = end;
  }
  if (expressions.length === 0) return { text: pieces.join('') + source.slice(done), expressions: [] };
  const whole = source.startsWith('${') && expressionEnd(source, 2) === source.length;
  return { expressions, whole };
}

/** A `type.name` that an expression mentions outside of quoted strings and not as part of a longer path. */
const REFERENCE = /(?<![\w.-])([a-z][a-z0-9]*(?:_[a-z0-9]+)+)\.([A-Za-z_][\w-]*)/g;

/** What stands around the quoted strings of an expression, and these: templates again, as they are written. */
function partsOf(expression: string): { readonly around: readonly string[]; readonly texts: readonly string[] } {
  const around: string[] = [];
  const texts: string[] = [];
  let done = 0;
  for (let at = expression.indexOf('"'); at >= 0; at = expression.indexOf('"', done)) {
    around.push(expression.slice(done, at));
    done = quotedEnd(expression, at + 1);
    texts.push(expression.slice(at + 1, done - 1));
  }
  return { around: [...around, expression.slice(done)], texts };
}

/** Addresses (`type.name`) of managed resources that an expression refers to. */
export function referencesIn(expression: string): string[] {
  const { around, texts } = partsOf(expression);
  return [
    ...[...around.join(' ').matchAll(REFERENCE)].map((match) => `${match[1] ?? ''}.${match[2] ?? ''}`),
    ...texts.flatMap((text) => decodeTemplate(text).expressions.flatMap(referencesIn)),
  ];
}

/** An expression as it may be shown: quoted strings, and whatever is in them, may be secrets. */
export const withoutTexts = (expression: string): string => partsOf(expression).around.join('"…"');

/** Texts of the quoted strings inside an expression, and of those inside the templates that these are. */
export const literalsIn = (expression: string): string[] =>
  partsOf(expression).texts.flatMap((text) => [text, ...decodeTemplate(text).expressions.flatMap(literalsIn)]);
