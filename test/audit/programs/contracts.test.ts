/** Whatever a contract makes of a serving, the audit knows: a flag or variable without an entry in its program fails here. */
import { ENGINE_BUILD, ENGINE_PROGRAMS } from '../../../audit/programs/engines';
import { ENGINES } from '../../../engines';
import type { EngineName } from '../../../catalog/engines';
import type { EngineRequest, EngineSpec, KvCacheDtype } from '../../../engines/contract';
import { AirlockError } from '../../../core/errors';
import { file, request, VERSIONS } from '../../engines/requests';
import { ADAPTERS, plannedFor } from './contract-pods';
import { type Json, type Planned, said } from './planned';

const GGUF: readonly EngineName[] = ['llama.cpp', 'ollama'];
const KV_CACHES: readonly KvCacheDtype[] = ['fp8', 'fp8_e4m3', 'fp8_e5m2', 'f16', 'q8_0', 'q4_0'] as const;

/** What a serving may ask of its engine, field by field. */
const OPTIONS: readonly Partial<EngineRequest>[] = [
  {},
  { gpus: 0 },
  ...[1, 2, 8].map((gpus) => ({ gpus })),
  { gpus: 4, pipelineParallel: 2 },
  ...[2, 4].map((nodes) => ({ gpus: 8, nodes })),
  { maxModelLen: 4096 },
  { concurrency: 64 },
  ...['fp8', 'awq', 'gptq', 'bitsandbytes', 'mxfp4', 'eetq', 'marlin'].map((quantization) => ({ quantization })),
  ...KV_CACHES.map((kvCacheDtype) => ({ kvCacheDtype })),
  { memoryFraction: 0.85 },
  { drainSeconds: 5 },
  { chatTemplate: 'template.jinja' },
  { projector: 'mmproj.gguf' },
  { toolCallParser: 'openai' },
  { reasoningParser: 'openai_gptoss' },
  { derivedImage: true },
  { file: 'm.gguf' },
  { backend: 'pytorch' },
  { backend: 'engine', maxModelLen: 4096 },
  { adapters: ADAPTERS },
  { artifacts: { 'harmony-vocabularies': '/artifacts/harmony-vocabularies' } },
];

/** Versions whose contracts differ, beside the one of the tests. */
const OTHER_VERSIONS: Readonly<Record<EngineName, readonly string[]>> = {
  vllm: ['0.11.0', '0.12.0', '0.16.0', '0.18.0'],
  sglang: ['0.5.5'],
  'tensorrt-llm': ['1.0.0'],
  'llama.cpp': ['b6000'],
  tgi: ['3.3.7'],
  ollama: ['0.12.0'],
};

const requestFor = (name: EngineName, change: Partial<EngineRequest>): EngineRequest =>
  request({
    version: VERSIONS[name],
    files: [
      ...['config.json', 'template.jinja'].map((path) => file(path)),
      file('model.safetensors', 100),
      file('m.gguf', 200),
      file('mmproj.gguf', 10),
    ],
    target: { content: 'abc', product: 'NVIDIA-H100-80GB-HBM3' },
    ...(GGUF.includes(name) ? { described: { source: 'gguf', architecture: 'llama' } } : {}),
    ...change,
  });

/** Specs of every request that the engine takes. */
function specsOf(name: EngineName): EngineSpec[] {
  const specify = (change: Partial<EngineRequest>): EngineSpec[] => {
    try {
      return [ENGINES[name].specify(requestFor(name, change))];
    } catch (error) {
      // Not every engine has every option, and not every version serves as it stands.
      if (error instanceof AirlockError && error.kind === 'input') return [];
      throw error;
    }
  };
  const alone = OPTIONS.filter((option) => specify(option).length > 0);
  const versions = OTHER_VERSIONS[name].map((version) => ({ version, derivedImage: true }));
  const single = [...alone, ...versions].flatMap(specify);
  return [...single, ...new Told(single).news(pairs(alone).flatMap(specify))];
}

/** What was told already, so that only specs with something new are held against the audit. */
class Told {
  private readonly words = new Set<string>();

  public constructor(specs: readonly EngineSpec[]) {
    this.news(specs);
  }

  public news(specs: readonly EngineSpec[]): EngineSpec[] {
    return specs.filter((spec) => {
      const { command, args, env, group, probes, writable } = spec;
      const words = [...command, ...args, ...(group?.workerArgs ?? []), ...Object.entries(env).map(String)];
      const all = [...words, JSON.stringify(probes), ...writable.map(({ path }) => path)];
      const fresh = all.filter((word) => !this.words.has(word));
      for (const word of fresh) this.words.add(word);
      return fresh.length > 0;
    });
  }
}

/** Options two by two. */
const pairs = (all: readonly Partial<EngineRequest>[]): Partial<EngineRequest>[] =>
  all.flatMap((one, at) => all.slice(at + 1).map((other) => ({ ...one, ...other })));

/** Every pod of a spec: the server, the workers of its group, and the build before it. */
function plannedOf(name: EngineName, spec: EngineSpec): Planned[] {
  const { build, group } = spec;
  const program = ENGINE_PROGRAMS[name];
  return [
    plannedFor(name, program, spec, { claimAt: build?.path }),
    ...(group === undefined ? [] : [plannedFor(name, program, { ...spec, args: group.workerArgs })]),
    ...(build === undefined ? [] : [plannedFor(name, ENGINE_BUILD, build.spec, { claimAt: build.path })]),
  ];
}

describe.each(Object.keys(ENGINES) as EngineName[])('whatever the contract of %s makes of a request', (name) => {
  const specs = specsOf(name);
  const program = ENGINE_PROGRAMS[name];

  it('is known to the audit', () => {
    expect(specs.length).toBeGreaterThan(10);
    const complaints = specs
      .flatMap((spec) => plannedOf(name, spec))
      .flatMap((planned) => said(planned).map(({ check, at, message }) => `[${check}] ${at} ${message}`));
    expect([...new Set(complaints)]).toEqual([]);
  });

  it('has every option and variable that the audit knows: none is taken for good that nobody writes', () => {
    const words = new Set(specs.flatMap(({ args, group }) => [...args, ...(group?.workerArgs ?? [])]));
    const variables = new Set(specs.flatMap(({ env }) => Object.keys(env)));
    expect(Object.keys(program.options).filter((option) => !words.has(option))).toEqual([]);
    expect(Object.keys(program.variables).filter((variable) => !variables.has(variable))).toEqual([]);
  });

  it('is not known any more with one flag or variable more', () => {
    const [planned] = plannedOf(name, specs[0]!);
    expect(said(planned!, (one) => (one['args'] as string[]).push('--new-flag')).map(({ check }) => check)).toEqual([
      'argument',
    ]);
    const added = said(planned!, (one) => (one['env'] as Json[]).push({ name: 'NEW', value: '1' }));
    expect(added.map(({ check }) => check)).toEqual(['environment']);
  });
});
