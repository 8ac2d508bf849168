/** A gateway's policy as LiteLLM's configuration and as the policy file of `airlock_policy.py`. */
import { CHAT_ANSWER, REQUEST_FIELDS } from '../fields';
import type { RedactionPattern } from '../../catalog/redaction';
import { MODELS_PATH, PATHS, type ApiPath, type Backend, type GatewayPolicy, type WorkflowPolicy } from '../policy';

/** Folder of budgets. */
export const STATE_FOLDER = '/var/lib/airlock-gateway';

/** What LiteLLM reads; its own keys, so no type of its own would hold. */
type Json = Readonly<Record<string, unknown>>;

const guardName = (workflow: string, side: 'requests' | 'responses'): string => `${workflow}-${side}`;

/** A name that no caller may use, since no key has it. */
const spareName = (workflow: string, serving: string): string => `${workflow}--${serving}`;

/** LiteLLM's own filter, once for each side, since each has its action. */
function guardrails({ name, redaction }: WorkflowPolicy): Json[] {
  if (redaction === undefined) return [];
  const { patterns, requests, responses } = redaction;
  const guard = (side: 'requests' | 'responses', action: 'mask' | 'reject'): Json => ({
    guardrail_name: guardName(name, side),
    litellm_params: {
      guardrail: 'litellm_content_filter',
      mode: side === 'requests' ? 'pre_call' : 'post_call',
      default_on: false,
      patterns: patterns.map((one) => ({
        pattern_type: 'regex',
        name: one.name,
        pattern: one.pattern,
        action: action === 'mask' ? 'MASK' : 'BLOCK',
      })),
    },
  });
  return [guard('requests', requests), ...(responses === 'pass' ? [] : [guard('responses', responses)])];
}

function deployment(workflow: WorkflowPolicy, backend: Backend & { weight?: number }, modelName: string): Json {
  const guards = guardrails(workflow).map(({ guardrail_name }) => guardrail_name);
  return {
    model_name: modelName,
    litellm_params: {
      model: `openai/${backend.model}`,
      api_base: backend.url,
      // Engines take no key; without one the client library refuses to call.
      api_key: 'none',
      // An engine closes a kept connection after a while, maybe just as a call sets out on it: then once more, on another.
      max_retries: 1,
      ...(backend.weight === undefined ? {} : { weight: backend.weight }),
      ...(guards.length === 0 ? {} : { guardrails: guards }),
      ...(backend.overrides === undefined ? {} : { extra_body: backend.overrides }),
    },
    model_info: { id: spareName(workflow.name, backend.serving) },
  };
}

const deployments = (workflow: WorkflowPolicy): Json[] => [
  // A weight of 0 would be no weight (litellm/router_strategy/simple_shuffle.py).
  ...workflow.backends.filter(({ weight }) => weight > 0).map((one) => deployment(workflow, one, workflow.name)),
  ...workflow.failover.map((one) => deployment(workflow, one, spareName(workflow.name, one.serving))),
];

/**
 * @see https://docs.litellm.ai/docs/proxy/config_settings
 */
export function litellmConfig({ workflows, traces }: GatewayPolicy): Json {
  return {
    model_list: workflows.flatMap(deployments),
    guardrails: workflows.flatMap(guardrails),
    router_settings: {
      routing_strategy: 'simple-shuffle',
      num_retries: 0,
      // No serving rests after failures: that would refuse the calls of everybody for those of one caller. A call that
      // fails goes on at once, to the others of a canary and then to what stands under failover.
      disable_cooldowns: true,
      enable_weighted_failover: true,
      fallbacks: workflows
        .filter(({ failover }) => failover.length > 0)
        .map(({ name, failover }) => ({ [name]: failover.map(({ serving }) => spareName(name, serving)) })),
    },
    litellm_settings: {
      callbacks: ['airlock_policy.charges', ...(traces === undefined ? [] : ['otel'])],
      telemetry: false,
      // Prompts and answers stand in traces, after redaction, or nowhere.
      turn_off_message_logging: traces?.contents !== true,
      redact_user_api_key_info: false,
    },
    general_settings: {
      custom_auth: 'airlock_policy.authenticate',
      master_key: 'os.environ/LITELLM_MASTER_KEY',
      // Tokens of streamed answers count too.
      always_include_stream_usage: true,
      disable_spend_logs: true,
      disable_error_logs: true,
    },
  };
}

/** Names of the fields that the gateway sets in every request of a workflow. */
const owned = ({ backends, failover }: WorkflowPolicy): string[] => [
  ...new Set([...backends, ...failover].flatMap(({ overrides }) => Object.keys(overrides ?? {}))),
];

/** What `airlock_policy.py` and the files beside it enforce. */
export function policyFile({ workflows, keys }: GatewayPolicy): Json {
  const pathsOf = ({ paths }: WorkflowPolicy): string[] => paths.map((path) => PATHS[path]).sort();
  const offered = new Set(workflows.flatMap(pathsOf));
  // Each once: workflows name the same ones, and a config map has a limit.
  const patterns = new Map<string, number>();
  const placeOf = ({ name, pattern }: RedactionPattern): number => {
    const one = JSON.stringify([name, pattern]);
    if (!patterns.has(one)) patterns.set(one, patterns.size);
    return patterns.get(one) ?? 0;
  };
  const rules = workflows.map((workflow) => ({
    name: workflow.name,
    paths: pathsOf(workflow),
    streaming: workflow.streaming,
    owned: owned(workflow),
    ...(workflow.redaction === undefined
      ? {}
      : {
          redaction: {
            patterns: workflow.redaction.patterns.map(placeOf),
            requests: workflow.redaction.requests,
            responses: workflow.redaction.responses,
          },
        }),
  }));
  return {
    ledger: `${STATE_FOLDER}/budgets.db`,
    modelsPath: MODELS_PATH,
    paths: [...offered].sort(),
    fields: Object.fromEntries(
      (Object.keys(PATHS) as ApiPath[])
        .filter((path) => offered.has(PATHS[path]))
        .map((path) => [PATHS[path], REQUEST_FIELDS[path]]),
    ),
    answer: CHAT_ANSWER,
    patterns: [...patterns.keys()].map((one) => JSON.parse(one) as [string, string]),
    workflows: rules,
    keys: keys.map(({ name, hash, workflows: names, budgets }) => ({ name, hash, workflows: names, budgets })),
  };
}
