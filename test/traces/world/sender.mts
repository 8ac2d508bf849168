/** Senders of OTLP: the OpenTelemetry SDK for Python, which we did not write. */
import path from 'node:path';
import { mustRun, startService } from '../../harness/processes.mjs';
import { PYTHON } from '../install/phoenix.mjs';
import { CLIENTS } from '../paths.mjs';
import { GRPC, HTTP } from './collector.mjs';

const SENDER = path.join(CLIENTS, 'send.py');

async function send<T>(mode: string, input: unknown): Promise<T> {
  const { stdout } = await mustRun(PYTHON, [SENDER, mode, HTTP], { input: JSON.stringify(input), timeoutMs: 300_000 });
  return JSON.parse(stdout) as T;
}

/** Sends one trace for each text, the text in every place that a span has. @returns trace ids */
export const plant = (texts: readonly string[]): Promise<string[]> => send('plant', texts);

/** Sends so many traces of each person. @returns trace ids by person */
export const sendPersons = (people: Readonly<Record<string, number>>): Promise<Record<string, string[]>> =>
  send('persons', people);

/** Sends a trace that began at each time. @returns trace ids */
export const sendDated = (times: readonly Date[]): Promise<string[]> =>
  send(
    'dated',
    times.map((time) => time.getTime() / 1000),
  );

/** One trace as its sender saw it. */
export interface Sent {
  readonly trace: string;
  /** Epoch seconds. */
  readonly began: number;
  /** Until the answer. */
  readonly ms: number;
  /** Whether the receiver took it. */
  readonly taken: boolean;
}

export interface Stream {
  readonly sent: () => readonly Sent[];
  /** Waits until the stream is over. */
  readonly end: () => Promise<readonly Sent[]>;
}

/** Sends traces of two spans at a rate, over gRPC. */
export async function startStream(perSecond: number, seconds: number): Promise<Stream> {
  const args = [SENDER, 'stream', GRPC, String(perSecond), String(seconds)];
  const service = await startService(PYTHON, args, { ready: (output) => output.includes('}\n') });
  const sent = (): Sent[] =>
    service
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as Sent);
  return { sent, end: () => waitForAll(sent, perSecond * seconds) };
}

async function waitForAll(sent: () => Sent[], count: number): Promise<Sent[]> {
  const until = performance.now() + 300_000;
  while (sent().length < count && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 200));
  return sent();
}
