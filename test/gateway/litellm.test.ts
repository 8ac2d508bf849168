import { GATEWAY_CONTRACTS } from '../../gateway';
import { litellmConfig, policyFile } from '../../gateway/litellm/config';
import type { GatewayPolicy } from '../../gateway/policy';
import { policy, workflow } from './policies';

const { litellm } = GATEWAY_CONTRACTS;
const refusal = (one: GatewayPolicy) => () => litellm.contract(one);
const chat = { serving: 'chat', url: 'http://chat/v1', model: 'chat', weight: 1 };
const redaction = workflow().redaction!;

describe('the configuration of LiteLLM', () => {
  it('offers workflows by their names, with the weight of each serving, and none for a weight of 0', () => {
    const { model_list } = litellmConfig(policy({ backends: [chat, { ...chat, serving: 'next', weight: 0 }] }));
    expect(model_list).toEqual([
      {
        model_name: 'assistant',
        litellm_params: {
          ...{ model: 'openai/chat', api_base: 'http://chat/v1', api_key: 'none', max_retries: 1, weight: 1 },
          guardrails: ['assistant-requests', 'assistant-responses'],
        },
        model_info: { id: 'assistant--chat' },
      },
    ]);
  });

  it('falls back to servings under names that no key has', () => {
    const made = litellmConfig(policy({ failover: [{ ...chat, serving: 'spare' }] }));
    expect(made['router_settings']).toMatchObject({ fallbacks: [{ assistant: ['assistant--spare'] }] });
    expect(made['model_list']).toMatchObject([{ model_name: 'assistant' }, { model_name: 'assistant--spare' }]);
  });

  it('filters each side with the action of that side', () => {
    interface Guard {
      readonly guardrail_name: string;
      readonly litellm_params: { readonly mode: string; readonly patterns: readonly { readonly action: string }[] };
    }
    const made = litellmConfig(policy({ redaction: { ...redaction, requests: 'reject' } }));
    const guards = made['guardrails'] as readonly Guard[];
    expect(
      guards.map(({ guardrail_name, litellm_params: { mode, patterns } }) => [
        ...[guardrail_name, mode],
        ...new Set(patterns.map(({ action }) => action)),
      ]),
    ).toEqual([
      ['assistant-requests', 'pre_call', 'BLOCK'],
      ['assistant-responses', 'post_call', 'MASK'],
    ]);
  });

  it('keeps messages out of traces unless the site wants them', () => {
    const settings = (contents: boolean) =>
      litellmConfig({ ...policy(), traces: { host: 'collector', port: 4318, contents } })['litellm_settings'];
    expect(settings(false)).toMatchObject({ turn_off_message_logging: true });
    expect(settings(true)).toMatchObject({ turn_off_message_logging: false });
  });

  it('runs offline and without pages', () => {
    expect(litellm.contract(policy()).env).toMatchObject({
      ...{ LITELLM_OFFLINE_MODE: 'true', LITELLM_LOCAL_MODEL_COST_MAP: 'True', DISABLE_ADMIN_UI: 'True' },
    });
  });
});

describe('the policy file of LiteLLM', () => {
  it('says what each key may use, by its hash', () => {
    expect(policyFile(policy({}, { budgets: [{ tokens: 5, window: '1h' }] }))).toEqual({
      ledger: '/var/lib/airlock-gateway/budgets.db',
      modelsPath: '/v1/models',
      paths: ['/v1/chat/completions'],
      workflows: [{ name: 'assistant', paths: ['/v1/chat/completions'], streaming: false }],
      keys: [
        {
          ...{ name: 'desk', hash: `sha256:${'a'.repeat(64)}`, workflows: ['assistant'] },
          budgets: [{ tokens: 5, window: '1h' }],
        },
      ],
    });
  });

  it('comes with the program that enforces it', () => {
    expect(litellm.contract(policy()).files.map(({ name }) => name)).toEqual([
      'config.yaml',
      'policy.json',
      'airlock_policy.py',
    ]);
  });
});

describe('what LiteLLM cannot enforce', () => {
  it('is tokens: they are in its paid build', () => {
    const issuer = { name: 'staff', issuer: 'i', audiences: ['a'], jwks: '{}', workflows: ['assistant'], budgets: [] };
    expect(refusal({ ...policy(), issuers: [issuer] })).toThrow(/issuer "staff" needs JWTs.*paid build/);
  });

  it('is a budget that several replicas count', () => {
    expect(refusal({ ...policy(), replicas: 2 })).toThrow('count budgets alone');
  });

  it('is masking of what is streamed', () => {
    expect(refusal(policy({ streaming: true }))).toThrow('only masking protects');
    expect(refusal(policy({ streaming: true, redaction: { ...redaction, responses: 'reject' } }))).not.toThrow();
  });

  it('is redaction beside chat', () => {
    expect(refusal(policy({ paths: ['chat', 'responses'] }))).toThrow('offers responses');
  });
});
