/** Starts the mirror beside the quickstart and asks it what an enclave would ask. */
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

export interface RunningMirror {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  stop(): Promise<void>;
}

const START_LIMIT_MS = 30_000;

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** The first loopback address that the process prints. */
async function printedAddress(child: ChildProcessByStdio<null, Readable, Readable>): Promise<string> {
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  for await (const line of createInterface({ input: child.stdout })) {
    const found = /https?:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (found !== undefined) return found;
  }
  throw new Error(`the mirror ended without saying where it listens: ${errors}`);
}

/** @throws Error when the process ends, or prints no address in time */
export async function startMirror(
  argv: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<RunningMirror> {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, { cwd, env, signal, stdio: ['ignore', 'pipe', 'pipe'] });
  child.on('error', () => undefined); // an abort; the process ends, and so does its output
  const late = pause(START_LIMIT_MS, undefined, { ref: false }).then(() => {
    throw new Error(`the mirror said nothing for ${START_LIMIT_MS / 1000} s`);
  });
  try {
    const url = await Promise.race([printedAddress(child), late]);
    child.stdout.resume();
    return { url, stop: () => stop(child) };
  } catch (error) {
    await stop(child);
    throw error;
  }
}

/** Downloads an address and hashes it on the way. */
export async function hashOf(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ sha256: string; bytes: number }> {
  const response = await fetch(url, { headers });
  if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`);
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { sha256: hash.digest('hex'), bytes };
}
