import type { AST } from '@eslint-community/regexpp';
import fc from 'fast-check';
import { matchingCost } from '../../../catalog/redaction/matching-cost';
import { parseShared } from '../../../catalog/redaction/shared-syntax';

/** An engine that goes back, as a textbook has it; it gives up after so many steps. */
function goBack(pattern: AST.Pattern, text: string, most: number): boolean {
  let steps = 0;
  type Then = (at: number) => boolean;
  const isWord = (at: number): boolean => /\w/.test(text.charAt(at));
  const holds = (element: AST.Character | AST.CharacterClass, at: number): boolean =>
    at < text.length && new RegExp(`^(?:${element.raw})$`, 'u').test(text.charAt(at));

  const repeat = (node: AST.Quantifier, done: number, at: number, then: Then): boolean =>
    (done < node.max &&
      step(node.element, at, (after) => (after > at || done < node.min) && repeat(node, done + 1, after, then))) ||
    (done >= node.min && then(at));

  function step(node: AST.Element, at: number, then: Then): boolean {
    steps += 1;
    if (steps > most) throw new Error(`more than ${most} steps`);
    switch (node.type) {
      case 'Character':
      case 'CharacterClass':
        return holds(node, at) && then(at + 1);
      case 'Assertion':
        return isWord(at - 1) !== isWord(at) && then(at);
      case 'Quantifier':
        return repeat(node, 0, at, then);
      case 'Group':
      case 'CapturingGroup':
        return choose(node.alternatives, at, then);
      default:
        throw new Error(node.type);
    }
  }
  function sequence(elements: readonly AST.Element[], at: number, then: Then): boolean {
    const [first, ...rest] = elements;
    return first === undefined ? then(at) : step(first, at, (after) => sequence(rest, after, then));
  }
  function choose(alternatives: readonly AST.Alternative[], at: number, then: Then): boolean {
    return alternatives.some(({ elements }) => sequence(elements, at, then));
  }
  return choose(pattern.alternatives, 0, () => true);
}

const atom = fc.constantFrom('a', 'a', 'b', '[ab]', '[^a]', '-', '\\b');
const { pattern: anyPattern } = fc.letrec<{ pattern: string; part: string }>((tie) => ({
  part: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    atom,
    fc.tuple(tie('pattern'), fc.nat(2), fc.nat(7)).map(([body, min, more]) => `(?:${body}){${min},${min + more}}`),
    fc.tuple(tie('pattern'), tie('pattern')).map(([one, other]) => `(?:${one}|${other})`),
  ),
  pattern: fc.array(tie('part'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('')),
}));
/** What makes an engine go back most, and anything. */
const anyText = fc.oneof(
  fc.constantFrom('a'.repeat(40), 'ab'.repeat(20), `${'a'.repeat(30)}-`),
  fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 24 }),
);

describe('matchingCost', () => {
  it.each([
    ['a{3}', 3, 1],
    ['[a-z]{1,9}-[0-9]{1,9}', 19, 1],
    ['[a-z]{1,9}[a-z]', 10, 9],
    ['[ab]{1,9}a[ab]{1,9}a', 20, 81],
    ['(?:ab|cd)x', 3, 1],
    ['(?:ab|ac)x', 3, 2],
    ['(?:a{1,3}){1,3}b', 10, 27],
    ['(?:a{0,3}){2}b', 7, Infinity],
    ['a{1,3}\\b', 3, 3],
    ['é€', 5, 1],
    ['[^a]{2}', 8, 1],
  ])('of %s: %d bytes, %d ways', (pattern, longest, ways) => {
    expect(matchingCost(parseShared('pattern', pattern))).toEqual({ empty: false, longest, ways });
  });

  it('counts letters without their case, as LiteLLM ignores it', () => {
    expect(matchingCost(parseShared('pattern', '[A-Z]{1,9}[a-z]b')).ways).toBe(9);
  });

  it('bounds the steps of an engine that goes back, and tells empty and longest matches', () => {
    fc.assert(
      fc.property(anyPattern, anyText, (source, text) => {
        const pattern = parseShared('pattern', source);
        const { empty, longest, ways } = matchingCost(pattern);
        fc.pre(ways < 2000 && longest < 100);
        const matched = goBack(pattern, text, ways * (longest + 1) * source.length);
        const found = new RegExp(`^(?:${source})`, 'u').exec(text);
        expect(matched).toBe(found !== null);
        if (found !== null) expect(found[0].length).toBeLessThanOrEqual(longest);
        if (new RegExp(`^(?:${source})$`, 'u').test('')) expect(empty).toBe(true);
      }),
      { numRuns: 500, seed: 20261126 },
    );
  });
});
