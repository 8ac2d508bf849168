import { GGUF_SHAPES, MODEL_SHAPES } from '../../catalog/model-shapes';
import { taskOfModel } from '../../catalog/model-tasks';

const task = (architecture: string, files: readonly string[] = []) =>
  taskOfModel({ source: 'config.json', architecture, files });

describe('what a model is made for', () => {
  const shapes = MODEL_SHAPES.flatMap(({ architectures, layers }) =>
    architectures.map((architecture) => [architecture, layers.kind] as const),
  );
  it.each(shapes)('%s, which keeps %s, generates unless it is an encoder or has no head', (architecture, kind) => {
    const embeds = kind === 'encoder' || architecture.endsWith('Model');
    expect(task(architecture)).toBe(embeds ? 'embed' : 'generate');
  });

  it.each(Object.keys(GGUF_SHAPES))('%s as GGUF generates', (architecture) => {
    expect(taskOfModel({ source: 'gguf', architecture, files: [] })).toBe('generate');
  });

  it.each([
    ['NovelForCausalLM', 'generate'],
    ['XLMRobertaModel', 'embed'],
    ['Qwen3ForSequenceClassification', 'rate'],
    ['Qwen2ForRewardModel', 'rate'],
    ['WhisperForConditionalGeneration', 'transcribe'],
  ])('%s: %s', (architecture, made) => {
    expect(task(architecture)).toBe(made);
  });

  it('is embedding with the pooling of Sentence Transformers, whatever its architecture generates', () => {
    expect(task('Qwen3ForCausalLM', ['modules.json', '1_Pooling/config.json'])).toBe('embed');
    expect(task('Qwen3ForCausalLM', ['modules.json'])).toBe('generate');
    expect(task('Qwen3ForSequenceClassification', ['modules.json', '1_Pooling/config.json'])).toBe('rate');
  });

  it('is unknown for what is on no list, and for nothing', () => {
    for (const architecture of ['NovelForConditionalGeneration', 'NovelModel', 'ForCausalLMish', 'bert'])
      expect(task(architecture)).toBeUndefined();
    expect(taskOfModel({ source: 'gguf', architecture: 'novel', files: [] })).toBeUndefined();
    expect(taskOfModel({ files: [] })).toBeUndefined();
  });

  it('embeds as GGUF where the architecture has no other output', () => {
    expect(taskOfModel({ source: 'gguf', architecture: 'nomic-bert', files: [] })).toBe('embed');
  });
});
