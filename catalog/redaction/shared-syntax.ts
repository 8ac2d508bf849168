/**
 * The syntax that one pattern may use in every gateway: what Rust's regex (docs.rs/regex, "Syntax"), RE2
 * (github.com/google/re2/wiki/Syntax), Python's re and ECMAScript with `u` read alike.
 */
import { type AST, RegExpParser, visitRegExpAST } from '@eslint-community/regexpp';
import { badInput } from '../../core/errors';

/** Go's regexp refuses larger counts (pkg.go.dev/regexp/syntax). */
const MOST_REPEATS = 1000;
/** Escapes with one meaning everywhere: control characters, Latin-1 by two digits, punctuation. */
const ESCAPE = /^\\(?:[tnrfv]|x[0-9A-Fa-f]{2}|[^0-9A-Za-z])$/;
/** Rust reads these as operations on sets; Python warns that it will. */
const SET_OPERATION = /&&|--|~~|\|\|/;

interface Foreign {
  readonly node: AST.Node;
  readonly why: string;
  readonly fix: string;
}

function assertion(node: AST.Assertion): Foreign | undefined {
  if (node.kind === 'word') {
    if (!node.negate) return undefined;
    return { node, why: 'engines differ on it at the ends of a text', fix: 'name the characters that may stand there' };
  }
  if (node.kind === 'start' || node.kind === 'end')
    return {
      node,
      why: 'it means the ends of a whole message, and gateways cut messages',
      fix: 'use \\b, or leave it out',
    };
  return { node, why: 'Rust and RE2 have no look-around', fix: 'match the neighbors too: the whole match is redacted' };
}

const SPELLED_OUT: Readonly<Record<string, string>> = {
  digit: '[0-9]',
  word: '[0-9A-Za-z_]',
  space: '[ \\t\\r\\n]',
  any: '[^\\n]',
  property: 'a range such as [À-ɏ]',
};

/** First part of a pattern that is not shared. */
function firstForeign(pattern: AST.Pattern): Foreign | undefined {
  const found: Foreign[] = [];
  const add = (node: AST.Node, why: string, fix: string): void => void found.push({ node, why, fix });
  visitRegExpAST(pattern, {
    onAssertionEnter: (node) => {
      const foreign = assertion(node);
      if (foreign !== undefined) found.push(foreign);
    },
    onBackreferenceEnter: (node) => add(node, 'Rust and RE2 have no back-references', 'write the alternatives out'),
    onCapturingGroupEnter: (node) => {
      if (node.name !== null) add(node, 'Python spells named groups differently', 'write (…) or (?:…)');
    },
    onCharacterSetEnter: (node) =>
      add(node, 'engines differ on which characters it means', `write ${SPELLED_OUT[node.kind] ?? 'a range'}`),
    onCharacterEnter: (node) => {
      if (node.raw.startsWith('\\') && !ESCAPE.test(node.raw))
        add(node, 'not every engine has this escape', 'write the character itself, or \\x and two hexadecimal digits');
      // github.com/SigNoz/signoz/pull/4242: the Collector replaced names after a dollar sign by nothing.
      if (node.raw.includes('$')) add(node, 'configuration files read it as the start of a variable', 'write \\x24');
      if (node.raw === '[') add(node, 'Rust reads it as a set within the set', 'write \\[');
    },
    onCharacterClassEnter: (node) => {
      if (node.elements.length === 0) add(node, 'only ECMAScript has empty sets', 'remove it');
      if (SET_OPERATION.test(node.raw)) add(node, 'Rust reads a doubled sign as an operation on sets', 'write it once');
    },
    onQuantifierEnter: (node) => {
      if (node.max === Infinity)
        add(node, 'without a limit, engines that go back take quadratic time', 'write a limit, e.g. {1,64}');
      else if (node.max > MOST_REPEATS) add(node, `RE2 repeats at most ${MOST_REPEATS} times`, 'write less');
    },
  });
  return found[0];
}

/**
 * @param what names the pattern in messages
 * @throws AirlockError (input) when some engine would not take it, or read it differently
 */
export function parseShared(what: string, pattern: string): AST.Pattern {
  let parsed: AST.Pattern;
  try {
    parsed = new RegExpParser({ ecmaVersion: 2024 }).parsePattern(pattern, 0, pattern.length, { unicode: true });
  } catch (error) {
    throw badInput(
      'REDACTION_INVALID',
      `${what} "${pattern}" is not in the syntax that all gateways share: ${error instanceof Error ? error.message : ''}`,
      'it is that of RE2 without flags, named groups and Unicode classes; escape { } ] outside of sets',
    );
  }
  const foreign = firstForeign(parsed);
  if (foreign !== undefined)
    throw badInput(
      'REDACTION_INVALID',
      `${what} "${pattern}" uses ${foreign.node.raw}, which is not in the syntax that all gateways share: ${foreign.why}`,
      foreign.fix,
    );
  return parsed;
}
