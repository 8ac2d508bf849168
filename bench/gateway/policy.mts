/** The policy of the bench: the same engine behind workflows that differ in redaction alone. */
import { redactionPatterns } from '../../catalog/redaction/index.js';
import { makeCallerKey } from '../../gateway/caller-key.js';
import type { GatewayPolicy, RedactionPolicy, TracePolicy } from '../../gateway/policy.js';

/** Name that the engine knows. */
export const MODEL = 'tiny-chat';
/** What a site in one country redacts. */
export const PACKS = ['contact', 'payment', 'de'] as const;
export const PATTERNS = redactionPatterns([...PACKS]);

const { key, hash } = makeCallerKey();
export const KEY = key;

export interface Call {
  readonly streamed: boolean;
  readonly redacted: boolean;
}

/** Streamed answers cannot be masked, so a workflow that guards them rejects. */
export const workflowOf = ({ streamed, redacted }: Call): string =>
  redacted ? (streamed ? 'guarded-stream' : 'guarded') : 'open';

const redaction = (responses: RedactionPolicy['responses']): RedactionPolicy => ({
  patterns: PATTERNS,
  requests: 'mask',
  responses,
});

/** @param engine address that ends in `/v1` */
export function benchPolicy(engine: string, traces?: TracePolicy): GatewayPolicy {
  const backends = [{ serving: 'tiny', url: engine, model: MODEL, weight: 1 }];
  const base = { backends, failover: [], paths: ['chat'] } as const;
  const workflows: GatewayPolicy['workflows'] = [
    { ...base, name: 'open', streaming: true },
    { ...base, name: 'guarded', streaming: false, redaction: redaction('mask') },
    { ...base, name: 'guarded-stream', streaming: true, redaction: redaction('reject') },
  ];
  return {
    workflows,
    keys: [{ name: 'bench', hash, workflows: workflows.map(({ name }) => name), budgets: [] }],
    issuers: [],
    ...(traces === undefined ? {} : { traces }),
    tls: false,
    replicas: 1,
    database: false,
  };
}
