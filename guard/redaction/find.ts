/** Values in a text: where they stand, and where one may have begun. */
import { type Copy, copiesOf, endIn, type OpenCopies, startIn, unitAt } from './copies';
import type { Recognizer } from './recognizers';

/** What is masked as one. */
export interface Span {
  /** UTF-16 units of the text. */
  readonly start: number;
  readonly end: number;
  /** Of the most specific recognizer in it. */
  readonly name: string;
}

interface Found extends Span {
  readonly rank: number;
}

function* foundIn(copy: Copy, recognizer: Recognizer, from: number): Generator<Found> {
  const { expression, name, rank, accepts } = recognizer;
  expression.lastIndex = unitAt(copy, from);
  for (let match = expression.exec(copy.text); match !== null; match = expression.exec(copy.text)) {
    const [{ length }, at] = [match[0], match.index];
    if (accepts(match[0], copy.text, at)) yield { start: startIn(copy, at), end: endIn(copy, at + length), name, rank };
    // What begins within a match that is none may be one.
    else expression.lastIndex = at + String.fromCodePoint(copy.text.codePointAt(at) ?? 0).length;
  }
}

/** Overlapping ones as their union, under the name of the most specific; of two, that of the longer. */
function united(found: readonly Found[]): Span[] {
  const spans: (Found & { readonly longest: number })[] = [];
  for (const one of [...found].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = spans.at(-1);
    const longest = one.end - one.start;
    if (last === undefined || one.start >= last.end) {
      spans.push({ ...one, longest });
      continue;
    }
    const isCloser = one.rank > last.rank || (one.rank === last.rank && longest > last.longest);
    const { name, rank } = isCloser ? one : last;
    const end = Math.max(last.end, one.end);
    spans[spans.length - 1] = { start: last.start, end, name, rank, longest: isCloser ? longest : last.longest };
  }
  return spans.map(({ start, end, name }) => ({ start, end, name }));
}

/**
 * @param from where the search begins; what stands before it is read, but not found
 * @param copies of the text
 */
export const findIn = (copies: readonly Copy[], recognizers: readonly Recognizer[], from = 0): Span[] =>
  united(copies.flatMap((copy) => recognizers.flatMap((recognizer) => [...foundIn(copy, recognizer, from)])));

/** All values of a whole text, in their order; they do not overlap. */
export const find = (text: string, recognizers: readonly Recognizer[]): Span[] => findIn(copiesOf(text), recognizers);

/** Up to where a text that goes on is sure to hold what it holds now: no match that is not complete begins before. */
export function settled({ copies, sure }: OpenCopies, recognizers: readonly Recognizer[], from: number): number {
  let end = sure;
  for (const copy of copies)
    for (const { open } of recognizers) {
      open.lastIndex = unitAt(copy, from);
      const at = open.exec(copy.text)?.index ?? copy.text.length;
      if (at < copy.text.length) end = Math.min(end, startIn(copy, at));
    }
  return Math.max(from, end);
}
