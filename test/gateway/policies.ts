/** Policies of gateways for unit tests. */
import { redactionPatterns } from '../../catalog/redaction';
import type { GatewayPolicy, KeyPolicy, WorkflowPolicy } from '../../gateway/policy';

export const workflow = (changes: Partial<WorkflowPolicy> = {}): WorkflowPolicy => ({
  name: 'assistant',
  backends: [{ serving: 'chat', url: 'http://chat.airlock-serving.svc/v1', model: 'chat', weight: 1 }],
  failover: [],
  paths: ['chat'],
  redaction: { patterns: redactionPatterns(['contact']), requests: 'mask', responses: 'mask' },
  streaming: false,
  ...changes,
});

export const key = (changes: Partial<KeyPolicy> = {}): KeyPolicy => ({
  name: 'desk',
  hash: `sha256:${'a'.repeat(64)}`,
  workflows: ['assistant'],
  budgets: [],
  ...changes,
});

/** One workflow and one key. */
export const policy = (ofWorkflow: Partial<WorkflowPolicy> = {}, ofKey: Partial<KeyPolicy> = {}): GatewayPolicy => ({
  workflows: [workflow(ofWorkflow)],
  keys: [key(ofKey)],
  issuers: [],
  tls: false,
  replicas: 1,
  database: false,
});
