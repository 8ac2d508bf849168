import { understood, whyNotUnderstood } from '../../../engines/fit/understood';
import type { LockModelShape, LockUnknownShape } from '../../../site/generated/lock';

const shape = (architecture: string | undefined, more: Partial<LockModelShape> = {}): LockModelShape => ({
  source: 'config.json',
  ...{ checkpointBytes: 1, layers: 48, attentionHeads: 8, kvHeads: 8, headDim: 8 },
  ...(architecture === undefined ? {} : { architecture }),
  ...more,
});

const OLDER = 'the lock is of an older release, so run `airlock lock`';

describe('a shape', () => {
  it.each([
    ['whose layers hold a state, and how many hold tokens', shape('JambaForCausalLM', { attentionLayers: 4 })],
    ['whose layers hold nothing', shape('BertModel', { attentionLayers: 0 })],
    ['whose layers slide by turns', shape('Gemma2ForCausalLM', { slidingLayers: 24 })],
    ['whose layers could slide, and none does', shape('Qwen3ForCausalLM')],
    ['whose layers could slide, and some do', shape('Qwen3ForCausalLM', { slidingLayers: 47 })],
    ['whose layers keep a compressed vector', shape('DeepseekV3ForCausalLM', { kvLoraRank: 512 })],
    ['whose layers slide all alike', shape('MixtralForCausalLM')],
    ['whose name stands for several, of which one is complete', shape('Mistral3ForConditionalGeneration')],
  ])('is understood: %s', (_what, one) => {
    expect(whyNotUnderstood(one)).toBeUndefined();
    expect(understood({ shape: one })).toEqual({ shape: one });
  });

  it.each([
    ['whose layers hold a state, and nobody counted the others', shape('JambaForCausalLM')],
    ['of an encoder whose layers are said to hold tokens', shape('BertModel', { attentionLayers: 48 })],
    ['of an encoder of which nothing is said', shape('BertModel')],
    ['whose layers slide by turns, and all do', shape('Gemma2ForCausalLM', { slidingLayers: 48 })],
    ['whose layers slide by turns, and nobody counted', shape('Gemma2ForCausalLM')],
    ['whose layers could slide, and all do', shape('Qwen3ForCausalLM', { slidingLayers: 48 })],
    ['whose layers keep a compressed vector of no length', shape('DeepseekV3ForCausalLM')],
  ])('is not: %s', (_what, one) => {
    const why = `what the layers of ${String(one.architecture)} keep is not recorded; ${OLDER}`;
    expect(whyNotUnderstood(one)).toBe(why);
    expect(understood({ shape: { ...one, maxPositionEmbeddings: 4096 } })).toEqual({
      notUnderstood: [why],
      ownContext: 4096,
    });
    expect(understood({ shape: one })).toStrictEqual({ notUnderstood: [why] });
  });

  it('of an architecture that is not on the list is not understood, by its name', () => {
    expect(whyNotUnderstood(shape('NovelForCausalLM'))).toBe('the kit does not know the cache of NovelForCausalLM');
    expect(whyNotUnderstood(shape(undefined))).toBe(`nothing says of which architecture it is; ${OLDER}`);
  });

  it('has names of its own in GGUF', () => {
    expect(whyNotUnderstood(shape('llama', { source: 'gguf' }))).toBeUndefined();
    expect(whyNotUnderstood(shape('llama'))).toBe('the kit does not know the cache of llama');
    expect(whyNotUnderstood(shape('LlamaForCausalLM', { source: 'gguf' }))).toBe(
      'the kit does not know the cache of LlamaForCausalLM',
    );
  });
});

describe('a lock', () => {
  it('that says nothing of a shape is told what to do', () => {
    expect(understood({})).toStrictEqual({
      notUnderstood: ['the lock says nothing of its shape: run `airlock lock`, or include its config.json'],
    });
  });

  it('that says what it does not understand is believed, whatever else it says', () => {
    const unknownShape: LockUnknownShape = { source: 'config.json', reasons: ['it is new'] };
    expect(understood({ unknownShape })).toStrictEqual({ notUnderstood: ['it is new'] });
    expect(understood({ unknownShape, shape: shape('LlamaForCausalLM', { maxPositionEmbeddings: 2048 }) })).toEqual({
      notUnderstood: ['it is new'],
      ownContext: 2048,
    });
  });
});
