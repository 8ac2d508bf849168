/** Clients whose waits are recorded instead of waited for. */
import { createClients, type UpstreamClients } from '../../../offline-bundle/fetch/clients';
import { HttpClient, type HttpOptions } from '../../../offline-bundle/fetch/http';
import { type UpstreamFlags, upstreamSettings } from '../../../offline-bundle/fetch/settings';
import type { Progress } from '../../../core/progress';

export interface Recorded {
  /** Milliseconds of each wait, in order. */
  readonly waits: number[];
  readonly notes: string[];
}

function recording(): Recorded & Pick<HttpOptions, 'sleep' | 'random' | 'progress' | 'version'> {
  const waits: number[] = [];
  const notes: string[] = [];
  const nothing = (): void => undefined;
  const progress: Progress = { start: nothing, advance: nothing, stop: nothing, note: (text) => void notes.push(text) };
  return {
    waits,
    notes,
    progress,
    version: '9.9.9',
    random: () => 0.5,
    sleep: (milliseconds) => {
      waits.push(milliseconds);
      return Promise.resolve();
    },
  };
}

export function httpClient(options: Partial<HttpOptions> = {}): { http: HttpClient } & Recorded {
  const recorded = recording();
  return { http: new HttpClient({ ...recorded, ...options }), waits: recorded.waits, notes: recorded.notes };
}

/** All clients, led by an environment such as that of an outside world; no Docker config of this machine is read. */
export function worldClients(
  environment: Readonly<Record<string, string>>,
  flags: UpstreamFlags = {},
): { clients: UpstreamClients } & Recorded {
  const recorded = recording();
  const settings = upstreamSettings(flags, { DOCKER_CONFIG: '/nonexistent/docker', ...environment });
  return { clients: createClients(settings, recorded), waits: recorded.waits, notes: recorded.notes };
}

/** The bytes of a body. */
export async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}

/** The error that a promise is rejected with; fails when it is not. */
export async function rejection(promise: Promise<unknown>): Promise<Error & { kind?: string; fix?: string }> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('was not rejected');
}
