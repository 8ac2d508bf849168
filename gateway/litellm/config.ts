/** A gateway's policy as LiteLLM's configuration and as the policy file of `airlock_policy.py`. */
import { MODELS_PATH, PATHS, type Backend, type GatewayPolicy, type WorkflowPolicy } from '../policy';

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
      allowed_fails: 1,
      cooldown_time: 30,
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

/** What `airlock_policy.py` enforces. */
export function policyFile({ workflows, keys }: GatewayPolicy): Json {
  const pathsOf = ({ paths }: WorkflowPolicy): string[] => paths.map((path) => PATHS[path]).sort();
  return {
    ledger: `${STATE_FOLDER}/budgets.db`,
    modelsPath: MODELS_PATH,
    paths: [...new Set(workflows.flatMap(pathsOf))].sort(),
    workflows: workflows.map((workflow) => ({
      name: workflow.name,
      paths: pathsOf(workflow),
      streaming: workflow.streaming,
    })),
    keys: keys.map(({ name, hash, workflows: names, budgets }) => ({ name, hash, workflows: names, budgets })),
  };
}
