import { tensorrtLlm } from '../../engines/tensorrt-llm';
import { request, valueOf } from './requests';

const specify = (change = {}) => tensorrtLlm.specify(request({ version: '1.2.1', ...change }));

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

  it('compiles engines up to 1.2 alone, with time, room and a warning', () => {
    const { args, warmUpSeconds, warnings } = specify({ backend: 'engine' });
    expect(valueOf(args, '--backend')).toBe('tensorrt');
    expect(warmUpSeconds).toBeGreaterThan(specify().warmUpSeconds);
    expect(warnings).toHaveLength(1);
    expect(() => specify({ backend: 'engine', version: '1.3.0rc29' })).toThrow('is gone from tensorrt-llm 1.3.0rc29');
  });

  it('is named by the folder of its model', () => {
    expect(tensorrtLlm.namesModelByPath).toBe(true);
  });
});
