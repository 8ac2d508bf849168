/** What agentgateway records of a call. */
import type { TracePolicy } from '../policy';
import type { Tracing } from '../generated/agentgateway';

/** OpenTelemetry, "Semantic conventions for generative AI", attributes of the contents, in the form of messages with parts. */
const CONTENTS = {
  'gen_ai.input.messages':
    'toJson(llm.prompt.map(m, {"role": m.role, "parts": [{"type": "text", "content": m.content}]}))',
  'gen_ai.output.messages':
    'toJson(llm.completion.map(c, {"role": "assistant", "parts": [{"type": "text", "content": c}]}))',
} as const;

/** Prompts are read after the guards of requests, completions after those of responses (crates/agentgateway/src/llm/mod.rs). */
export const tracing = ({ host, port, contents }: TracePolicy): Tracing => ({
  otlpEndpoint: `http://${host}:${port}`,
  otlpProtocol: 'http',
  // Without it no call begins a trace.
  randomSampling: true,
  fields: {
    add: {
      ...(contents ? CONTENTS : {}),
      'enduser.id': 'default(apiKey.name, jwt.sub)',
      'airlock.workflow': 'default(metadata.agentgateway_user_model, "")',
    },
  },
});
