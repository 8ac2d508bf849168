import { agentgatewayConfig, checkAgentgatewayConfig } from '../../gateway/agentgateway/config';
import { GATEWAY_CONTRACTS } from '../../gateway';
import type { GatewayPolicy } from '../../gateway/policy';
import { key, policy, workflow } from './policies';

const { agentgateway } = GATEWAY_CONTRACTS;
const ISSUER = {
  ...{ name: 'staff', issuer: 'https://id.example', audiences: ['ai-gateway'], jwks: '{"keys":[]}' },
  ...{ workflows: ['assistant'], budgets: [] },
};
const rulesOf = (one: GatewayPolicy): unknown[] => agentgatewayConfig(one).llm.policies.authorization.rules;
const refusal = (one: GatewayPolicy) => () => agentgateway.contract(one);
const chat = { serving: 'chat', url: 'http://chat/v1', model: 'chat', weight: 1 };
const next = { ...chat, serving: 'next' };

describe('the configuration of agentgateway', () => {
  it('offers workflows by their names alone, and servings under internal ones', () => {
    const { models, virtualModels } = agentgatewayConfig(policy({ backends: [chat, { ...next, weight: 0 }] })).llm;
    expect(models.map(({ name, visibility, params }) => [name, visibility, params])).toEqual([
      ['assistant--chat', 'internal', { baseUrl: 'http://chat/v1', model: 'chat' }],
      ['assistant--next', 'internal', { baseUrl: 'http://chat/v1', model: 'chat' }],
    ]);
    expect(virtualModels).toEqual([
      {
        name: 'assistant',
        routing: {
          weighted: {
            targets: [
              { model: 'assistant--chat', weight: 1 },
              { model: 'assistant--next', weight: 0 },
            ],
          },
        },
      },
    ]);
  });

  it('tries servings in the order of failover, and leaves those out that fail', () => {
    const { models, virtualModels } = agentgatewayConfig(policy({ failover: [next] })).llm;
    expect(virtualModels[0]?.routing).toEqual({
      failover: {
        targets: [
          { model: 'assistant--chat', priority: 0 },
          { model: 'assistant--next', priority: 1 },
        ],
      },
    });
    expect(models.every(({ health }) => health?.eviction.duration === '30s')).toBe(true);
  });

  it('lets calls that are under way end before the pod has to', () => {
    const { connectionMinTerminationDeadline: first, connectionTerminationDeadline: all } =
      agentgatewayConfig(policy()).config;
    expect(parseInt(first)).toBeGreaterThan(0);
    expect(parseInt(all)).toBe(2 * parseInt(first));
    expect(parseInt(all)).toBeLessThan(agentgateway.contract(policy()).shutdownSeconds);
  });

  it('demands the path of the workflow, and no other path of any engine', () => {
    expect(rulesOf(policy())).toContainEqual({ require: 'request.path in ["/v1/models", "/v1/chat/completions"]' });
    const two = { ...policy(), workflows: [workflow(), workflow({ name: 'vectors', paths: ['embeddings'] })] };
    expect(rulesOf(two)).toContainEqual({
      require:
        'request.path == "/v1/models" || json(request.body).model != "vectors" || request.path in ["/v1/embeddings"]',
    });
  });

  it('refuses to stream where the workflow does not, and sets it in what goes on', () => {
    expect(JSON.stringify(rulesOf(policy()))).toContain('.stream == true');
    expect(agentgatewayConfig(policy()).llm.models[0]?.overrides).toEqual({ stream: false });
    const open = policy({ streaming: true, redaction: { ...workflow().redaction!, responses: 'reject' } });
    expect(JSON.stringify(rulesOf(open))).not.toContain('.stream');
    expect(agentgatewayConfig(open).llm.models[0]?.overrides).toBeUndefined();
  });

  it('knows keys by their hash, with the models and budgets of each', () => {
    const budgets = [{ tokens: 500, window: '24h' }];
    expect(agentgatewayConfig(policy({}, { budgets })).llm.policies.apiKey).toEqual({
      mode: 'strict',
      keys: [
        {
          keyHash: `sha256:${'a'.repeat(64)}`,
          metadata: { name: 'desk' },
          allowedModels: ['assistant'],
          budgets: [
            {
              name: '24h',
              limit: { unit: 'Tokens', amount: 500 },
              window: { rolling: '24h' },
              onBudgetExceeded: 'Block',
            },
          ],
        },
      ],
    });
  });

  it('takes tokens for the models, subjects and time that they are good for', () => {
    const both = { ...policy(), issuers: [{ ...ISSUER, subjects: ['anna'] }] };
    expect(rulesOf(both)).toContainEqual({
      allow:
        'jwt.iss == "https://id.example" && jwt.sub in ["anna"] && ' +
        '(!has(jwt.nbf) || timestamp(int(jwt.nbf)) <= request.startTime + duration("60s")) && ' +
        '(request.path == "/v1/models" || json(request.body).model in ["assistant"])',
    });
    expect(agentgatewayConfig(both).llm.policies).toMatchObject({
      apiKey: { mode: 'permissive' },
      jwtAuth: { mode: 'permissive', providers: [{ jwks: { file: '/etc/airlock/gateway/jwks-staff.json' } }] },
    });
    expect(agentgateway.contract(both).files.map(({ name }) => name)).toEqual(['config.json', 'jwks-staff.json']);
  });

  it('asks the rate-limit service about people of issuers with a budget, and about nobody else', () => {
    const other = { ...ISSUER, name: 'partners', issuer: 'https://partners.example' };
    const budgeted = {
      ...policy(),
      issuers: [
        { ...ISSUER, budgets: [{ tokens: 500, window: '1h' }] },
        { ...other, budgets: [{ tokens: 900, window: '1d' }] },
      ],
      rateLimit: { host: 'rate-limit.airlock-gateway.svc', port: 8081 },
    };
    const question = (window: string, issuers: string) => ({
      entries: [
        { key: 'window', value: `"${window}"` },
        { key: 'issuer', value: `${issuers}[jwt.iss]` },
        { key: 'subject', value: 'string(jwt.sub)' },
      ],
      type: 'tokens',
    });
    expect(agentgatewayConfig(budgeted).llm.policies.remoteRateLimit).toEqual({
      host: 'rate-limit.airlock-gateway.svc:8081',
      domain: 'airlock',
      descriptors: [
        question('1d', '{"https://partners.example":"partners"}'),
        question('1h', '{"https://id.example":"staff"}'),
      ],
      failureMode: 'failClosed',
    });
    expect(JSON.stringify(rulesOf(budgeted))).toContain('string(jwt.sub) != \\"\\"');
    const unbudgeted = { ...budgeted, issuers: [ISSUER] };
    expect(agentgatewayConfig(unbudgeted).llm.policies.remoteRateLimit).toBeUndefined();
    expect(JSON.stringify(rulesOf(unbudgeted))).not.toContain('string(jwt.sub)');
  });

  it('demands tokens where there are no keys', () => {
    const { policies } = agentgatewayConfig({ ...policy(), keys: [], issuers: [ISSUER] }).llm;
    expect(policies.jwtAuth?.mode).toBe('strict');
    expect(policies.apiKey).toBeUndefined();
    expect(JSON.stringify(policies.authorization)).not.toContain('apiKey');
  });

  it('masks what people wrote and rejects what would break the arguments of tools', () => {
    const [masked, rejected] = agentgatewayConfig(policy()).llm.models[0]?.guardrails?.request ?? [];
    expect(masked).toMatchObject({ regex: { action: 'mask' }, scope: ['systemPrompt', 'messages', 'toolOutput'] });
    expect(rejected).toMatchObject({ regex: { action: 'reject' }, scope: ['toolInput'] });
  });

  it('records contents only where the site says so', () => {
    const traces = { host: 'collector', port: 4318, contents: false };
    const fields = agentgatewayConfig({ ...policy(), traces }).config.tracing?.fields.add ?? {};
    expect(Object.keys(fields)).toEqual(['enduser.id', 'airlock.workflow']);
    const more = agentgatewayConfig({ ...policy(), traces: { ...traces, contents: true } }).config.tracing?.fields.add;
    expect(Object.keys(more ?? {})).toContain('gen_ai.input.messages');
  });

  it('asks the database for budgets only where there are any', () => {
    const budgets = [{ tokens: 1, window: '1h' }];
    expect(agentgatewayConfig(policy()).config.database).toBeUndefined();
    expect(agentgatewayConfig(policy({}, { budgets })).config.database).toEqual({
      url: 'sqlite:///var/lib/airlock-gateway/budgets.db',
    });
    expect(agentgatewayConfig({ ...policy({}, { budgets }), database: true }).config.database).toEqual({
      url: '$DATABASE_URL',
    });
  });
});

