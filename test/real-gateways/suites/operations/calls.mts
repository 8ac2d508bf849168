/** Calls as the programs of a site make them. */
import { Agent } from 'node:http';
import { type Answer, CHAT, call, type CallOptions } from '../../call.mjs';
import { WORKFLOW } from './policy.mjs';

const body = (tokens: number, stream: boolean): object => ({
  ...{ model: WORKFLOW, messages: [{ role: 'user', content: 'Count.' }], max_tokens: tokens, stream },
});

/** A short answer at once. */
export const short = (url: string, key: string, more: Pick<CallOptions, 'agent'> = {}): Promise<Answer> =>
  call(url, CHAT, { key, body: body(8, false), ...more });

/** An answer of so many tokens, as they come. */
export const streamed = (
  url: string,
  key: string,
  tokens: number,
  more: Pick<CallOptions, 'agent'> = {},
): Promise<Answer> => call(url, CHAT, { key, body: body(tokens, true), ...more });

/** Programs of every kind: each call on its own connection, streamed, and one connection for all. */
export function programs(url: string, key: string): (() => Promise<Answer>)[] {
  const [fresh, kept] = [new Agent(), new Agent({ keepAlive: true, maxSockets: 1 })];
  return [
    () => short(url, key, { agent: fresh }),
    () => streamed(url, key, 64, { agent: fresh }),
    () => short(url, key, { agent: kept }),
  ];
}
