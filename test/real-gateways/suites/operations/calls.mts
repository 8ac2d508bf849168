/** Calls as the programs of a site make them. */
import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
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

/**
 * A server that ends closes kept connections that are idle, maybe just as a call sets out. Then SDKs ask again by themselves
 * (openai: `maxRetries`, 2 by default), on another connection.
 */
const askAgain = (ask: () => Promise<Answer>): Promise<Answer> => ask().catch(ask);

/**
 * Programs of every kind: each call on its own connection, streamed, and one connection for all.
 *
 * @param ca authority of the certificate, where the gateway has one
 */
export function programs(url: string, key: string, ca?: Buffer): (() => Promise<Answer>)[] {
  const agent = (keepAlive: boolean): Agent =>
    ca === undefined ? new Agent({ keepAlive }) : new SecureAgent({ keepAlive, ca });
  const [fresh, kept] = [{ agent: agent(false) }, { agent: agent(true) }];
  return [
    () => short(url, key, fresh),
    () => streamed(url, key, 64, fresh),
    () => askAgain(() => short(url, key, kept)),
  ];
}
