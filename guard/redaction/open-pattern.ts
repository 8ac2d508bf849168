/**
 * An expression that finds where a match may have begun that the rest of a text would complete: each part of the pattern may also
 * be the end of the text. So a stream holds back what may become a match, and nothing else.
 */
import type { AST } from '@eslint-community/regexpp';
import { parseShared } from '../../catalog/redaction/shared-syntax';

const choice = (alternatives: readonly AST.Alternative[]): string =>
  `(?:${alternatives.map(({ elements }) => elements.map(open).join('')).join('|')})`;

function open(node: AST.Element): string {
  switch (node.type) {
    case 'Group':
    case 'CapturingGroup':
      return choice(node.alternatives);
    case 'Quantifier':
      return `${open(node.element)}{${node.min},${node.max}}`;
    default:
      return `(?:${node.raw}|$)`;
  }
}

/** @param pattern in the shared syntax (catalog/redaction/shared-syntax.ts), so without look-around and unlimited repetition */
export const openPattern = (name: string, pattern: string): RegExp =>
  new RegExp(`${choice(parseShared(`redaction pattern ${name}:`, pattern).alternatives)}$`, 'gu');
