/** Clients that call as fast as they are answered, each over a connection of its own. */
import { errors, Pool } from 'undici';

export interface Load {
  /** Address without a path. */
  readonly url: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What every whole answer contains. */
  readonly answer: string;
  readonly clients: number;
  /** No call begins later, or after one that failed. */
  readonly seconds: number;
}

export interface Outcome {
  /** Milliseconds from the first byte of a request to the last of its answer, repetitions included. */
  readonly milliseconds: readonly number[];
  /** Calls that were answered, and not at their first try. */
  readonly repeated: number;
  /** From the first request to the last answer. */
  readonly seconds: number;
  /** What came in place of an answer. */
  readonly failures: readonly string[];
}

interface Answer {
  readonly failure?: string;
  readonly lostConnection: boolean;
}

/** OpenAI's SDKs have the same default: two repetitions. */
const MOST_TRIES = 3;

/**
 * A call that lost its connection is made again, as clients do: llama.cpp promises to keep connections and closes each after
 * a streamed answer, so that who writes just then finds it closed.
 */
export async function applyLoad({ url, path, headers, body, answer, clients, seconds }: Load): Promise<Outcome> {
  const pool = new Pool(url, { connections: clients, pipelining: 1, headersTimeout: 30_000, bodyTimeout: 30_000 });
  const ask = async (): Promise<Answer> => {
    try {
      const response = await pool.request({ method: 'POST', path, headers, body });
      const text = await response.body.text();
      if (response.statusCode === 200 && text.includes(answer)) return { lostConnection: false };
      return {
        failure: `${response.statusCode} ${text.slice(0, 300)}`,
        // As gateways say it: 500, 502 or 503.
        lostConnection: response.statusCode >= 500,
      };
    } catch (error) {
      return { failure: String(error), lostConnection: error instanceof errors.SocketError };
    }
  };
  const milliseconds: number[] = [];
  const failures: string[] = [];
  let repeated = 0;
  const call = async (): Promise<void> => {
    const began = performance.now();
    let answered = await ask();
    let tries = 1;
    for (; answered.lostConnection && tries < MOST_TRIES; tries += 1) answered = await ask();
    if (answered.failure !== undefined) failures.push(answered.failure);
    else {
      milliseconds.push(performance.now() - began);
      if (tries > 1) repeated += 1;
    }
  };
  const began = performance.now();
  const until = began + 1000 * seconds;
  const client = async (): Promise<void> => {
    do await call();
    while (performance.now() < until && failures.length === 0);
  };
  await Promise.all(Array.from({ length: clients }, client));
  const took = (performance.now() - began) / 1000;
  await pool.close();
  return { milliseconds, repeated, seconds: took, failures };
}
