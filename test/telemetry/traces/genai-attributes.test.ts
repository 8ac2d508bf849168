import { PERSON_ATTRIBUTES, RENAMED_ATTRIBUTES } from '../../../telemetry/traces/genai-attributes';

describe('names of GenAI attributes', () => {
  it('give each old name one current name', () => {
    const old = RENAMED_ATTRIBUTES.map((renamed) => renamed.old);
    expect(new Set(old).size).toBe(old.length);
  });

  it('lead to names that are current, never to another old one', () => {
    const old = new Set(RENAMED_ATTRIBUTES.map((renamed) => renamed.old));
    expect(RENAMED_ATTRIBUTES.filter(({ current }) => old.has(current))).toEqual([]);
  });

  it('know the drifted name of agentgateway', () => {
    expect(RENAMED_ATTRIBUTES).toContainEqual(
      expect.objectContaining({
        old: 'gen_ai.usage.reasoning_tokens',
        current: 'gen_ai.usage.reasoning.output_tokens',
      }),
    );
  });

  it('rename nothing that says whose request it is', () => {
    const touched = RENAMED_ATTRIBUTES.flatMap(({ old, current }) => [old, current]);
    expect(PERSON_ATTRIBUTES.filter((name) => touched.includes(name))).toEqual([]);
  });
});
