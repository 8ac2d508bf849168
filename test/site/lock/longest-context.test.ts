import { longestContext } from '../../../site/lock/longest-context';

const own = { max_position_embeddings: 32_768 };

describe('the longest context of a model', () => {
  it.each([
    ['as it states it', own, 32_768],
    ['the least of what it states', { ...own, max_seq_len: 8192 }, 8192],
    ['what it is served with (Command-R)', { ...own, model_max_length: 131_072 }, 131_072],
    ['times a linear factor', { ...own, rope_scaling: { type: 'linear', factor: 4 } }, 131_072],
    [
      'YaRN, from the length before it (Qwen2.5)',
      { ...own, rope_scaling: { type: 'yarn', factor: 4, original_max_position_embeddings: 16_384 } },
      65_536,
    ],
    ['YaRN that states no length before it', { ...own, rope_scaling: { rope_type: 'yarn', factor: 2 } }, 65_536],
    ['Llama 3.1, whose length is the scaled one', { ...own, rope_scaling: { rope_type: 'llama3', factor: 8 } }, 32_768],
    ['in the words of transformers 5', { ...own, rope_parameters: { rope_type: 'dynamic', factor: 2 } }, 65_536],
    [
      'by kinds of layers',
      {
        ...own,
        rope_parameters: {
          full_attention: { rope_type: 'linear', factor: 2 },
          sliding_attention: { rope_type: 'default' },
        },
      },
      65_536,
    ],
    [
      'positions of several kinds (Qwen2-VL)',
      { ...own, rope_scaling: { type: 'mrope', mrope_section: [16, 24, 24] } },
      32_768,
    ],
    ['that of its class where it states none', {}, 2048],
  ])('%s', (_what, config, tokens) => {
    expect(longestContext(config, 'qwen2', 2048)).toBe(tokens);
  });

  it('is after scaling with Gemma 3', () => {
    expect(longestContext({ ...own, rope_scaling: { rope_type: 'linear', factor: 8 } }, 'gemma3_text')).toBe(32_768);
  });

  it('is unknown with positions of a kind that is not on the list, or a factor that is none', () => {
    expect(() => longestContext({ ...own, rope_scaling: { type: 'novel', factor: 8 } }, 'x')).toThrow('type "novel"');
    expect(() => longestContext({ ...own, rope_scaling: { type: 'linear', factor: '8' } }, 'x')).toThrow(
      'factor is "8"',
    );
  });
});
