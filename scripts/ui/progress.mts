/** Draws progress: a bar on a terminal, plain lines in a log, nothing with --json. */
import { SingleBar } from 'cli-progress';
import { type Progress, SILENT } from '../../core/progress.js';
import { formatBytes, printable, say } from './output.mjs';

const LOG_EVERY_MS = 5000;

function terminalProgress(): Progress {
  let bar: SingleBar | undefined;
  let done = 0;
  let began = 0;
  let shown = 0;
  let wait = '';
  const payload = (): { done: string; rate: string; wait: string } => ({
    wait,
    done: formatBytes(done),
    rate: formatBytes(Math.round(done / Math.max(0.001, (performance.now() - began) / 1000))),
  });
  return {
    start(label, totalBytes) {
      done = 0;
      began = performance.now();
      bar = new SingleBar({
        format: `${printable(label)} {bar} {percentage}% {done} of ${formatBytes(totalBytes)} {rate}/s ETA {eta_formatted}{wait}`,
        stream: process.stderr,
      });
      bar.start(totalBytes, 0, payload());
    },
    advance(bytes) {
      done += bytes;
      wait = '';
      if (performance.now() - shown < 100) return;
      shown = performance.now();
      bar?.update(done, payload());
    },
    note(text) {
      // Beside the bar until bytes move again: a bar that stands still should say what it waits for.
      wait = ` | ${printable(text)}`;
      if (bar === undefined) say(text);
      else bar.update(done, payload());
    },
    stop() {
      wait = '';
      bar?.update(done, payload());
      bar?.stop();
      bar = undefined;
    },
  };
}

function logProgress(): Progress {
  let label = '';
  let total = 0;
  let done = 0;
  let began = 0;
  let last = 0;
  const line = (): void => {
    const seconds = (performance.now() - began) / 1000;
    say(
      `${label}: ${formatBytes(done)} of ${formatBytes(total)} in ${seconds.toFixed(1)} s (${formatBytes(Math.round(done / Math.max(0.001, seconds)))}/s)`,
    );
  };
  return {
    start(text, totalBytes) {
      [label, total, done] = [printable(text), totalBytes, 0];
      began = last = performance.now();
    },
    advance(bytes) {
      done += bytes;
      if (performance.now() - last < LOG_EVERY_MS) return;
      last = performance.now();
      line();
    },
    note: (text) => say(text),
    stop: line,
  };
}

/** The progress display that fits the output: silent with `--json`, a bar on a terminal, else lines. */
export const progressFor = ({ json }: { readonly json: boolean }): Progress =>
  json ? SILENT : process.stderr.isTTY ? terminalProgress() : logProgress();
