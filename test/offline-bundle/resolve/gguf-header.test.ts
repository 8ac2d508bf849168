import fc from 'fast-check';
import { ggufMetadata } from '../../../offline-bundle/resolve/gguf-header';
import { writeGguf } from '../../outside-world/gguf';

const file = writeGguf(
  {
    'general.architecture': { type: 'string', value: 'llama' },
    'llama.block_count': { type: 'u32', value: 32 },
    'llama.rope.freq_base': { type: 'f32', value: 500_000 },
    'tokenizer.ggml.tokens': { type: 'strings', value: ['a', 'b'] },
    'tokenizer.ggml.add_bos_token': { type: 'bool', value: true },
  },
  [],
);

describe('ggufMetadata', () => {
  it('reads pairs, and of lists that they are there', () => {
    expect(ggufMetadata(file)).toEqual({
      'general.alignment': 32,
      'general.architecture': 'llama',
      'llama.block_count': 32,
      'llama.rope.freq_base': 500_000,
      'tokenizer.ggml.tokens': null,
      'tokenizer.ggml.add_bos_token': true,
    });
  });

  it('reads what the first bytes hold, and nothing from what is no GGUF', () => {
    expect(ggufMetadata(file.subarray(0, 120))).toMatchObject({ 'general.architecture': 'llama' });
    expect(ggufMetadata(Buffer.from('{"a":1}'.repeat(10)))).toEqual({});
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void ggufMetadata(Buffer.from(bytes))));
  });
});
