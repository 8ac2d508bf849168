/** On which line of a JSON text its values stand: a place of the plan, for readers that open the file there. */

/** The blanks of JSON (RFC 8259, section 2), of which line feeds alone make lines in what others count. */
const BLANK = new Set([' ', '\t', '\r', '\n']);
const NUMBER_OR_WORD = /[^\s,\]}]*/y;

/** Walks a text that was parsed before: anything but JSON gives lines that mean nothing. */
class Walk {
  public readonly lines = new Map<string, number>();
  private at = 0;
  private line = 1;

  public constructor(
    private readonly text: string,
    private readonly wanted: ReadonlySet<string>,
  ) {}

  public value(pointer: string): void {
    this.skipBlanks();
    if (this.wanted.has(pointer)) this.lines.set(pointer, this.line);
    switch (this.text[this.at]) {
      case '{':
        this.members(pointer);
        break;
      case '[':
        this.items(pointer);
        break;
      case '"':
        this.string();
        break;
      default:
        NUMBER_OR_WORD.lastIndex = this.at;
        this.at += Math.max(1, NUMBER_OR_WORD.exec(this.text)?.[0].length ?? 1);
    }
  }

  private skipBlanks(): void {
    for (let char = this.text[this.at]; char !== undefined && BLANK.has(char); char = this.text[this.at]) {
      if (char === '\n') this.line += 1;
      this.at += 1;
    }
  }

  /** Whether another one follows in the object or list; its comma or bracket is behind it then. */
  private another(end: string): boolean {
    this.skipBlanks();
    const char = this.text[this.at];
    if (char === undefined || char === end) {
      this.at += 1;
      return false;
    }
    if (char === ',') this.at += 1;
    return true;
  }

  /** The string as it is written, between its quotes. */
  private string(): string {
    const start = this.at + 1;
    let end = start;
    while (end < this.text.length && this.text[end] !== '"') end += this.text[end] === '\\' ? 2 : 1;
    this.at = end + 1;
    return this.text.slice(start, end);
  }

  private members(pointer: string): void {
    this.at += 1;
    while (this.another('}')) {
      this.skipBlanks();
      const raw = this.string();
      const key = raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw;
      this.skipBlanks();
      this.at += 1;
      this.value(`${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
    }
  }

  private items(pointer: string): void {
    this.at += 1;
    for (let index = 0; this.another(']'); index += 1) this.value(`${pointer}/${String(index)}`);
  }
}

/** The pointer to what holds a value; the whole document holds itself. */
const holder = (pointer: string): string => pointer.slice(0, Math.max(0, pointer.lastIndexOf('/')));

function withHolders(pointers: Iterable<string>): Set<string> {
  const all = new Set(['']);
  for (const pointer of pointers) for (let one = pointer; !all.has(one); one = holder(one)) all.add(one);
  return all;
}

/**
 * Lines of values, counted from 1. What is not there stands where it is missing: at what would hold it.
 *
 * @param text JSON
 * @param pointers RFC 6901
 */
export function valueLines(text: string, pointers: Iterable<string>): (pointer: string) => number {
  const walk = new Walk(text, withHolders(pointers));
  walk.value('');
  return (pointer) => {
    let one = pointer;
    while (!walk.lines.has(one) && one !== '') one = holder(one);
    return walk.lines.get(one) ?? 1;
  };
}
