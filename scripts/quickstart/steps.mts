/** Runs the quickstart's steps one after another, shows each, and remembers how it went. */
import { type Table, table } from '../../core/page.js';
import { linesOf, show } from '../../core/visible.js';
import { columnsOf, print } from '../ui/output.mjs';
import { type ProgramPlace, start } from './programs.mjs';

export interface Finished {
  readonly code: number;
  readonly stdout: string;
}

export interface CommandStep {
  /** What the step is for, in a few words. */
  readonly title: string;
  /** The command as a person would type it. */
  readonly shown: string;
  /** Program and arguments. */
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Exit code that the step must end with. @default 0 */
  readonly expected?: number;
  /** Judges the output. @returns a fault, or undefined */
  readonly fault?: (finished: Finished) => string | undefined;
  /** What to say in the closing table. @default - the last line of the output */
  readonly result?: (finished: Finished) => string;
}

interface Row {
  readonly title: string;
  readonly result: string;
  readonly seconds: number;
}

const SHOWN_LINES = 30;
const RESULT_WIDTH = 76;
/** An index digest must stay in its line. */
const LEAST_COLUMNS = 78;
const INDENT = '  ';

/** Enough of a digest to recognize it. */
const shortened = (text: string): string => text.replace(/(sha256:[0-9a-f]{12})[0-9a-f]{52}/g, '$1…');

/** The first line that begins like this, for a step's result. */
export const lineWith =
  (beginning: string) =>
  ({ stdout }: Finished): string =>
    stdout
      .split('\n')
      .find((line) => line.trimStart().startsWith(beginning))
      ?.trim() ?? '';

/** The last line; on a terminal what goes on below it stands further in. */
const closingLine = ({ stdout }: Finished): string =>
  stdout
    .trimEnd()
    .split('\n')
    .findLast((line) => !line.startsWith('    '))
    ?.trim() ?? '';

function showOutput(text: string): void {
  if (text.trim() === '') return;
  const all = linesOf(text.trimEnd());
  print(all.slice(0, SHOWN_LINES).map((line) => show`${INDENT}${line}`));
  if (all.length > SHOWN_LINES) print(show`${INDENT}… and ${all.length - SHOWN_LINES} more lines`);
}

/** A step's output is shown below its command, so its program must know how much room there is. */
function room(): Readonly<Record<string, string>> {
  const columns = columnsOf(process.stdout);
  return columns === undefined ? {} : { AIRLOCK_COLUMNS: String(Math.max(LEAST_COLUMNS, columns - INDENT.length)) };
}

/** Runs a program to its end; standard error is kept apart, since progress lies there. */
export async function runProgram(
  argv: readonly string[],
  place: ProgramPlace,
  signal: AbortSignal,
): Promise<Finished & { readonly stderr: string }> {
  const { exitCode, stdout, stderr } = await start(argv, { ...place, env: { ...place.env, ...room() } }, signal);
  signal.throwIfAborted();
  return { code: exitCode ?? -1, stdout, stderr };
}

export class Steps {
  private readonly rows: Row[] = [];

  public constructor(private readonly signal: AbortSignal) {}

  /** @throws Error when the command ends otherwise than it should; the journey ends there. */
  public async command(step: CommandStep): Promise<Finished> {
    const { title, shown, argv, expected = 0, fault, result = closingLine } = step;
    return this.timed(title, async () => {
      print(show`$ ${shown}`);
      const finished = await runProgram(argv, step, this.signal);
      showOutput(finished.stdout);
      const wrong =
        finished.code === expected
          ? fault?.(finished)
          : `exit code ${finished.code}, expected ${expected}\n${finished.stderr.trimEnd()}`;
      if (wrong !== undefined) throw new Error(wrong);
      return [finished, result(finished)];
    });
  }

  /** A step that is not a command: it does something and says how it went. */
  public check(title: string, act: () => Promise<string>): Promise<void> {
    return this.timed(title, async () => {
      const result = await act();
      print(show`  ${result}`);
      return [undefined, result];
    });
  }

  private async timed<T>(title: string, act: () => Promise<[T, string]>): Promise<T> {
    this.signal.throwIfAborted();
    print([show``, show`── ${this.rows.length + 1}. ${title}`]);
    const began = performance.now();
    const seconds = (): number => (performance.now() - began) / 1000;
    try {
      const [value, result] = await act();
      this.rows.push({ title, result, seconds: seconds() });
      print(show`  ok in ${seconds().toFixed(1)} s`);
      return value;
    } catch (error) {
      this.rows.push({ title, result: 'FAILED', seconds: seconds() });
      throw error;
    }
  }

  /** The closing table: step, result, time. */
  public summary(): Table {
    const total = this.rows.reduce((sum, row) => sum + row.seconds, 0);
    const fitting = (text: string): string =>
      text.length > RESULT_WIDTH ? `${text.slice(0, RESULT_WIDTH - 1)}…` : text;
    const rows = this.rows.map(({ title, result, seconds }, at) => [
      `${at + 1}. ${title}`,
      fitting(shortened(result)),
      `${seconds.toFixed(1)} s`,
    ]);
    return table(['step', 'result', 'time'], [...rows, ['in all', '', `${total.toFixed(1)} s`]]);
  }
}
