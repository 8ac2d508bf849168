/** A text in pieces, held back only as far as what came may become a value with what comes. */
import { Refusal } from '../refusal';
import { copiesOf, openCopiesOf } from './copies';
import { findIn, settled, type Span } from './find';
import type { Redactor } from './redactor';

/** Units before what is held, for edges of words. */
const CONTEXT = 16;
/** Nothing that people write is longer, and each piece reads what is held anew. */
const MOST_HELD = 2048;

export class HeldText {
  private context = '';
  private held = '';

  public constructor(
    private readonly redactor: Redactor,
    private readonly at: string,
  ) {}

  /** @returns what may go out. @throws Refusal as the redactor does, and where more would have to be held than is reasonable */
  public push(piece: string): string {
    const from = this.context.length;
    const text = this.context + this.held + piece;
    const open = openCopiesOf(text);
    const spans = findIn(copiesOf(text), this.redactor.recognizers, from);
    // A value that reaches into what is open may become another one.
    const end = spans.reduceRight(
      (before, span) => (span.start < before && before < span.end ? span.start : before),
      settled(open, this.redactor.recognizers, from),
    );
    if (text.length - end > MOST_HELD)
      throw new Refusal(502, 'content_blocked', `${this.at}: one value would be longer than ${MOST_HELD} characters`);
    return this.release(text, from, end, spans);
  }

  /** @returns the rest, since nothing follows */
  public end(): string {
    const from = this.context.length;
    const text = this.context + this.held;
    return this.release(text, from, text.length, findIn(copiesOf(text), this.redactor.recognizers, from));
  }

  private release(text: string, from: number, end: number, spans: readonly Span[]): string {
    const inside = spans.filter((span) => span.end <= end);
    const out = this.redactor.replaced(
      text.slice(from, end),
      inside.map((span) => ({ ...span, start: span.start - from, end: span.end - from })),
      this.at,
    );
    this.context = text.slice(Math.max(0, end - CONTEXT), end);
    this.held = text.slice(end);
    return out;
  }
}
