/**
 * What matching a pattern may cost an engine that goes back when it fails (Python's re): the longest text that it reads from
 * one place, and in how many ways it may read it. Both are bounds, so time grows with the text, whatever the text is.
 */
import type { AST } from '@eslint-community/regexpp';

/** Characters as bits: ASCII without case, as LiteLLM ignores it, and one bit for everything beyond. */
type Characters = bigint;

const BEYOND = 128;
const ALL: Characters = (1n << BigInt(BEYOND + 1)) - 1n;
const NONE: Characters = 0n;
/** Bytes of the largest character in UTF-8. */
const WIDEST = 4;

export interface MatchingCost {
  /** Whether it matches the empty text. */
  readonly empty: boolean;
  /** Bytes in UTF-8 of the longest match. */
  readonly longest: number;
  /**
   * In how many ways the same text may be read: more than one only where the next character does not decide, and without
   * end where something that may be empty is repeated.
   */
  readonly ways: number;
}

interface Cost extends MatchingCost {
  readonly first: Characters;
}

const bit = (code: number): Characters => {
  const folded = code >= 0x41 && code <= 0x5a ? code + 0x20 : code;
  return 1n << BigInt(Math.min(folded, BEYOND));
};

const bytesOf = (code: number): number => (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : WIDEST);

function rangeOf(from: number, to: number): Characters {
  let characters = NONE;
  for (let code = from; code <= Math.min(to, BEYOND); code += 1) characters |= bit(code);
  return characters;
}

function classCost({ elements, negate }: AST.CharacterClass): Cost {
  let [characters, widest] = [NONE, 0];
  for (const element of elements) {
    if (element.type !== 'Character' && element.type !== 'CharacterClassRange') continue; // not in the shared syntax
    const [from, to] =
      element.type === 'Character' ? [element.value, element.value] : [element.min.value, element.max.value];
    characters |= rangeOf(from, to) | (to > BEYOND ? bit(BEYOND) : NONE);
    widest = Math.max(widest, bytesOf(to));
  }
  // A negated set of ASCII keeps everything beyond; folding makes a letter of one case stand for both.
  const first = negate ? (ALL & ~characters) | bit(BEYOND) : characters;
  return { empty: false, longest: negate ? WIDEST : widest, ways: 1, first };
}

const NOTHING: Cost = { empty: true, longest: 0, ways: 1, first: NONE };

/** Kept, or the time would double with every nested repetition. */
const firsts = new WeakMap<AST.Element, Characters>();

function firstOf(element: AST.Element): Characters {
  const first = firsts.get(element) ?? costOf(element, NONE).first;
  firsts.set(element, first);
  return first;
}

/** @param next what may follow; `ALL` where failing is possible whatever follows */
function costOf(node: AST.Element, next: Characters): Cost {
  switch (node.type) {
    case 'Character':
      return { empty: false, longest: bytesOf(node.value), ways: 1, first: bit(node.value) };
    case 'CharacterClass':
      return classCost(node);
    case 'Assertion':
      return { empty: true, longest: 0, ways: 1, first: ALL };
    case 'Group':
    case 'CapturingGroup':
      return choiceCost(node.alternatives, next);
    case 'Quantifier': {
      const { min, max, element } = node;
      if (max === 0) return NOTHING;
      const body = costOf(element, max > 1 ? next | firstOf(element) : next);
      const decided = min === max || (body.first & next) === NONE;
      return {
        empty: min === 0 || body.empty,
        longest: max * body.longest,
        ways: max > 1 && body.empty ? Infinity : body.ways ** max * (decided ? 1 : max - min + 1),
        first: body.first | (min === 0 ? next : NONE),
      };
    }
    default:
      return { empty: false, longest: WIDEST, ways: 1, first: ALL };
  }
}

function sequenceCost(elements: readonly AST.Element[], after: Characters): Cost {
  return elements.reduceRight<Cost & { readonly next: Characters }>(
    (rest, element) => {
      const cost = costOf(element, rest.next);
      const next = cost.empty ? cost.first | rest.next : cost.first;
      return {
        empty: rest.empty && cost.empty,
        longest: rest.longest + cost.longest,
        ways: rest.ways * cost.ways,
        first: next,
        next,
      };
    },
    { ...NOTHING, first: after, next: after },
  );
}

function choiceCost(alternatives: readonly AST.Alternative[], next: Characters): Cost {
  const costs = alternatives.map(({ elements }) => sequenceCost(elements, next));
  let [first, overlap] = [NONE, NONE];
  for (const cost of costs) {
    overlap |= first & cost.first;
    first |= cost.first;
  }
  const ways = costs.map((cost) => cost.ways);
  return {
    empty: costs.some((cost) => cost.empty),
    longest: Math.max(...costs.map((cost) => cost.longest)),
    ways: overlap === NONE ? Math.max(...ways) : ways.reduce((sum, each) => sum + each, 0),
    first,
  };
}

/** A whole pattern: once it has matched, nothing that follows makes the engine go back. */
export function matchingCost(pattern: AST.Pattern): MatchingCost {
  const { empty, longest, ways } = choiceCost(pattern.alternatives, NONE);
  return { empty, longest, ways };
}
