import { sglang } from '../../engines/sglang';
import { file, request, valueOf } from './requests';

describe('sglang', () => {
  it('states path, name, address, port and parallelism, whatever the defaults are', () => {
    const { command, args } = sglang.specify(request({ gpus: 8, pipelineParallel: 2, maxModelLen: 8192 }));
    expect(command).toEqual(['python3', '-m', 'sglang.launch_server']);
    expect(
      ['--model-path', '--served-model-name', '--host', '--port', '--tp-size', '--pp-size', '--context-length'].map(
        (flag) => valueOf(args, flag),
      ),
    ).toEqual(['/models/m', 'chat', '0.0.0.0', '30000', '4', '2', '8192']);
  });

  it('turns metrics on, and keeps its files off the read-only root', () => {
    const { args, writable } = sglang.specify(request());
    expect(args).toContain('--enable-metrics');
    expect(valueOf(args, '--file-storage-path')?.startsWith(writable[1]?.path ?? '?')).toBe(true);
  });

  it('is started when it has generated a token, and never generates for a probe again', () => {
    const { probes, env } = sglang.specify(request());
    expect(probes).toEqual({ startup: '/health_generate', readiness: '/health', liveness: '/health' });
    expect(env['SGLANG_ENABLE_HEALTH_ENDPOINT_GENERATION']).toBe('false');
  });

  it('translates every option of a serving', () => {
    const { args } = sglang.specify(
      request({
        concurrency: 16,
        quantization: 'fp8',
        kvCacheDtype: 'fp8_e5m2',
        memoryFraction: 0.8,
        chatTemplate: 'chat.jinja',
        toolCallParser: 'qwen25',
        reasoningParser: 'qwen3',
        adapters: [{ name: 'law', path: '/adapters/law', files: [] }],
        files: [file('config.json'), file('a.safetensors'), file('chat.jinja')],
      }),
    );
    expect(args.join(' ')).toContain(
      '--max-running-requests 16 --quantization fp8 --kv-cache-dtype fp8_e5m2 --mem-fraction-static 0.8 ' +
        '--chat-template /models/m/chat.jinja --tool-call-parser qwen25 --reasoning-parser qwen3 ' +
        '--enable-lora --lora-paths law=/adapters/law',
    );
  });

  it('reads the CUDA release of its image from the tag', () => {
    expect(sglang.specify(request({ version: '0.5.20-cu130' })).cuda).toBe('13.0');
    expect(sglang.specify(request({ version: '0.5.20' })).cuda).toBeUndefined();
  });
});
