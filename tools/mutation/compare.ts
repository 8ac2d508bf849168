/** What became of the scores between two results, and how results are shown. */
import { type FileResult, type Results, unexplained } from './results';

export interface Change {
  readonly file: string;
  readonly kind: 'fell' | 'rose' | 'new' | 'gone';
  readonly text: string;
}

const shown = ({ score }: FileResult): string => score.toFixed(1);

/** Files whose score is another one than before, those that fell first. */
export function compare(before: Results, after: Results): Change[] {
  const changes = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((file): Change[] => {
    const [was, is] = [before[file], after[file]];
    if (was === undefined) return is === undefined ? [] : [{ file, kind: 'new', text: `new, ${shown(is)}` }];
    if (is === undefined) return [{ file, kind: 'gone', text: `gone, was ${shown(was)}` }];
    if (is.score === was.score) return [];
    const kind = is.score < was.score ? 'fell' : 'rose';
    return [{ file, kind, text: `${kind} from ${shown(was)} to ${shown(is)}` }];
  });
  return [...changes.filter(({ kind }) => kind === 'fell'), ...changes.filter(({ kind }) => kind !== 'fell')];
}

/** One line per file: the score, and what is behind it. */
export function tableOf(results: Results): string[] {
  const rows = Object.entries(results).map(([file, result]) => ({ file, result }));
  const width = Math.max(0, ...rows.map(({ file }) => file.length));
  return rows.map(({ file, result }) => {
    const { mutants, killed, timeout, survived, noCoverage } = result;
    const open = unexplained(result).reduce((sum, { count }) => sum + count, 0);
    const counts = [
      `${mutants} mutants`,
      `${killed} killed`,
      ...(timeout > 0 ? [`${timeout} timed out`] : []),
      ...(survived > 0 ? [`${survived} survived`] : []),
      ...(noCoverage > 0 ? [`${noCoverage} not covered`] : []),
      ...(open > 0 ? [`${open} unexplained`] : []),
    ];
    return `${file.padEnd(width)}  ${shown(result).padStart(5)}  ${counts.join(', ')}`;
  });
}
