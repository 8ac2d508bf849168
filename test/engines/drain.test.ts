import type { EngineName } from '../../catalog/engines';
import { ENGINES } from '../../engines';
import { request, valueOf, VERSIONS } from './requests';

const specOf = (engine: EngineName, version: string, drainSeconds?: number) =>
  ENGINES[engine].specify(request({ version, ...(drainSeconds === undefined ? {} : { drainSeconds }) }));

/** Seconds before SIGTERM, and after it; the flag that says so to the engine. */
const EACH: readonly (readonly [EngineName, string, readonly [number | undefined, number], string | undefined])[] = [
  ['vllm', VERSIONS.vllm, [undefined, 30], '--shutdown-timeout'],
  ['vllm', '0.17.0', [undefined, 0], undefined],
  ['sglang', VERSIONS.sglang, [undefined, 60], undefined],
  ['tensorrt-llm', VERSIONS['tensorrt-llm'], [undefined, 20], undefined],
  ['tgi', VERSIONS.tgi, [undefined, 90], '--graceful-termination-timeout'],
  ['llama.cpp', VERSIONS['llama.cpp'], [30, 5], undefined],
  ['ollama', VERSIONS.ollama, [30, 5], undefined],
];
/** Engines that drop answers at SIGTERM, whatever they are told. */
const DROPS = (engine: EngineName, version: string): boolean =>
  ['llama.cpp', 'ollama', 'tensorrt-llm'].includes(engine) || version === '0.17.0';

describe('answers in flight', () => {
  it('are asked about every engine', () => {
    expect(new Set(EACH.map(([engine]) => engine))).toEqual(new Set(Object.keys(ENGINES)));
  });

  it.each(EACH)('of %s %s get what its contract gives them', (engine, version, [before, after], flag) => {
    const { drainSeconds, shutdownSeconds, args } = specOf(engine, version);
    expect([drainSeconds, shutdownSeconds]).toEqual([before, after]);
    if (flag !== undefined) expect(valueOf(args, flag)).toBe(String(after));
  });

  it.each(EACH)('of %s %s get what the site gives them', (engine, version, [, byDefault], flag) => {
    const { drainSeconds = 0, shutdownSeconds, args } = specOf(engine, version, 600);
    const before = DROPS(engine, version);
    expect([drainSeconds, shutdownSeconds]).toEqual(before ? [600, byDefault] : [0, 600]);
    if (flag !== undefined) expect(valueOf(args, flag)).toBe('600');
    expect(args.join(' ').includes('600')).toBe(flag !== undefined);
  });
});
