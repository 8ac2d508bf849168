/** Starts the mirror beside the quickstart and asks it what an enclave would ask. */
import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type { ProcessPromise } from 'zx';
import { end, type ProgramPlace, start } from './programs.mjs';

export interface RunningMirror {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  stop(): Promise<void>;
}

const START_LIMIT_MS = 30_000;

/** The first loopback address that the process prints. */
async function printedAddress(mirror: ProcessPromise): Promise<string> {
  for await (const line of createInterface({ input: mirror.stdout })) {
    const found = /https?:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (found !== undefined) return found;
  }
  const { stderr } = await mirror;
  throw new Error(`the mirror ended without saying where it listens: ${stderr}`);
}

/** @throws Error when the process ends, or prints no address in time */
export async function startMirror(
  argv: readonly string[],
  place: ProgramPlace,
  signal: AbortSignal,
): Promise<RunningMirror> {
  const mirror = start(argv, place, signal);
  const stop = async (): Promise<void> => {
    end(mirror);
    await mirror;
  };
  const late = pause(START_LIMIT_MS, undefined, { ref: false }).then(() => {
    throw new Error(`the mirror said nothing for ${START_LIMIT_MS / 1000} s`);
  });
  try {
    const url = await Promise.race([printedAddress(mirror), late]);
    mirror.stdout.resume();
    return { url, stop };
  } catch (error) {
    await stop();
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
