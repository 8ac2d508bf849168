/** The policy that every gateway is held to, and the texts that must not pass it. */
import { createHash } from 'node:crypto';
import { REDACTION_PACKS, type RedactionPackName, redactionPatterns } from '../../catalog/redaction/index.js';
import type { GatewayPolicy, KeyPolicy, RedactionPolicy } from '../../gateway/policy.js';

const PACKS = Object.keys(REDACTION_PACKS) as RedactionPackName[];
export const patterns = redactionPatterns(PACKS);

/** An example of each pattern, as its pack states it. */
export const PLANTED: readonly string[] = PACKS.flatMap((name) =>
  REDACTION_PACKS[name].patterns.map(({ matches }) => matches[0] ?? ''),
);

export const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** Keys in plain text; the policy holds their hashes. */
export const KEYS = {
  team: 'sk-airlock-test-team-4f1d',
  leaver: 'sk-airlock-test-leaver-91aa',
  small: 'sk-airlock-test-small-c033',
} as const;

const key = (name: keyof typeof KEYS, workflows: readonly string[], budgets: KeyPolicy['budgets'] = []): KeyPolicy => ({
  name,
  hash: sha256(KEYS[name]),
  workflows,
  budgets,
});

/** Tokens of a window of the small key: some calls of a few tokens each. */
export const SMALL_BUDGET = 120;

export interface Engines {
  /** Addresses, ending in `/v1`. */
  readonly plain: string;
  /** Answers with personal data, whatever it is asked. */
  readonly leaky: string;
  /** Nobody listens there. */
  readonly dead: string;
  readonly traces?: { readonly port: number };
}

const redaction = (
  requests: RedactionPolicy['requests'],
  responses: RedactionPolicy['responses'],
): RedactionPolicy => ({
  patterns,
  requests,
  responses,
});

export interface Choices {
  readonly withLeaver: boolean;
  readonly withBudgets: boolean;
  readonly issuers?: GatewayPolicy['issuers'];
}

export function acceptancePolicy(engines: Engines, { withLeaver, withBudgets, issuers = [] }: Choices): GatewayPolicy {
  const { plain, leaky, dead, traces } = engines;
  const to = (serving: string, url: string, weight = 1) => ({ serving, url, model: 'tiny-chat', weight });
  const base = { failover: [], paths: ['chat'] } as const;
  return {
    workflows: [
      {
        ...base,
        name: 'claims',
        backends: [to('plain', plain)],
        redaction: redaction('mask', 'mask'),
        streaming: false,
      },
      {
        ...base,
        name: 'stream',
        backends: [to('plain', plain)],
        redaction: redaction('mask', 'pass'),
        streaming: true,
      },
      {
        ...base,
        name: 'strict',
        backends: [to('plain', plain)],
        redaction: redaction('reject', 'pass'),
        streaming: false,
      },
      {
        ...base,
        name: 'leaky',
        backends: [to('leaky', leaky)],
        redaction: redaction('mask', 'mask'),
        streaming: false,
      },
      {
        ...base,
        name: 'leak-strict',
        backends: [to('leaky', leaky)],
        redaction: redaction('mask', 'reject'),
        streaming: true,
      },
      { ...base, name: 'open', backends: [to('leaky', leaky)], streaming: true },
      { ...base, name: 'other', backends: [to('plain', plain)], streaming: false },
      { ...base, name: 'spare', backends: [to('dead', dead)], failover: [to('plain', plain)], streaming: false },
    ],
    keys: [
      key('team', ['claims', 'stream', 'strict', 'leaky', 'leak-strict', 'open', 'spare']),
      ...(withLeaver ? [key('leaver', ['claims'])] : []),
      key('small', ['claims'], withBudgets ? [{ tokens: SMALL_BUDGET, window: '24h' }] : []),
    ],
    issuers,
    ...(traces === undefined ? {} : { traces: { host: '127.0.0.1', port: traces.port, contents: true } }),
    tls: false,
    replicas: 1,
    database: false,
  };
}
