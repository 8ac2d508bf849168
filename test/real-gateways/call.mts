/** Calls to a gateway as a program without any SDK makes them. */
import { type Agent, request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';

export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Names and values in turn, as they came. */
  readonly head?: readonly string[];
}

export interface CallOptions {
  readonly key?: string;
  readonly body?: unknown;
  /** Sent as it is, in place of a body. */
  readonly raw?: Buffer | string;
  /** Beside the key's, or in place of `content-type`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  /** Which connections it takes, and whom it trusts. */
  readonly agent?: Agent;
}

/**
 * One HTTP call; the path goes out as it is written, with no dots or doubled slashes resolved.
 */
export function call(
  url: string,
  path: string,
  {
    key,
    body,
    raw,
    headers = {},
    method = body === undefined && raw === undefined ? 'GET' : 'POST',
    agent,
  }: CallOptions,
): Promise<Answer> {
  const { hostname, port, protocol } = new URL(url);
  const request = protocol === 'https:' ? requestSecure : requestPlain;
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, agent, timeout: 60_000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      // A streamed answer that is refused midway ends with its connection: what came until then is the answer.
      response.on('close', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, body, head: response.rawHeaders });
      });
      response.on('error', () => undefined);
    });
    sent.on('error', reject);
    sent.setHeader('content-type', 'application/json');
    for (const [name, value] of Object.entries(headers)) sent.setHeader(name, value);
    if (key !== undefined) sent.setHeader('authorization', `Bearer ${key}`);
    sent.end(raw ?? (body === undefined ? undefined : JSON.stringify(body)));
  });
}

export const CHAT = '/v1/chat/completions';

export const chat = (
  url: string,
  model: string,
  key: string | undefined,
  text = 'Hello.',
  more: Readonly<Record<string, unknown>> = {},
): Promise<Answer> =>
  call(url, CHAT, {
    ...(key === undefined ? {} : { key }),
    body: { model, messages: [{ role: 'user', content: text }], max_tokens: 8, ...more },
  });
