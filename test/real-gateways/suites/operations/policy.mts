/** The policy of a site whose keys, weights and certificate change while it is in use. */
import type { GatewayPolicy, IssuerPolicy } from '../../../../gateway/policy.js';
import { sha256 } from '../../policy.mjs';

export const CURRENT_KEY = 'sk-airlock-test-current-77b0';
export const NEXT_KEY = 'sk-airlock-test-next-2ce9';
export const WORKFLOW = 'claims';

export interface OperationsChoices {
  /** In plain text. */
  readonly keys?: readonly string[];
  readonly issuers?: readonly IssuerPolicy[];
  /** Weights of the two checkpoints. */
  readonly weights?: readonly [number, number];
  readonly tls?: boolean;
  readonly replicas: number;
}

/** Addresses of the engines with the two checkpoints, ending in `/v1`. */
export interface Checkpoints {
  readonly current: string;
  readonly next: string;
}

export function operationsPolicy(
  checkpoints: Checkpoints,
  { keys = [CURRENT_KEY], issuers = [], weights: [current, next] = [1, 0], tls = false, replicas }: OperationsChoices,
): GatewayPolicy {
  return {
    workflows: [
      {
        ...{ name: WORKFLOW, failover: [], paths: ['chat'], streaming: true },
        backends: [
          { serving: 'checkpoint', url: checkpoints.current, model: 'tiny-chat', weight: current },
          { serving: 'checkpoint-next', url: checkpoints.next, model: 'tiny-chat', weight: next },
        ],
      },
    ],
    keys: keys.map((key, at) => ({
      ...{ name: `claims-${String(at)}`, hash: sha256(key), workflows: [WORKFLOW], budgets: [] },
    })),
    issuers,
    ...{ tls, replicas, database: false },
  };
}
