/** The mirror in a process of its own, as a benchmark needs it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Answers on this machine, under this address. */
export interface Serving {
  readonly url: string;
  stop(): void;
}

/** Ends a process, at the latest with this one. */
export function stopper(child: ChildProcess): () => void {
  const stop = (): void => void child.kill('SIGTERM');
  process.once('exit', stop);
  return stop;
}

/** @param program airlock.mjs */
export async function startMirror(program: string, store: string): Promise<Serving> {
  const args = [program, 'mirror', '--store', store, '--listen', '127.0.0.1:0', '--json'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = stopper(child);
  for await (const line of createInterface(child.stdout))
    return { url: (JSON.parse(line) as { listening: string }).listening, stop };
  throw new Error('the mirror did not start');
}
