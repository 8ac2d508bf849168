/** YAML that keeps its places: every fault of a document is reported with file, line and column. */
import type { ValidateFunction } from 'ajv';
import { type Document, LineCounter, isMap, isPair, isScalar, parseDocument, visit } from 'yaml';
import { ERROR_CODES } from '../../core/error-codes';
import { AirlockError, type CodeOf, type ErrorCode, type SourceFault } from '../../core/errors';
import { type Explanation, explain, formatPath } from './explain';
import { leadsTo, placeholdersOf } from './placeholder';
import { oddTexts } from './odd-texts';
import { fixOf } from './yaml-fixes';

/** Times that aliases may stand for others, before they multiply beyond reason. */
const MAX_ALIASES = 100;

type Path = readonly (string | number)[];
/** With its place, which a document always knows, and what to do. */
type LocatedFault = SourceFault & Required<Pick<SourceFault, 'line' | 'column' | 'fix'>>;

/** A parsed file that can say where a path stands. */
export class YamlDocument {
  public readonly faults: LocatedFault[] = [];
  private readonly lines = new LineCounter();
  private readonly document: Document;

  public constructor(
    text: string,
    private readonly file: string,
  ) {
    const options = { uniqueKeys: true, stringKeys: true, prettyErrors: false };
    this.document = parseDocument(text, { ...options, lineCounter: this.lines });
    for (const { pos, message, code } of [...this.document.errors, ...this.document.warnings])
      this.faults.push({ file, ...this.place(pos[0]), path: formatPath([]), message, fix: fixOf(code) });
    if (this.faults.length === 0) this.checkAliases();
  }

  /** The plain value; only meaningful while there are no faults. */
  public get value(): unknown {
    return this.document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown;
  }

  /** Where the value at a path stands, or the nearest above it that exists. */
  public placeOf(path: Path): { readonly line: number; readonly column: number } {
    return this.place(this.offsetOf(path, false));
  }

  /** Records a fault at a path of the document. */
  public fault(path: Path, message: string, fix: string, atKey = false, code?: ErrorCode): void {
    this.faults.push({
      file: this.file,
      ...this.place(this.offsetOf(path, atKey)),
      path: formatPath(path),
      ...{ message, fix },
      ...(code === undefined ? {} : { code }),
    });
  }

  /** What a check returns; what it refuses is recorded as a fault at a path of the document. */
  public attempt<T>(path: Path, check: () => T): T | undefined {
    try {
      return check();
    } catch (error) {
      if (!(error instanceof AirlockError)) throw error;
      this.fault(path, error.message, error.fix ?? ERROR_CODES[error.code].fix, false, error.code);
      return undefined;
    }
  }

  /** Checks the value against a schema and records every error, and each placeholder that nobody has edited. */
  public validate<T>(validate: ValidateFunction<T>): T | undefined {
    if (this.faults.length > 0) return undefined;
    const { value } = this;
    const left = placeholdersOf(value);
    for (const { path, atKey, wanted } of left)
      this.fault(path, 'this is a placeholder, and nobody has edited it', `write ${wanted} in its place`, atKey);
    const odd = oddTexts(value);
    for (const { path, what, fix } of odd) this.fault(path, what, fix);
    if (validate(value)) return left.length + odd.length === 0 ? value : undefined;
    const explained = (validate.errors ?? [])
      .map((error) => explain(error))
      // What the schema says of a placeholder is not what is wrong with it.
      .filter((item): item is Explanation => item !== undefined && !left.some(({ path }) => leadsTo(path, item.path)));
    for (const { path, atKey, message, fix } of explained) this.fault(path, message, fix, atKey);
    return undefined;
  }

  /** @throws AirlockError (input) carrying every recorded fault, in the order of the file */
  public throwFaults(code: CodeOf<'input'>, kind: string): void {
    if (this.faults.length === 0) return;
    const faults = [...this.faults].sort((a, b) => a.line - b.line || a.column - b.column);
    const count = faults.length === 1 ? '1 fault' : `${String(faults.length)} faults`;
    throw new AirlockError(code, `${this.file} is not a valid ${kind} (${count})`, { faults });
  }

  /** The library throws for these only when the value is asked for. */
  private checkAliases(): void {
    const lost: LocatedFault[] = [];
    visit(this.document, {
      Alias: (_, alias) => {
        if (alias.resolve(this.document) !== undefined) return;
        const message = `no anchor &${alias.source} stands before the alias *${alias.source}`;
        const fix = 'write the value out, or put it in quotes where a text begins with *';
        lost.push({ file: this.file, ...this.place(alias.range?.[0] ?? 0), path: formatPath([]), message, fix });
      },
    });
    this.faults.push(...lost);
    if (lost.length > 0) return;
    try {
      this.document.toJS({ maxAliasCount: MAX_ALIASES });
    } catch (error) {
      if (!(error instanceof ReferenceError)) throw error;
      // What it throws when aliases multiply beyond `maxAliasCount`.
      this.fault([], 'its aliases (*name) stand for more than is reasonable', 'write the repeated parts out');
    }
  }

  private place(offset: number): { line: number; column: number } {
    const { line, col } = this.lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }

  /** Offset of the value at a path, of its key with `atKey`, or of the nearest parent that exists. */
  private offsetOf(path: Path, atKey: boolean): number {
    for (let length = path.length; length >= 0; length -= 1) {
      const parent = length === 0 ? undefined : this.document.getIn(path.slice(0, length - 1), true);
      if (atKey && length === path.length && isMap(parent)) {
        const key = parent.items.find(
          (pair) => isPair(pair) && isScalar(pair.key) && String(pair.key.value) === String(path[length - 1]),
        )?.key;
        if (isScalar(key) && key.range != null) return key.range[0];
      }
      const node = this.document.getIn(path.slice(0, length), true) as
        { range?: [number, number, number] | null } | undefined;
      if (node?.range != null) return node.range[0];
    }
    return 0;
  }
}
