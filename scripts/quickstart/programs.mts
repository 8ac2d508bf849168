/** Starts the quickstart's programs by zx, each with an environment of its own. */
import { quote } from 'shell-quote';
import { $, type ProcessPromise } from 'zx';

export interface ProgramPlace {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Ends a program and all that it started; zx would look for them with `ps`, which a machine with Node alone lacks. */
export function end({ pid }: ProcessPromise): void {
  try {
    // Each leads a process group of its own.
    if (pid !== undefined) process.kill(-pid, 'SIGTERM');
  } catch {
    // It has ended already.
  }
}

/** Words are quoted for sh, which every machine has; nothing of this process's environment goes along. */
export function start(argv: readonly string[], { cwd, env }: ProgramPlace, signal: AbortSignal): ProcessPromise {
  const options = {
    cwd,
    env: { ...env },
    detached: true,
    shell: 'sh',
    prefix: '',
    postfix: '',
    // zx quotes as bash alone understands.
    quote: (word: string) => quote([word]),
    nothrow: true,
    quiet: true,
  };
  const program = $(options)`${argv}`;
  const abort = (): void => end(program);
  signal.addEventListener('abort', abort);
  void program.finally(() => signal.removeEventListener('abort', abort));
  return program;
}
