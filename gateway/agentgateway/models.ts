/** Workflows as agentgateway's models: an internal one for each workflow and serving, and a public virtual one before them. */
import type { Backend, RedactionPolicy, WorkflowPolicy } from '../policy';
import type { ConcreteModel, Guardrails, RequestGuard, VirtualModel } from '../generated/agentgateway';

/** After so many failed calls in a row a serving gets none for a while. */
const EVICTION = { consecutiveFailures: 2, duration: '30s' } as const;

const REJECTED = {
  status: 400,
  headers: { set: { 'content-type': 'application/json' } },
  body: JSON.stringify({
    error: {
      message: 'This text may not pass: it holds personal data that the workflow does not take',
      type: 'invalid_request_error',
      code: 'content_policy_violation',
    },
  }),
} as const;

/** Name of the internal model; no caller can ask for it. */
export const internalName = (workflow: string, serving: string): string => `${workflow}--${serving}`;

const rulesOf = ({ patterns }: RedactionPolicy) => patterns.map(({ pattern }) => ({ pattern }));

/**
 * Arguments of tool calls are one string of JSON, which masking could break (crates/llm/src/types/mod.rs, ContentScope):
 * they are rejected instead.
 */
function requestGuards(redaction: RedactionPolicy): RequestGuard[] {
  const rules = rulesOf(redaction);
  const reject = { regex: { action: 'reject', rules }, rejection: REJECTED } as const;
  if (redaction.requests === 'reject')
    return [{ ...reject, scope: ['systemPrompt', 'messages', 'toolOutput', 'toolInput'] }];
  return [
    { regex: { action: 'mask', rules }, scope: ['systemPrompt', 'messages', 'toolOutput'] },
    { ...reject, scope: ['toolInput'] },
  ];
}

function guardrails(redaction: RedactionPolicy): Guardrails {
  const { responses } = redaction;
  return {
    streaming: 'Enabled',
    request: requestGuards(redaction),
    ...(responses === 'pass'
      ? {}
      : {
          response: [
            {
              regex: { action: responses, rules: rulesOf(redaction) },
              ...(responses === 'reject' ? { rejection: REJECTED } : {}),
            },
          ],
        }),
  };
}

function concreteModel(workflow: WorkflowPolicy, { serving, url, model, overrides }: Backend): ConcreteModel {
  const set = { ...(workflow.streaming ? {} : { stream: false }), ...overrides };
  return {
    name: internalName(workflow.name, serving),
    visibility: 'internal',
    provider: 'openAI',
    params: { baseUrl: url, model },
    ...(Object.keys(set).length === 0 ? {} : { overrides: set }),
    // Without eviction the first target is tried for ever.
    ...(workflow.failover.length === 0 ? {} : { health: { eviction: EVICTION } }),
    ...(workflow.redaction === undefined ? {} : { guardrails: guardrails(workflow.redaction) }),
  };
}

export const concreteModels = (workflow: WorkflowPolicy): ConcreteModel[] =>
  [...workflow.backends, ...workflow.failover].map((backend) => concreteModel(workflow, backend));

export function virtualModel({ name, backends, failover }: WorkflowPolicy): VirtualModel {
  const model = (serving: string): string => internalName(name, serving);
  const routing =
    failover.length === 0
      ? { weighted: { targets: backends.map(({ serving, weight }) => ({ model: model(serving), weight })) } }
      : {
          failover: {
            targets: [...backends, ...failover].map(({ serving }, priority) => ({ model: model(serving), priority })),
          },
        };
  return { name, routing };
}
