import { GATEWAY_CONTRACTS } from '../../gateway';
import { CHAT_ANSWER, REQUEST_FIELDS } from '../../gateway/fields';
import { litellmConfig, policyFile } from '../../gateway/litellm/config';
import { PARTS, policyModule, readPart } from '../../gateway/litellm/policy-module';
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

  it('lets no serving rest: a call that fails goes on to the next at once', () => {
    const settings = litellmConfig(policy())['router_settings'];
    expect(settings).toMatchObject({ disable_cooldowns: true, enable_weighted_failover: true });
    expect(Object.keys(settings as object)).not.toContain('allowed_fails');
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
    const made = policyFile(policy({}, { budgets: [{ tokens: 5, window: '1h' }] }));
    expect(made).toMatchObject({
      ledger: '/var/lib/airlock-gateway/budgets.db',
      modelsPath: '/v1/models',
      paths: ['/v1/chat/completions'],
      workflows: [{ name: 'assistant', paths: ['/v1/chat/completions'], streaming: false }],
    });
    expect(made['keys']).toEqual([
      {
        ...{ name: 'desk', hash: `sha256:${'a'.repeat(64)}`, workflows: ['assistant'] },
        budgets: [{ tokens: 5, window: '1h' }],
      },
    ]);
  });

  it('has the fields of the paths that are offered, and of no other', () => {
    const made = policyFile(policy({ paths: ['chat', 'embeddings'], redaction: undefined as never }));
    expect(made['fields']).toEqual({
      '/v1/chat/completions': REQUEST_FIELDS.chat,
      '/v1/embeddings': REQUEST_FIELDS.embeddings,
    });
    expect(made['answer']).toEqual(CHAT_ANSWER);
  });

  it('has each pattern once, whatever number of workflows names it', () => {
    const one = policy();
    const made = policyFile({ ...one, workflows: [...one.workflows, workflow({ name: 'second' })] });
    const places = redaction.patterns.map((_, at) => at);
    expect(made['patterns']).toEqual(redaction.patterns.map(({ name, pattern }) => [name, pattern]));
    expect(made['workflows']).toMatchObject([
      { redaction: { patterns: places, requests: 'mask', responses: 'mask' } },
      { redaction: { patterns: places } },
    ]);
  });

  it('names the fields that the gateway sets, which no caller may write', () => {
    const overrides = { include_reasoning: false };
    const made = policyFile(policy({ backends: [chat], failover: [{ ...chat, serving: 'spare', overrides }] }));
    expect(made['workflows']).toMatchObject([{ owned: ['include_reasoning'] }]);
    expect(policyFile(policy())['workflows']).toMatchObject([{ owned: [] }]);
  });

  it('comes with the program that enforces it', () => {
    expect(litellm.contract(policy()).files.map(({ name }) => name)).toEqual([
      'config.yaml',
      'policy.json',
      'airlock_policy.py',
    ]);
  });
});

describe('the program that LiteLLM loads', () => {
  it('is one file, with every part of it and no import from beside it', () => {
    const text = policyModule();
    expect(text).not.toMatch(/^(from|import) airlock_/m);
    for (const part of PARTS) expect(text).toContain(readPart(part).trim().split('\n').at(-1));
  });

  it('says each name once: parts stand in one module', () => {
    const names = [...policyModule().matchAll(/^(?:async def|def|class) (\w+)|^([A-Z_]+) = /gm)].map(
      ([, defined, set]) => defined ?? set,
    );
    expect(names.length).toBeGreaterThan(30);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  it('takes from parts before it alone', () => {
    PARTS.forEach((part, at) => {
      const taken = [...readPart(part).matchAll(/^from (airlock_\w+) import/gm)].map(([, name]) => `${name ?? ''}.py`);
      expect(taken.filter((name) => !PARTS.slice(0, at).some((before) => before === name))).toEqual([]);
    });
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
