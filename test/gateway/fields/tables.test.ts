import { ENGINES } from '../../../engines';
import { CHAT_ANSWER, REQUEST_FIELDS } from '../../../gateway/fields';
import { everyPlace } from './samples';

const tables = Object.entries(REQUEST_FIELDS);

describe.each(tables)('the fields of %s', (_, fields) => {
  it('say which model is meant', () => {
    expect(fields['model']).toEqual({ is: 'name' });
  });

  it.each([
    ...['extra_body', 'extra_headers', 'extra_query', 'headers', 'fallbacks', 'context_window_fallbacks'],
    ...['specific_deployment', 'deployment_id', 'no-log', 'metadata', 'litellm_metadata', 'model_info', 'tags'],
    ...['guardrails', 'disable_global_guardrails', 'mock_response', 'mock_testing_fallbacks', 'api_base', 'base_url'],
    ...['api_key', 'user_config', 'custom_llm_provider', 'timeout', 'stream_timeout', 'num_retries', 'max_retries'],
    ...['cache', 'caching', 'ttl', 'prompt_id', 'prompt_variables', 'previous_response_id', 'litellm_call_id'],
    ...['router_settings_override', 'model_list', 'drop_params', 'allowed_openai_params', 'cooldown_time'],
  ])('leave %s out', (name) => {
    expect(fields[name]).toBeUndefined();
  });

  it('leave out what the gateway sets in every request', () => {
    const set = Object.values(ENGINES).flatMap(({ withoutReasoning }) => Object.keys(withoutReasoning ?? {}));
    expect(set).toContain('include_reasoning');
    expect(set.filter((name) => name in fields)).toEqual([]);
  });
});

describe('what LiteLLM writes into answers beside what engines said', () => {
  it('comes back with the messages of a caller, and goes no further', () => {
    const places = everyPlace(REQUEST_FIELDS.chat).filter(({ at }) => at.endsWith('.provider_specific_fields'));
    expect(places.map(({ shape }) => shape)).toEqual([{ is: 'ignored' }]);
  });
});

describe('texts of chat', () => {
  it('are left to the filter of LiteLLM only where it reads: contents, parts of type text and arguments', () => {
    const filtered = everyPlace(REQUEST_FIELDS.chat)
      .filter(({ shape }) => shape.is === 'text' && shape.read === 'filter')
      .map(({ at }) => at);
    expect([...new Set(filtered)].sort()).toEqual([
      'messages[0].content',
      'messages[0].content[0].text',
      'messages[0].tool_calls[0].function.arguments',
    ]);
  });

  it('are read as one where engines put parts together', () => {
    const lists = everyPlace(REQUEST_FIELDS.chat).filter(({ at }) => at === 'messages[0].content');
    const together = lists.flatMap(({ shape }) => (shape.is === 'list' ? [shape.together] : []));
    expect(new Set(together)).toEqual(new Set(['text']));
  });

  it('of answers are left to it only for contents and arguments', () => {
    const filtered = everyPlace(CHAT_ANSWER)
      .filter(({ shape }) => shape.is === 'text' && shape.read === 'filter')
      .map(({ at }) => at.replace(/\.(message|delta)\./, '.*.'));
    expect([...new Set(filtered)].sort()).toEqual([
      'choices[0].*.content',
      'choices[0].*.tool_calls[0].function.arguments',
    ]);
  });
});
