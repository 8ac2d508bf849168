/** What happens to values that are found, in one direction of one call. */
import { Refusal } from '../refusal';
import { find, type Span } from './find';
import type { Pseudonyms } from './pseudonyms';
import type { Recognizer } from './recognizers';

/** How a value is dealt with. */
export type Action =
  | { readonly is: 'mask' | 'reject' }
  /** A placeholder of this call. */
  | { readonly is: 'pseudonym'; readonly pseudonyms: Pseudonyms };

/** Engines put the parts of a message together with nothing, a blank or a line break between them. */
const SEAMS = ['', ' ', '\n'];

export class Redactor {
  public constructor(
    public readonly recognizers: readonly Recognizer[],
    private readonly action: Action,
    /** Of a refusal: 400 of a request, 502 of an answer. */
    private readonly status: 400 | 502,
    /** Told the name of each value that was masked. */
    private readonly note: (name: string) => void = () => undefined,
  ) {}

  /** @throws Refusal where the action is to reject, and there is a value */
  public text(text: string, at: string): string {
    return this.replaced(text, find(text, this.recognizers), at);
  }

  /** A text with these values dealt with. @param spans in their order, apart from each other */
  public replaced(text: string, spans: readonly Span[], at: string): string {
    let [made, read] = ['', 0];
    for (const { start, end, name } of spans) {
      if (this.action.is === 'reject') throw this.blocked(name, at, '');
      this.note(name);
      const put =
        this.action.is === 'pseudonym'
          ? this.action.pseudonyms.placeholderFor(name, text.slice(start, end))
          : `[${name}_REDACTED]`;
      made += text.slice(read, start) + put;
      read = end;
    }
    return made + text.slice(read);
  }

  /** For what cannot be masked: others refer to it, or a number would be none any more. @throws Refusal */
  public exact(text: string, at: string): void {
    const [first] = find(text, this.recognizers);
    if (first !== undefined) throw this.blocked(first.name, at, ', where no text is masked');
  }

  /** Whether a text holds no value. */
  public isClean = (text: string): boolean => find(text, this.recognizers).length === 0;

  /** What neighbors make together: neither has it alone, and the engine sees them as one. @throws Refusal */
  public together(texts: readonly string[], at: string): void {
    if (texts.length < 2) return;
    for (const seam of SEAMS) {
      let length = 0;
      const seams = texts.slice(0, -1).map((text) => (length += text.length + seam.length));
      const across = find(texts.join(seam), this.recognizers).find(({ start, end }) =>
        seams.some((place) => start < place && place < end),
      );
      if (across !== undefined) throw this.blocked(across.name, at, ' across parts; write the text in one part');
    }
  }

  private blocked(name: string, at: string, where: string): Refusal {
    return new Refusal(this.status, 'content_blocked', `${at}: the pattern ${name.toLowerCase()} matches${where}`, at);
  }
}
