/** Values of one call and what stands for them, so that its caller alone gets them back. */
import { Refusal } from '../refusal';
import { folded, unescaped } from './copies';

const PLACEHOLDER = /\[[0-9A-Z-]{1,80}_[0-9]{1,6}\]/g;
/** The beginning of one, at the end of a text. */
const BEGUN = /\[(?:[0-9A-Z-]{1,80}(?:_[0-9]{0,6})?)?$/;
/** Longer than any placeholder. */
const LONGEST = 96;

/** Most characters that answers of a call get back: each may name a value as often as it likes. */
const MOST_RESTORED = 4 * 1024 * 1024;

/** A text within a JSON text. */
const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);

export class Pseudonyms {
  private readonly placeholders = new Map<string, string>();
  private readonly values = new Map<string, string>();
  private readonly counts = new Map<string, number>();
  private restored = 0;

  /** The same for each way to write a value. @param name what it is, e.g. `CONTACT-EMAIL` */
  public placeholderFor(name: string, value: string): string {
    const key = `${name} ${unescaped(unescaped(folded({ text: value }))).text}`;
    const known = this.placeholders.get(key);
    if (known !== undefined) return known;
    const count = (this.counts.get(name) ?? 0) + 1;
    this.counts.set(name, count);
    const made = `[${name}_${count}]`;
    this.placeholders.set(key, made);
    this.values.set(made, value);
    return made;
  }

  /** With values for placeholders. @param isJson whether the text is JSON, whose strings values become a part of */
  public restore(text: string, isJson: boolean): string {
    return text.replace(PLACEHOLDER, (placeholder) => {
      const value = this.values.get(placeholder);
      if (value === undefined) return placeholder;
      this.restored += value.length;
      if (this.restored > MOST_RESTORED)
        throw new Refusal(502, 'content_blocked', 'the answer names values of the request too often');
      return isJson ? escaped(value) : value;
    });
  }
}

/** A text in pieces, with values for placeholders; a placeholder may be cut anywhere. */
export class RestoredText {
  private held = '';

  public constructor(
    private readonly pseudonyms: Pseudonyms,
    private readonly isJson: boolean,
  ) {}

  public push(piece: string): string {
    const text = this.held + piece;
    const from = Math.max(0, text.length - LONGEST);
    const at = text.slice(from).search(BEGUN);
    const end = at < 0 ? text.length : from + at;
    this.held = text.slice(end);
    return this.pseudonyms.restore(text.slice(0, end), this.isJson);
  }

  public end(): string {
    const rest = this.held;
    this.held = '';
    return this.pseudonyms.restore(rest, this.isJson);
  }
}
