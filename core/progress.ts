import type { Line } from './visible';

/** How long work reports itself; `scripts/ui` draws it, functions only feed it. */
export interface Progress {
  /** Announces how many bytes the work will move in all, and what it is called. */
  start(label: Line, totalBytes: number): void;
  /** Reports bytes that have been moved since the last call. */
  advance(bytes: number): void;
  /** A line worth showing in a log: a finished artifact, a retry, a wait. */
  note(line: Line): void;
  /** Ends the display that `start` opened. */
  stop(): void;
}

const nothing = (): void => undefined;

export const SILENT: Progress = { start: nothing, advance: nothing, note: nothing, stop: nothing };
