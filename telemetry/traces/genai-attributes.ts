/**
 * Names of GenAI span attributes: old and drifted ones, and what the semantic conventions call them today.
 *
 * The conventions moved to open-telemetry/semantic-conventions-genai and are still in development, so senders of different ages
 * write different names. The Collector renames them by this table; nothing else in the kit knows an old name.
 */

export interface RenamedAttribute {
  /** As senders still write it. */
  readonly old: string;
  /** As the conventions have it. */
  readonly current: string;
  /** Where the old name is from. */
  readonly source: string;
}

const REGISTRY = 'semantic-conventions, attribute registry "gen_ai", deprecated attributes';
const OPENLLMETRY = 'OpenLLMetry, opentelemetry-semantic-conventions-ai';

export const RENAMED_ATTRIBUTES: readonly RenamedAttribute[] = [
  { old: 'gen_ai.system', current: 'gen_ai.provider.name', source: REGISTRY },
  { old: 'gen_ai.usage.prompt_tokens', current: 'gen_ai.usage.input_tokens', source: REGISTRY },
  { old: 'gen_ai.usage.completion_tokens', current: 'gen_ai.usage.output_tokens', source: REGISTRY },
  // Only the name changes: messages that are no JSON of roles and parts stay text, and stores show them as such.
  { old: 'gen_ai.prompt', current: 'gen_ai.input.messages', source: REGISTRY },
  { old: 'gen_ai.completion', current: 'gen_ai.output.messages', source: REGISTRY },
  { old: 'gen_ai.openai.request.seed', current: 'gen_ai.request.seed', source: REGISTRY },
  { old: 'gen_ai.openai.request.response_format', current: 'gen_ai.output.type', source: REGISTRY },
  { old: 'gen_ai.openai.request.service_tier', current: 'openai.request.service_tier', source: REGISTRY },
  { old: 'gen_ai.openai.response.service_tier', current: 'openai.response.service_tier', source: REGISTRY },
  { old: 'gen_ai.openai.response.system_fingerprint', current: 'openai.response.system_fingerprint', source: REGISTRY },
  {
    old: 'gen_ai.usage.reasoning_tokens',
    current: 'gen_ai.usage.reasoning.output_tokens',
    source: 'agentgateway, crates/agentgateway/src/telemetry/log.rs',
  },
  {
    old: 'gen_ai.usage.cache_read_input_tokens',
    current: 'gen_ai.usage.cache_read.input_tokens',
    source: OPENLLMETRY,
  },
  {
    old: 'gen_ai.usage.cache_creation_input_tokens',
    current: 'gen_ai.usage.cache_creation.input_tokens',
    source: OPENLLMETRY,
  },
];

/** Attributes that say whose request a span is; values are identifiers of the identity provider, never names or addresses. */
export const PERSON_ATTRIBUTES = ['user.id', 'enduser.id'] as const;
