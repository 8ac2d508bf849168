import { ENGINES } from '../../engines';
import type { Engine, EngineRequest } from '../../engines/contract';
import { checkExtraArgs } from '../../engines/extra-args';
import type { EngineName } from '../../catalog/engines';
import { request, VERSIONS } from './requests';

const GGUF: readonly EngineName[] = ['llama.cpp', 'ollama'];
const NAMES = Object.keys(ENGINES) as EngineName[];
const specify = (engine: Engine, change: Partial<EngineRequest> = {}) =>
  engine.specify(
    request({
      version: VERSIONS[engine.name],
      // An architecture of each form of weights; for those of GGUF, a name of its own.
      ...(GGUF.includes(engine.name) ? { described: { source: 'gguf', architecture: 'llama' } } : {}),
      ...change,
    }),
  );

describe.each(NAMES)('the contract of %s', (name) => {
  const engine = ENGINES[name];
  const spec = specify(engine, { gpus: 4, maxModelLen: 4096 });

  it('states host and port, as arguments or environment', () => {
    const said = [...spec.args, ...Object.values(spec.env)].join(' ');
    expect(said).toContain('0.0.0.0');
    expect(said).toContain(String(spec.port));
  });

  it('points to the model by an absolute path', () => {
    expect([...spec.args, ...Object.values(spec.env)].some((text) => text.startsWith('/models/m'))).toBe(true);
  });

  it('runs as a numeric user that is not root', () => {
    expect(spec.user.uid).toBeGreaterThan(0);
  });

  it('writes only below paths that it names, each with a bound', () => {
    const roots = spec.writable.map(({ path }) => path);
    expect(roots).toContain('/tmp');
    for (const { sizeBytes } of spec.writable) expect(sizeBytes).toBeGreaterThan(0);
    for (const value of Object.values(spec.env).filter((text) => text.startsWith('/') && !text.startsWith('/models'))) {
      expect(roots.some((root) => value === root || value.startsWith(`${root}/`))).toBe(true);
    }
  });

  it('opens OpenAI paths alone', () => {
    expect(spec.httpPaths).toEqual(expect.arrayContaining(['/v1/models', '/v1/chat/completions']));
    expect(spec.httpPaths.filter((path) => !path.startsWith('/v1/'))).toEqual([]);
  });

  it('names no secret, no hub and no address of the internet', () => {
    const said = [...spec.args, ...Object.entries(spec.env).flat()].join('\n');
    expect(said).not.toMatch(/TOKEN|API_KEY|SECRET|huggingface\.co|https?:\/\//);
  });

  it('keeps its user from setting again what it sets, also abbreviated', () => {
    const flags = spec.args.filter((argument) => argument.startsWith('--'));
    for (const flag of flags) {
      const refuse = (argument: string) => () => {
        checkExtraArgs(engine, spec, [argument], 'chat');
      };
      expect(refuse(flag)).toThrow('serving "chat", extraArgs');
      expect(refuse(`${flag}=x`)).toThrow('serving "chat", extraArgs');
      if (flag.length > 6) expect(refuse(flag.slice(0, -1))).toThrow('serving "chat", extraArgs');
    }
  });

  it('is a pure function of what is asked', () => {
    expect(specify(engine, { gpus: 4, maxModelLen: 4096 })).toEqual(spec);
  });
});

describe('the contracts of Python engines', () => {
  it.each(['vllm', 'sglang', 'tensorrt-llm', 'tgi'] as const)(
    '%s is offline and silent, and brings no pickles',
    (name) => {
      const { env } = specify(ENGINES[name]);
      expect(env).toMatchObject({
        HF_HUB_OFFLINE: '1',
        TRANSFORMERS_OFFLINE: '1',
        HF_HUB_DISABLE_TELEMETRY: '1',
        DO_NOT_TRACK: '1',
        USER: 'airlock',
      });
      expect(() => specify(ENGINES[name], { files: [{ path: 'm.gguf', size: 1 }] })).toThrow(
        `${name} loads safetensors, and the locked model has none`,
      );
    },
  );
});

describe('what an engine does not have', () => {
  it.each<[EngineName, Partial<EngineRequest>, string]>([
    ['llama.cpp', { pipelineParallel: 2 }, 'llama.cpp has no pipelineParallel'],
    ['llama.cpp', { quantization: 'fp8' }, 'llama.cpp has no quantization'],
    ['llama.cpp', { kvCacheDtype: 'fp8' }, 'llama.cpp has no kvCacheDtype "fp8"'],
    ['ollama', { adapters: [{ name: 'a', path: '/adapters/a', files: [] }] }, 'ollama has no adapters'],
    ['ollama', { chatTemplate: 'chat.jinja' }, 'ollama has no chatTemplate'],
    ['ollama', { projector: 'mmproj.gguf' }, 'ollama has no projector'],
    ['ollama', { servedName: 'a b' }, 'ollama cannot name a model "a b"'],
    ['vllm', { file: 'm.gguf' }, 'vllm has no file'],
    ['vllm', { backend: 'engine' }, 'vllm has no backend'],
    ['vllm', { kvCacheDtype: 'q8_0' }, 'vllm has no kvCacheDtype "q8_0"'],
    ['sglang', { kvCacheDtype: 'fp8' }, 'sglang has no kvCacheDtype "fp8"'],
    ['tensorrt-llm', { adapters: [{ name: 'a', path: '/adapters/a', files: [] }] }, 'tensorrt-llm has no adapters'],
    [
      'tensorrt-llm',
      { backend: 'engine', version: '1.3.0', maxModelLen: 1024 },
      'engine.backend "engine" is gone from tensorrt-llm 1.3.0',
    ],
    ['tgi', { version: '3.3.7' }, 'the image of tgi 3.3.7 runs as root only'],
    ['tgi', { quantization: 'mxfp4' }, 'tgi has no quantization "mxfp4"'],
    ['llama.cpp', { nodes: 2 }, 'llama.cpp has no nodes'],
    ['tensorrt-llm', { nodes: 2 }, 'tensorrt-llm has no nodes'],
    ['tgi', { nodes: 2 }, 'tgi has no nodes'],
    ['ollama', { nodes: 2 }, 'ollama has no nodes'],
    ['vllm', { nodes: 2, version: '0.11.2' }, 'vllm 0.11.2 spans nodes through Ray alone'],
    ['vllm', { gpus: 4, pipelineParallel: 3 }, 'pipelineParallel 3 does not divide gpus 4'],
    ['vllm', { chatTemplate: 'chat.jinja' }, 'chatTemplate "chat.jinja" is no file of the locked model'],
  ])('%s refuses %j', (name, change, message) => {
    expect(() => specify(ENGINES[name], change)).toThrow(message);
  });

  it('is no trouble where nothing is asked', () => {
    expect(() => specify(ENGINES.ollama, { kvCacheDtype: 'auto', pipelineParallel: 1, adapters: [] })).not.toThrow();
  });
});
