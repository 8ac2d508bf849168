/** Figures of ways that were measured in turn, each beside the first one's. */
import Table from 'cli-table3';
import { percentile } from '../../test/harness/percentile.mjs';
import type { Outcome } from './load.mjs';

export interface Figures {
  readonly calls: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Calls that took more than one try. */
  readonly repeated: number;
}

/** Of all rounds together, so that one that was disturbed counts as one of them. */
export function figuresOf(rounds: readonly Outcome[]): Figures {
  const milliseconds = rounds.flatMap((round) => round.milliseconds);
  const seconds = rounds.reduce((sum, round) => sum + round.seconds, 0);
  return {
    calls: milliseconds.length,
    perSecond: milliseconds.length / seconds,
    p50: percentile(milliseconds, 50),
    p99: percentile(milliseconds, 99),
    repeated: rounds.reduce((sum, round) => sum + round.repeated, 0),
  };
}

const HEAD = ['way', 'calls', 'calls/s', '× direct', 'p50 ms', 'added', 'p99 ms', 'added', 'repeated'];

/** @param measured by name of the way; the first is what the others are compared with */
export function figureTable(measured: ReadonlyMap<string, readonly Outcome[]>): string {
  const rows = [...measured].map(([name, rounds]) => ({ name, figures: figuresOf(rounds) }));
  const direct = rows[0]?.figures;
  const table = new Table({ head: HEAD, style: { head: [], border: [], compact: true } });
  for (const { name, figures } of rows) {
    const added = (of: 'p50' | 'p99'): string =>
      figures === direct || direct === undefined ? '' : (figures[of] - direct[of]).toFixed(1);
    table.push([
      name,
      String(figures.calls),
      figures.perSecond.toFixed(1),
      direct === undefined ? '' : (figures.perSecond / direct.perSecond).toFixed(3),
      figures.p50.toFixed(1),
      added('p50'),
      figures.p99.toFixed(1),
      added('p99'),
      String(figures.repeated),
    ]);
  }
  return table.toString();
}
