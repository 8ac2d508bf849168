import { checkExtraArgs } from '../../engines/extra-args';
import { llamaCpp } from '../../engines/llama-cpp';
import { file, request, valueOf } from './requests';

describe('llama.cpp', () => {
  it('states file, name, address, port and context, whatever the defaults are', () => {
    const { command, args } = llamaCpp.specify(request({ gpus: 0, maxModelLen: 4096 }));
    expect(command).toEqual(['/app/llama-server']);
    expect(
      ['--model', '--alias', '--host', '--port', '--ctx-size', '--n-gpu-layers'].map((flag) => valueOf(args, flag)),
    ).toEqual(['/models/m/m.gguf', 'chat', '0.0.0.0', '8080', '4096', '0']);
    expect(args).toEqual(expect.arrayContaining(['--offline', '--metrics', '--no-slots']));
  });

  it('puts all layers onto GPUs where it has some', () => {
    expect(valueOf(llamaCpp.specify(request({ gpus: 1 })).args, '--n-gpu-layers')).toBe('999');
  });

  it('asks for memory that holds weights and context on CPUs', () => {
    const files = [file('m.gguf', 4e9)];
    const { memoryBytes } = llamaCpp.specify(request({ files, gpus: 0, maxModelLen: 4096 }));
    expect(memoryBytes).toBeGreaterThan(4e9 + 4096 * 320 * 1024);
  });

  it('shares the context out among its slots', () => {
    const { args } = llamaCpp.specify(request({ maxModelLen: 4096, concurrency: 4 }));
    expect([valueOf(args, '--ctx-size'), valueOf(args, '--parallel')]).toEqual(['16384', '4']);
  });

  it('translates cache type, template and adapters', () => {
    const { args } = llamaCpp.specify(
      request({
        kvCacheDtype: 'q8_0',
        chatTemplate: 'chat.jinja',
        files: [file('m.gguf'), file('chat.jinja')],
        adapters: [{ name: 'law', path: '/adapters/law', files: [file('law.gguf'), file('README.md')] }],
      }),
    );
    expect(args.join(' ')).toContain(
      '--cache-type-k q8_0 --cache-type-v q8_0 --flash-attn on --lora /adapters/law/law.gguf ' +
        '--chat-template-file /models/m/chat.jinja --jinja',
    );
  });

  it('gives images to a model whose projector the site names, and counts its bytes as weights', () => {
    const files = [file('m.gguf', 4e9), file('mmproj-F16.gguf', 1e9)];
    const without = llamaCpp.specify(request({ files, gpus: 0 }));
    const spec = llamaCpp.specify(request({ files, gpus: 0, projector: 'mmproj-F16.gguf' }));
    expect(without.args).not.toContain('--mmproj');
    expect(valueOf(spec.args, '--mmproj')).toBe('/models/m/mmproj-F16.gguf');
    expect(valueOf(spec.args, '--model')).toBe('/models/m/m.gguf');
    expect([spec.weightBytes, without.weightBytes]).toEqual([5e9, 4e9]);
    expect(spec.memoryBytes).toBeGreaterThan(without.memoryBytes);
  });

  it.each([
    ['absent.gguf', 'is no file of the locked model'],
    ['m.gguf', 'is no multimodal projector (mmproj*.gguf)'],
    ['notes/mmproj.txt', 'is no multimodal projector (mmproj*.gguf)'],
  ])('refuses %s as a projector, which %s', (projector, what) => {
    const files = [file('m.gguf'), file('vision/mmproj-m.gguf'), file('notes/mmproj.txt')];
    expect(() => llamaCpp.specify(request({ files, projector }))).toThrow(`projector "${projector}" ${what}`);
  });

  it.each(['--mmproj', '-mm', '--mmproj=/models/m/mmproj.gguf'])('sends %s of extraArgs to its field', (given) => {
    expect(() => checkExtraArgs(llamaCpp, llamaCpp.specify(request()), [given], 'chat')).toThrow(
      'has a field of its own',
    );
  });

  it.each([
    ['no GGUF file', [file('adapter_model.safetensors')]],
    ['several GGUF files', [file('a.gguf'), file('b.gguf')]],
  ])('refuses an adapter with %s', (what, files) => {
    expect(() => llamaCpp.specify(request({ adapters: [{ name: 'law', path: '/adapters/law', files }] }))).toThrow(
      `adapter "law" has ${what}`,
    );
  });

  it('stops computing at SIGTERM, so requests get their time before', () => {
    expect(llamaCpp.specify(request())).toMatchObject({ drainSeconds: 30, shutdownSeconds: 5 });
  });
});
