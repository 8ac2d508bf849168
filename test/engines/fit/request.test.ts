import { fitDevice, fitRequest } from '../../../engines/fit/request';
import type { Lock, LockModel, LockModelShape, LockUnknownShape } from '../../../site/generated/lock';
import type { Serving } from '../../../site/generated/site';

const file = (path: string, size: number): LockModel['files'][number] => ({
  path,
  size,
  sha256: '0'.repeat(64),
  sha256From: 'hub',
  gitOid: '0'.repeat(40),
});

const SHAPE: LockModelShape = {
  source: 'config.json',
  ...{ architecture: 'LlamaForCausalLM', checkpointBytes: 900 },
  ...{ layers: 2, attentionHeads: 8, kvHeads: 8, headDim: 64 },
};

const model = (name: string, files: readonly [string, number][], more: Partial<LockModel> = {}): LockModel => ({
  name,
  source: { repository: `org/${name}`, revision: 'main', include: [], exclude: [] },
  license: { expected: 'mit', declared: 'mit', files: [] },
  files: files.map(([path, size]) => file(path, size)),
  ...more,
});

const SAFETENSORS: readonly [string, number][] = [
  ['config.json', 7],
  ['model-1.safetensors', 400],
  ['model-2.safetensors', 600],
];

const lock = (...models: LockModel[]): Lock => ({ models }) as unknown as Lock;
const serving = (change: Partial<Serving> = {}): Serving => ({
  name: 'chat',
  model: 'llm',
  engine: { name: 'vllm', version: '0.1.0' },
  pool: 'h100',
  ...change,
});
const DEVICE = { name: 'pool "h100"', memoryGiB: 79.25, perNode: 8 };

describe('what a serving asks of the fit', () => {
  it('is the weights that the checkpoint states, whatever else its files hold', () => {
    const asked = fitRequest(serving(), lock(model('llm', SAFETENSORS, { shape: SHAPE })), DEVICE);
    expect(asked).toMatchObject({ serving: 'chat', engine: 'vllm', weightBytes: 900, adapterBytes: 0, shape: SHAPE });
    expect(asked).toMatchObject({ gpus: 1, device: DEVICE });
  });

  it('is those that it states although the rest of its shape is not understood', () => {
    const unknownShape: LockUnknownShape = {
      source: 'config.json',
      checkpointBytes: 800,
      reasons: ['it is new'],
    };
    const locked = model('llm', SAFETENSORS, { unknownShape });
    expect(fitRequest(serving(), lock(locked), DEVICE)).toMatchObject({
      weightBytes: 800,
      notUnderstood: ['it is new'],
    });
  });

  it('is the safetensors of the model where nothing is stated', () => {
    expect(fitRequest(serving(), lock(model('llm', SAFETENSORS)), DEVICE).weightBytes).toBe(1000);
    expect(() => fitRequest(serving(), lock(model('llm', [['a.gguf', 1]])), DEVICE)).toThrow(
      'serving "chat": vllm loads safetensors',
    );
  });

  it.each(['llama.cpp', 'ollama'] as const)(
    'is the file that %s loads, the one that is named among several',
    (name) => {
      const engine = { name, version: '0.1.0' } as Serving['engine'];
      const two: readonly [string, number][] = [...SAFETENSORS, ['q4.gguf', 40], ['q8.gguf', 80]];
      const many = lock(model('llm', two, { shape: { ...SHAPE, source: 'gguf', architecture: 'llama' } }));
      expect(fitRequest(serving({ engine, file: 'q8.gguf' }), many, DEVICE)).toMatchObject({
        engine: name,
        weightBytes: 80,
      });
      expect(() => fitRequest(serving({ engine }), many, DEVICE)).toThrow('the locked model has 2 GGUF files');
      expect(fitRequest(serving({ engine }), lock(model('llm', [['q4.gguf', 40]])), DEVICE).weightBytes).toBe(40);
    },
  );

  it('takes over what the site says of it', () => {
    const options = { gpus: 4, maxModelLen: 4096, concurrency: 3, kvCacheDtype: 'fp8', memoryFraction: 0.5 } as const;
    const asked = fitRequest(serving(options), lock(model('llm', SAFETENSORS, { shape: SHAPE })), DEVICE);
    expect(asked).toMatchObject(options);
  });

  it('counts every file of every adapter', () => {
    const adapters = [
      { name: 'one', model: 'lora-1' },
      { name: 'two', model: 'lora-2' },
    ] as Serving['adapters'];
    const loras = [
      model('lora-1', [
        ['adapter_config.json', 5],
        ['adapter_model.safetensors', 100],
      ]),
      model('lora-2', [['adapter_model.safetensors', 30]]),
    ];
    const asked = fitRequest(serving({ adapters: adapters ?? [] }), lock(model('llm', SAFETENSORS), ...loras), DEVICE);
    expect(asked.adapterBytes).toBe(135);
  });

  it.each([
    ['llm', serving()],
    [
      'lora',
      serving({ model: 'other', adapters: [{ name: 'one', model: 'lora' }] as NonNullable<Serving['adapters']> }),
    ],
  ])('is refused where the lock has no model %s', (name, asked) => {
    expect(() => fitRequest(asked, lock(model('other', SAFETENSORS)), DEVICE)).toThrow(
      expect.objectContaining({
        code: 'LOCK_LACKS_ENTRY',
        message: `the lock has no model "${name}"`,
        fix: 'run `airlock lock` for this site',
      }) as Error,
    );
  });
});

describe('the GPUs of a pool', () => {
  const pool = { name: 'h100', accelerator: 'nvidia-h100-80gb', gpusPerNode: 8 } as const;

  it('are whole ones by default', () => {
    expect(fitDevice(pool)).toEqual({
      ...{ name: 'pool "h100"', memoryGiB: 79.25, perNode: 8, shared: false, computeCapability: [9, 0] },
    });
    expect(fitDevice({ name: 'h100', accelerator: 'nvidia-h100-80gb' })?.perNode).toBe(0);
  });

  it('are slices, of which a pod has one', () => {
    expect(fitDevice({ ...pool, sharing: { mig: '3g.40gb' } })).toMatchObject({ perNode: 1, shared: false });
    expect(fitDevice({ ...pool, sharing: { mig: '3g.40gb' } })?.memoryGiB).toBeLessThan(79.25 / 2);
    expect(fitDevice({ ...pool, gpusPerNode: 1, sharing: { mig: '1g.10gb' } })?.perNode).toBe(1);
    expect(fitDevice({ ...pool, gpusPerNode: 0, sharing: { mig: '1g.10gb' } })?.perNode).toBe(0);
  });

  it('are turns, whose memory is already a share', () => {
    const turns = fitDevice({ ...pool, sharing: { timeSlicing: 4 } });
    expect(turns).toMatchObject({ perNode: 1, shared: true, memoryGiB: 79.25 / 4 });
  });

  it('are none on a pool without accelerators', () => {
    expect(fitDevice({ name: 'cpu', accelerator: 'none' })).toBeUndefined();
  });
});
