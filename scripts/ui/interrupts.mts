/** What Ctrl-C and a polite kill do to a command that has no way of its own to end. */
import { environmentFailed } from '../../core/errors.js';
import { endPrograms } from '../../core/programs.js';
import { printError } from './output.mjs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Says that the command was interrupted, ends the programs that it started, then the process. A command that listens to the
 * signal itself ends as it does; the second signal finds it here.
 *
 * @returns whether that has happened, and what takes it away again
 */
export function endOnSignals(said: Parameters<typeof printError>[1]): {
  readonly ended: () => boolean;
  readonly forget: () => void;
} {
  let isEnding = false;
  const handlers = SIGNALS.map((signal) => {
    const handler = (): void => {
      if (process.listenerCount(signal) > 1) return;
      const error = environmentFailed('INTERRUPTED', `interrupted by ${signal}`);
      if (!isEnding) printError(error, said);
      isEnding = true;
      // eslint-disable-next-line no-restricted-syntax -- what the command waits for would keep the process alive
      void endPrograms().finally(() => process.exit(error.exitCode));
    };
    process.on(signal, handler);
    return () => process.off(signal, handler);
  });
  return { ended: () => isEnding, forget: () => handlers.forEach((forget) => forget()) };
}