describe('checkAgentgatewayConfig', () => {
  it.each([
    ['config', (one: Record<string, object>) => ({ ...one, config: { ...one['config'], adminPort: 1 } })],
    ['llm', (one: Record<string, object>) => ({ ...one, llm: { ...one['llm'], model: [] } })],
    ['gateways', (one: Record<string, object>) => ({ ...one, gateways: { ...one['gateways'], second: { port: 1 } } })],
    ['', (one: Record<string, object>) => ({ ...one, binds: [] })],
  ])('refuses a key that it does not know under /%s', (place, plant) => {
    const config = agentgatewayConfig(policy()) as unknown as Record<string, object>;
    expect(() => {
      checkAgentgatewayConfig(config);
    }).not.toThrow();
    expect(() => {
      checkAgentgatewayConfig(plant(config));
    }).toThrow(new RegExp(`refuse its configuration at ${place === '' ? '' : `/${place}`}: must NOT have additional`));
  });

  it('refuses an administrator’s port that is open', () => {
    const config = agentgatewayConfig(policy());
    expect(() => {
      checkAgentgatewayConfig({ ...config, config: { ...config.config, adminAddr: '0.0.0.0:15000' } });
    }).toThrow('/config/adminAddr');
  });
});

describe('what agentgateway cannot enforce', () => {
  const redaction = workflow().redaction!;

  it('is a budget of people without a service that counts it', () => {
    const issuers = [{ ...ISSUER, budgets: [{ tokens: 500, window: '1h' }] }];
    expect(refusal({ ...policy(), issuers })).toThrow(/issuer "staff" has budgets.*keys alone/);
  });

  it('is shares and failover in one workflow', () => {
    expect(refusal(policy({ backends: [chat, next], failover: [{ ...chat, serving: 'third' }] }))).toThrow(
      'shares and failover',
    );
  });

  it('is masking of what is streamed', () => {
    expect(refusal(policy({ streaming: true }))).toThrow('only masking protects');
    expect(refusal(policy({ streaming: true, redaction: { ...redaction, responses: 'pass' } }))).not.toThrow();
  });

  it('is a guard on answers that are streamed through shares', () => {
    const rejecting = { streaming: true, redaction: { ...redaction, responses: 'reject' } } as const;
    expect(refusal(policy({ ...rejecting, backends: [chat, next] }))).toThrow('agentgateway#3603');
    expect(refusal(policy(rejecting))).not.toThrow();
  });

  it('is redaction of embeddings', () => {
    expect(refusal(policy({ paths: ['chat', 'embeddings'] }))).toThrow('do not read embeddings');
  });

  it('is a budget that several replicas count, each alone', () => {
    const counted = { ...policy({}, { budgets: [{ tokens: 1, window: '1h' }] }), replicas: 2 };
    expect(refusal(counted)).toThrow('count budgets alone');
    expect(refusal({ ...counted, database: true })).not.toThrow();
    expect(refusal({ ...policy(), keys: [key()], replicas: 2 })).not.toThrow();
  });
});
