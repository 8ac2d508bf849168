import { ollama } from '../../engines/ollama';
import { file, request } from './requests';

describe('ollama', () => {
  it('is told everything by its environment: store, address, context, and to stay at home', () => {
    const { command, args, env } = ollama.specify(request({ gpus: 0, maxModelLen: 4096, concurrency: 2 }));
    expect([...command, ...args]).toEqual(['/bin/ollama', 'serve']);
    expect(env).toMatchObject({
      OLLAMA_HOST: '0.0.0.0:11434',
      OLLAMA_MODELS: '/models/m',
      OLLAMA_NO_CLOUD: '1',
      OLLAMA_NOPRUNE: '1',
      OLLAMA_KEEP_ALIVE: '-1',
      OLLAMA_CONTEXT_LENGTH: '4096',
      OLLAMA_NUM_PARALLEL: '2',
    });
  });

  it('is started when its weights are loaded', () => {
    expect(ollama.specify(request()).probes.startup).toEqual({ exec: ['/bin/ollama', 'run', 'chat', ''] });
  });

  it('turns flash attention on with a cache type, which works with nothing else', () => {
    expect(ollama.specify(request({ kvCacheDtype: 'q8_0' })).env).toMatchObject({
      OLLAMA_KV_CACHE_TYPE: 'q8_0',
      OLLAMA_FLASH_ATTENTION: '1',
    });
    expect(ollama.specify(request()).env).not.toHaveProperty('OLLAMA_FLASH_ATTENTION');
  });

  it('loads GGUF and nothing else', () => {
    expect(() => ollama.specify(request({ files: [file('a.safetensors')] }))).toThrow('loads GGUF');
  });

  it('drops requests at SIGTERM, so it gets its time before', () => {
    expect(ollama.specify(request())).toMatchObject({ drainSeconds: 30, shutdownSeconds: 5 });
  });

  it('has no metrics', () => {
    expect(ollama.specify(request()).metrics).toBeUndefined();
  });
});
