import { redactionPatterns } from '../../../catalog/redaction';
import {
  CARRYING,
  decoding,
  DROPPING,
  NORMALIZING,
  PUTTING_BACK,
  type StatementGroup,
} from '../../../telemetry/traces/collector-statements';

const statements = (groups: readonly StatementGroup[]): string[] => groups.flatMap((group) => [...group.statements]);

/** The expressions of the dropping statements over attributes of spans, as JavaScript reads them. */
const dropped = statements(DROPPING)
  .map((statement) => /^delete_matching_keys\(span\.attributes, (".*")\)$/.exec(statement)?.[1])
  .filter((text) => text !== undefined)
  .map((text) => {
    const pattern = JSON.parse(text) as string;
    return new RegExp(pattern.replace('(?i)', ''), pattern.startsWith('(?i)') ? 'i' : '');
  });
const isDropped = (key: string): boolean => dropped.some((expression) => expression.test(key));

describe('statements that drop', () => {
  it.each([
    'http.request.header.authorization',
    'http.response.headers',
    'Set-Cookie',
    'http.cookies',
    'x-api-key',
    'db.password',
    'oauth.access_token',
    'client_secret',
    'anna@firma.example',
    'note for AB 12',
    'case.2024.123456',
  ])('take %s', (key) => expect(isDropped(key)).toBe(true));

  it.each([
    'gen_ai.usage.input_tokens',
    'gen_ai.token.type',
    'gen_ai.input.messages',
    'http.request.method',
    'llm.input_messages.0.message.content',
    'enduser.id',
    'session.id',
    'user_agent.original',
  ])('leave %s', (key) => expect(isDropped(key)).toBe(false));

  it('reach resources, scopes, spans and events', () => {
    expect(DROPPING.map(({ context }) => context)).toEqual(['resource', 'scope', 'span', 'spanevent']);
  });
});

describe('statements that rename', () => {
  it('let a value under the current name win, and remove the old one', () => {
    expect(statements(NORMALIZING).slice(0, 2)).toEqual([
      'set(span.attributes["gen_ai.provider.name"], span.attributes["gen_ai.system"]) where span.attributes["gen_ai.provider.name"] == nil and span.attributes["gen_ai.system"] != nil',
      'delete_key(span.attributes, "gen_ai.system")',
    ]);
  });
});

describe('statements around the redaction', () => {
  it('put back all that they carried, where it was', () => {
    const carried = statements(CARRYING).map((statement) => /^set\((.+\]), (.+)\)$/.exec(statement)?.slice(1));
    const back = statements(PUTTING_BACK).filter((statement) => statement.startsWith('set('));
    expect(carried.map((places) => `set(${places?.[1] ?? ''}, ${places?.[0] ?? ''})`)).toEqual(back);
  });

  it('leave no carrier behind', () => {
    const keys = (text: string): string[] => text.match(/airlock\.carried\.\w+/g) ?? [];
    const deleted = statements(PUTTING_BACK).filter((statement) => statement.startsWith('delete_key('));
    expect(deleted.flatMap(keys).sort()).toEqual(statements(CARRYING).flatMap(keys).sort());
  });
});

describe('statements that decode', () => {
  it('write the characters of the patterns as themselves, however deep the JSON', () => {
    const [, span] = decoding([{ ...redactionPatterns(['contact'])[0]!, pattern: '[Éé]t' }]);
    expect(span?.statements).toEqual([
      'replace_all_patterns(span.attributes, "value", "(?i)\\\\\\\\+u00c9", "É")',
      'replace_all_patterns(span.attributes, "value", "(?i)\\\\\\\\+u00e9", "é")',
    ]);
    const expression = new RegExp('\\\\+u00e9', 'gi');
    expect('Num\\u00e9ro, Num\\\\u00E9ro'.replace(expression, 'é')).toBe('Numéro, Numéro');
  });

  it('are none for patterns in ASCII', () => {
    expect(statements(decoding([{ ...redactionPatterns(['contact'])[0]!, pattern: 'a' }]))).toEqual([]);
  });
});
