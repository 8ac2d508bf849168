/** Clients that call as fast as they are answered, each over a connection of its own. */
import { Pool } from 'undici';

export interface Load {
  /** Address without a path. */
  readonly url: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What every whole answer contains. */
  readonly answer: string;
  readonly clients: number;
  /** No call begins later. */
  readonly seconds: number;
}

export interface Outcome {
  /** Milliseconds from the first byte of a request to the last of its answer. */
  readonly milliseconds: readonly number[];
  /** From the first request to the last answer. */
  readonly seconds: number;
  /** What came in place of an answer. */
  readonly failures: readonly string[];
}

export async function applyLoad({ url, path, headers, body, answer, clients, seconds }: Load): Promise<Outcome> {
  const pool = new Pool(url, { connections: clients, pipelining: 1, headersTimeout: 30_000, bodyTimeout: 30_000 });
  const milliseconds: number[] = [];
  const failures: string[] = [];
  const call = async (): Promise<void> => {
    const began = performance.now();
    const response = await pool.request({ method: 'POST', path, headers, body });
    const text = await response.body.text();
    if (response.statusCode === 200 && text.includes(answer)) milliseconds.push(performance.now() - began);
    else failures.push(`${response.statusCode} ${text.slice(0, 300)}`);
  };
  const began = performance.now();
  const until = began + 1000 * seconds;
  const client = async (): Promise<void> => {
    do await call().catch((error: unknown) => failures.push(String(error)));
    while (performance.now() < until);
  };
  await Promise.all(Array.from({ length: clients }, client));
  const took = (performance.now() - began) / 1000;
  await pool.close();
  return { milliseconds, seconds: took, failures };
}
