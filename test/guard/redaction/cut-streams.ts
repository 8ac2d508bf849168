/** Streams with values in them, cut anywhere. */
import fc from 'fast-check';
import { find } from '../../../guard/redaction/find';
import { HeldText } from '../../../guard/redaction/held-text';
import { Pseudonyms, RestoredText } from '../../../guard/redaction/pseudonyms';
import type { Recognizer } from '../../../guard/redaction/recognizers';
import { type Action, Redactor } from '../../../guard/redaction/redactor';
import { Refusal } from '../../../guard/refusal';
import { around, planted } from './odd-forms';

/** A text with values in it, and the places at which it is cut. */
const stream = fc
  .array(fc.tuple(around, planted, fc.constantFrom(' and ', ', then\n', '; ', '. The rest: ')), {
    minLength: 1,
    maxLength: 3,
  })
  .chain((parts) => {
    const text = parts.map(([before, { written }, after]) => `${before} ${written}${after}`).join('');
    const cuts = fc.array(fc.nat({ max: text.length }), { maxLength: 40 });
    return fc.record({ text: fc.constant(text), cuts });
  });

const pieces = (text: string, cuts: readonly number[]): string[] => {
  const places = [...new Set([0, ...cuts, text.length])].sort((a, b) => a - b);
  return places.slice(1).map((to, at) => text.slice(places[at], to));
};

/** What goes out of a stream, piece by piece; it ends where the call does. */
function sent(
  recognizers: readonly Recognizer[],
  text: string,
  cuts: readonly number[],
  action: Action,
): { out: string[]; refused: boolean } {
  const held = new HeldText(new Redactor(recognizers, action, 502), 'content');
  const out: string[] = [];
  try {
    for (const piece of pieces(text, cuts)) out.push(held.push(piece));
    out.push(held.end());
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { out, refused: true };
  }
  return { out, refused: false };
}

/** How much was tried. */
export interface Cut {
  streams: number;
  cuts: number;
}

/** Holds streams to it. @param numRuns streams in each mode */
export function holdCutStreams(recognizers: readonly Recognizer[], numRuns: number): Cut {
  const tried: Cut = { streams: 0, cuts: 0 };
  const cutting = (text: string, cuts: readonly number[]): void => {
    tried.streams += 1;
    tried.cuts += pieces(text, cuts).length - 1;
  };

  describe('a stream that is cut anywhere', () => {
    it('when values are masked, sends none, and the rest as it is', () => {
      fc.assert(
        fc.property(stream, ({ text, cuts }) => {
          cutting(text, cuts);
          const out = sent(recognizers, text, cuts, { is: 'mask' }).out.join('');
          expect(find(out, recognizers)).toEqual([]);
          expect(out).toBe(sent(recognizers, text, [], { is: 'mask' }).out.join(''));
          expect(out).toBe(new Redactor(recognizers, { is: 'mask' }, 502).text(text, ''));
        }),
        { numRuns },
      );
    });

    it('when values are rejected, ends before the first character of one', () => {
      fc.assert(
        fc.property(stream, ({ text, cuts }) => {
          cutting(text, cuts);
          const { out, refused } = sent(recognizers, text, cuts, { is: 'reject' });
          expect(refused).toBe(true);
          expect(text.slice(0, find(text, recognizers)[0]?.start).startsWith(out.join(''))).toBe(true);
        }),
        { numRuns },
      );
    });

    it('when values get pseudonyms, sends those, and its caller gets back what was written', () => {
      fc.assert(
        fc.property(stream, ({ text, cuts }) => {
          cutting(text, cuts);
          const pseudonyms = new Pseudonyms();
          const out = sent(recognizers, text, cuts, { is: 'pseudonym', pseudonyms }).out.join('');
          expect(find(out, recognizers)).toEqual([]);
          const restored = new RestoredText(pseudonyms, false);
          const back = [...pieces(out, cuts), ''].map((piece) => restored.push(piece)).join('') + restored.end();
          expect(back.length).toBeGreaterThan(out.length / 2);
          expect(back).not.toMatch(/\[[A-Z-]+_\d+\]/);
        }),
        { numRuns },
      );
    });
  });

  return tried;
}
