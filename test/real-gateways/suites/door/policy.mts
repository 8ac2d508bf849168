/** The policy that the door before LiteLLM is held to. */
import type { GatewayPolicy, KeyPolicy, WorkflowPolicy } from '../../../../gateway/policy.js';
import { KEYS, patterns, sha256 } from '../../policy.mjs';

export interface DoorEngines {
  readonly told: string;
  /** Nobody listens there. */
  readonly dead: string;
}

/** Tokens of the small key, which pays 20 for a call. */
export const SMALL = 100;

const key = (name: keyof typeof KEYS, workflows: readonly string[], budgets: KeyPolicy['budgets'] = []): KeyPolicy => ({
  ...{ name, hash: sha256(KEYS[name]), workflows, budgets },
});

export function doorPolicy({ told, dead }: DoorEngines): GatewayPolicy {
  const to = (serving: string, url: string, weight = 1) => ({ serving, url, model: 'told', weight });
  const base = { backends: [to('told', told)], failover: [], paths: ['chat'], streaming: true } as const;
  const redaction = (action: 'mask' | 'reject') => ({ patterns, requests: action, responses: action });
  const workflows: WorkflowPolicy[] = [
    { ...base, name: 'open', paths: ['chat', 'responses', 'messages', 'embeddings'] },
    { ...base, name: 'claims', redaction: redaction('mask'), streaming: false },
    { ...base, name: 'strict', redaction: redaction('reject') },
    { ...base, name: 'set', backends: [{ ...to('told', told), overrides: { include_reasoning: false } }] },
    { ...base, name: 'spare', backends: [to('dead', dead)], failover: [to('told', told)] },
    { ...base, name: 'canary', backends: [to('told', told), to('dead', dead)] },
    { ...base, name: 'gone', backends: [to('dead', dead)] },
    { ...base, name: 'private' },
  ];
  return {
    workflows,
    keys: [
      key('team', ['open', 'claims', 'strict', 'set', 'spare', 'canary', 'gone']),
      key('small', ['open'], [{ tokens: SMALL, window: '24h' }]),
    ],
    ...{ issuers: [], tls: false, replicas: 1, database: false },
  };
}
