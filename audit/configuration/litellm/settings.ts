/** Settings of LiteLLM's proxy: who asks for keys, what is kept, who is told. */
import { elsewhere, exactly, isObject, listOf, object, oneOf, record, textsOf, whole, withheld } from '../readers';
import type { Fault, Reader } from '../fault';
import type { Program } from '../program';
import { guardListFaults } from './guards';
import { modelFaults } from './models';

const FLAG = oneOf([true, false], 'this is neither true nor false');

const ROUTER = record({
  routing_strategy: exactly('simple-shuffle', 'calls are shared out in another way than the site says'),
  num_retries: whole(0, 3),
  disable_cooldowns: exactly(true, 'one caller could have the calls of all others refused'),
  enable_weighted_failover: exactly(true, 'calls end at a serving that fails'),
  fallbacks: elsewhere,
});

const general = record({
  custom_auth: exactly('airlock_policy.authenticate', 'nobody is asked for a key that the enclave knows'),
  master_key: withheld(exactly('os.environ/LITELLM_MASTER_KEY', 'the administrator’s key is not that of the Secret')),
  always_include_stream_usage: exactly(true, 'tokens of streams are not counted'),
  disable_spend_logs: exactly(true, 'calls are written down'),
  disable_error_logs: exactly(true, 'calls that fail are written down'),
});

function litellm({ context: { site } }: Program): Reader {
  const { traces } = site;
  const hasContents = traces !== undefined && (traces.contents ?? 'redacted') === 'redacted';
  return object({
    needed: {
      callbacks: textsOf(
        ['airlock_policy.charges', ...(traces === undefined ? [] : ['otel'])],
        'tokens are not charged, or others are told of calls',
      ),
      telemetry: exactly(false, 'it reports its use to the outside'),
      turn_off_message_logging: exactly(!hasContents, 'contents of calls go to others than the site says'),
    },
    optional: { redact_user_api_key_info: FLAG },
  });
}

/** What the whole document says. */
export function litellmFaults(value: unknown, program: Program): Fault[] {
  return [
    ...record({
      model_list: listOf(elsewhere),
      guardrails: (guards, pointer) =>
        Array.isArray(guards) && guards.every(isObject) ? [] : listOf(elsewhere)(undefined, pointer),
      router_settings: ROUTER,
      litellm_settings: litellm(program),
      general_settings: general,
    })(value, ''),
    ...modelFaults(value, program),
    ...guardListFaults(value),
  ];
}
