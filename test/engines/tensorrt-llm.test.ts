import { tensorrtLlm } from '../../engines/tensorrt-llm';
import { request, valueOf } from './requests';

const specify = (change = {}) => tensorrtLlm.specify(request({ version: '1.2.1', ...change }));

const ENGINE = {
  backend: 'engine',
  maxModelLen: 4096,
  target: { content: 'ab12cd34', product: 'NVIDIA-H100-80GB-HBM3' },
};

describe('tensorrt-llm', () => {
  it('serves a checkpoint with the PyTorch backend, and says all that has a default of its own', () => {
    const { command, args } = specify({ gpus: 4, pipelineParallel: 2, maxModelLen: 4096 });
    expect([...command, args[0]]).toEqual(['trtllm-serve', 'serve', '/models/m']);
    expect(
      ['--backend', '--host', '--port', '--tp_size', '--pp_size', '--gpus_per_node', '--max_seq_len'].map((flag) =>
        valueOf(args, flag),
      ),
    ).toEqual(['pytorch', '0.0.0.0', '8000', '2', '2', '4', '4096']);
  });

  it('has Prometheus metrics beside those in JSON', () => {
    expect(specify().metrics).toEqual({ port: 8000, path: '/prometheus/metrics' });
  });

  it('builds nothing for the PyTorch backend', () => {
    expect(specify()).not.toHaveProperty('build');
  });

  it('serves an engine by a folder that names all that it is bound to, with the tokenizer of the model', () => {
    const { args, build, warnings } = specify({ ...ENGINE, gpus: 4, pipelineParallel: 2, concurrency: 16 });
    expect(build?.key).toBe('ab12cd34-trtllm-1.2.1-nvidia-h100-80gb-hbm3-tp2-pp2-len4096-batch16');
    expect(args[0]).toBe(`/engines/${build?.key ?? ''}/chat`);
    expect([valueOf(args, '--tokenizer'), valueOf(args, '--backend')]).toEqual(['/models/m', 'tensorrt']);
    expect(warnings).toHaveLength(1);
  });

  it.each([
    [{ target: { content: '00000000', product: 'NVIDIA-H100-80GB-HBM3' } }],
    [{ target: { content: 'ab12cd34', product: 'NVIDIA-A100-SXM4-80GB' } }],
    [{ version: '1.1.0' }],
    [{ gpus: 2 }],
    [{ maxModelLen: 2048 }],
    [{ concurrency: 8 }],
  ])('builds another engine for %j', (change) => {
    expect(specify({ ...ENGINE, ...change }).build?.key).not.toBe(specify(ENGINE).build?.key);
  });

  it('gives the builder the same offline environment, with more room', () => {
    const { env, writable, memoryBytes, build } = specify(ENGINE);
    expect(build?.spec.env).toEqual(env);
    expect(build?.spec.writable.map(({ path }) => path)).toEqual(writable.map(({ path }) => path));
    expect(build?.spec.memoryBytes).toBeGreaterThan(memoryBytes);
  });

  it.each([
    [{ version: '1.3.0rc29' }, 'is gone from tensorrt-llm 1.3.0rc29'],
    [{ version: '0.20.0' }, 'or not yet there'],
    [{ maxModelLen: undefined }, 'an engine is built for one context length'],
    [{ target: undefined }, 'an engine is built for one kind of GPU'],
  ])('builds no engine for %j', (change, message) => {
    expect(() => specify({ ...ENGINE, ...change })).toThrow(message);
  });

  it('is named by the folder of its model', () => {
    expect(tensorrtLlm.namesModelByPath).toBe(true);
  });
});
