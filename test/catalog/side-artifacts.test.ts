import { HARMONY_VOCABULARIES, SIDE_ARTIFACTS, sideArtifacts } from '../../catalog/side-artifacts';

const setsOf = (...asked: Parameters<typeof sideArtifacts>) => sideArtifacts(...asked).map(({ name }) => name);

describe('sideArtifacts', () => {
  it.each([
    'openai/gpt-oss-20b',
    'openai/gpt-oss-120b',
    'unsloth/gpt-oss-20b-BF16',
    'acme/GPTOSS-legal',
    'acme/gpt_oss-tuned',
  ])('brings the Harmony vocabularies for %s', (repository) => {
    for (const engine of ['vllm', 'sglang', 'tensorrt-llm'] as const) {
      expect(setsOf(engine, repository)).toEqual(['harmony-vocabularies']);
    }
  });

  it('brings none where the engine has them built in, or the model is another', () => {
    expect([...setsOf('llama.cpp', 'ggml-org/gpt-oss-20b-GGUF'), ...setsOf('ollama', 'openai/gpt-oss-20b')]).toEqual(
      [],
    );
    expect(setsOf('vllm', 'Qwen/Qwen3-8B')).toEqual([]);
  });

  it('names every file as the engine looks for it', () => {
    expect(HARMONY_VOCABULARIES.files.map(({ url }) => url.split('/').at(-1))).toEqual([
      'cl100k_base.tiktoken',
      'o200k_base.tiktoken',
    ]);
  });

  it('has one name and one content for each file', () => {
    const files = SIDE_ARTIFACTS.flatMap((set) => set.files);
    expect(new Set(files.map(({ name }) => name)).size).toBe(files.length);
    for (const { url, sha256 } of files) {
      expect(url).toMatch(/^https:\/\//);
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    }
  });
});
