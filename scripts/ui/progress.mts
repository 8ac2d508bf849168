/** Draws progress: a bar on a terminal, plain lines in a log, nothing with --json. */
import { SingleBar } from 'cli-progress';
import { type Progress, SILENT } from '../../core/progress.js';
import { formatBytes } from '../../core/format-bytes.js';
import { type Line, show } from '../../core/visible.js';
import { say } from './output.mjs';
import { widthOf } from './wrap.js';

const LOG_EVERY_MS = 5000;
/** Of the bar, and of what stands beside it and its label, with room to grow. Columns of a terminal. */
const [LONGEST_BAR, SHORTEST_BAR, BESIDE_BAR] = [40, 4, 56];

function terminalProgress(): Progress {
  let bar: SingleBar | undefined;
  let done = 0;
  let began = 0;
  let shown = 0;
  let wait = show``;
  let title = show``;
  // What it is called and waits for comes as data: a format may be anything but other people's words.
  const payload = (): Readonly<Record<'title' | 'done' | 'rate' | 'wait', string>> => ({
    ...{ title, wait },
    done: formatBytes(done),
    rate: formatBytes(Math.round(done / Math.max(0.001, (performance.now() - began) / 1000))),
  });
  return {
    start(label, totalBytes) {
      [title, done] = [label, 0];
      began = performance.now();
      bar = new SingleBar({
        format: `{title} {bar} {percentage}% {done} of ${formatBytes(totalBytes)} {rate}/s ETA {eta_formatted}{wait}`,
        stream: process.stderr,
        barsize: Math.max(SHORTEST_BAR, Math.min(LONGEST_BAR, process.stderr.columns - widthOf(label) - BESIDE_BAR)),
      });
      bar.start(totalBytes, 0, payload());
    },
    advance(bytes) {
      done += bytes;
      wait = show``;
      if (performance.now() - shown < 100) return;
      shown = performance.now();
      bar?.update(done, payload());
    },
    note(line) {
      // Beside the bar until bytes move again: a bar that stands still should say what it waits for.
      wait = show` | ${line}`;
      if (bar === undefined) say(line);
      else bar.update(done, payload());
    },
    stop() {
      wait = show``;
      bar?.update(done, payload());
      bar?.stop();
      bar = undefined;
    },
  };
}

function logProgress(): Progress {
  let title: Line = show``;
  let total = 0;
  let done = 0;
  let began = 0;
  let last = 0;
  const line = (): void => {
    const seconds = (performance.now() - began) / 1000;
    say(
      show`${title}: ${formatBytes(done)} of ${formatBytes(total)} in ${seconds.toFixed(1)} s (${formatBytes(Math.round(done / Math.max(0.001, seconds)))}/s)`,
    );
  };
  return {
    start(label, totalBytes) {
      [title, total, done] = [label, totalBytes, 0];
      began = last = performance.now();
    },
    advance(bytes) {
      done += bytes;
      if (performance.now() - last < LOG_EVERY_MS) return;
      last = performance.now();
      line();
    },
    note: (line) => say(line),
    stop: line,
  };
}

/** The progress display that fits the output: silent with `--json`, a bar on a terminal, else lines. */
export const progressFor = ({ json }: { readonly json: boolean }): Progress =>
  json ? SILENT : process.stderr.isTTY ? terminalProgress() : logProgress();
