import { vllm } from '../../engines/vllm';
import { file, request, valueOf } from './requests';

describe('vllm', () => {
  it('states path, name, address, port and parallelism, whatever the defaults are', () => {
    const { command, args } = vllm.specify(request({ gpus: 4, maxModelLen: 8192 }));
    expect(command).toEqual(['vllm', 'serve']);
    expect(args[0]).toBe('/models/m');
    expect(
      ['--served-model-name', '--host', '--port', '--tensor-parallel-size', '--max-model-len'].map((flag) =>
        valueOf(args, flag),
      ),
    ).toEqual(['chat', '0.0.0.0', '8000', '4', '8192']);
    expect(valueOf(args, '--distributed-executor-backend')).toBe('mp');
  });

  it('loads safetensors and never falls back to pickles', () => {
    expect(valueOf(vllm.specify(request()).args, '--load-format')).toBe('safetensors');
  });

  it('leaves the context length to the model where the site names none', () => {
    expect(vllm.specify(request()).args).not.toContain('--max-model-len');
  });

  it.each([
    ['0.17.2', undefined, 0],
    ['0.18.0', '30', 30],
    ['v0.27.1', '30', 30],
    ['1.0.0', '30', 30],
    ['nightly', '30', 30],
  ])('version %s drains with --shutdown-timeout %s', (version, value, seconds) => {
    const { args, shutdownSeconds } = vllm.specify(request({ version }));
    expect([valueOf(args, '--shutdown-timeout'), shutdownSeconds]).toEqual([value, seconds]);
  });

  it('is offline, silent, and writes below writable paths only', () => {
    const { env, writable } = vllm.specify(request());
    expect(env).toMatchObject({
      HF_HUB_OFFLINE: '1',
      TRANSFORMERS_OFFLINE: '1',
      HF_HUB_DISABLE_TELEMETRY: '1',
      DO_NOT_TRACK: '1',
      VLLM_NO_USAGE_STATS: '1',
      VLLM_DO_NOT_TRACK: '1',
    });
    const roots = writable.map(({ path }) => path);
    for (const value of Object.values(env).filter((text) => text.startsWith('/'))) {
      expect(roots.some((root) => value === root || value.startsWith(`${root}/`))).toBe(true);
    }
  });

  it('translates every option of a serving', () => {
    const { args } = vllm.specify(
      request({
        gpus: 4,
        pipelineParallel: 2,
        concurrency: 16,
        quantization: 'fp8',
        kvCacheDtype: 'fp8_e4m3',
        memoryFraction: 0.85,
        chatTemplate: 'chat.jinja',
        toolCallParser: 'hermes',
        reasoningParser: 'qwen3',
        adapters: [
          { name: 'law', path: '/adapters/law', files: [] },
          { name: 'tax', path: '/adapters/tax', files: [] },
        ],
        files: [file('config.json'), file('a.safetensors'), file('chat.jinja')],
      }),
    );
    const said = args.join(' ');
    expect(said).toContain('--tensor-parallel-size 2 --pipeline-parallel-size 2 --distributed-executor-backend mp');
    expect(said).toContain(
      '--max-num-seqs 16 --quantization fp8 --kv-cache-dtype fp8_e4m3 --gpu-memory-utilization 0.85 ' +
        '--chat-template /models/m/chat.jinja --enable-auto-tool-choice --tool-call-parser hermes --reasoning-parser qwen3 ' +
        '--enable-lora --max-loras 2 --max-lora-rank 64 --lora-modules law=/adapters/law tax=/adapters/tax',
    );
  });

  it.each([
    ['0.15.1', undefined],
    ['0.16.0', '/health,/metrics,/ping'],
  ])('version %s keeps probes out of the access log with %s', (version, paths) => {
    expect(valueOf(vllm.specify(request({ version })).args, '--disable-access-log-for-endpoints')).toBe(paths);
  });

  it('finds its side artifacts where the pod holds them, and is told of no others', () => {
    const { env } = vllm.specify(request({ artifacts: { 'harmony-vocabularies': '/artifacts/harmony-vocabularies' } }));
    expect(env['TIKTOKEN_ENCODINGS_BASE']).toBe('/artifacts/harmony-vocabularies');
    expect(env).not.toHaveProperty('FLASHINFER_CUBIN_DIR');
    expect(vllm.specify(request()).env).not.toHaveProperty('TIKTOKEN_ENCODINGS_BASE');
  });

  it('counts the weights at the root of the model only', () => {
    const files = [
      file('config.json'),
      file('a.safetensors', 3),
      file('b.safetensors', 4),
      file('original/c.safetensors', 9),
    ];
    expect(vllm.specify(request({ files })).weightBytes).toBe(7);
  });

  it.each([
    [
      'no safetensors',
      [file('config.json'), file('original/a.safetensors')],
      /loads safetensors, and the locked model has none/,
    ],
    ['no config.json', [file('a.safetensors')], /needs config\.json, and the locked model lacks it/],
  ])('refuses a model with %s', (_case, files, message) => {
    expect(() => vllm.specify(request({ files }))).toThrow(message);
  });
});
