import type { EngineName } from '../../catalog/engines';
import { ENGINES } from '../../engines';
import { COUNT, oneOf } from '../../engines/argument-form';
import type { Engine, EngineSpec } from '../../engines/contract';
import { argumentsOf, checkExtraArgs } from '../../engines/extra-args';
import { vllm } from '../../engines/vllm';
import flags from './flags.json';
import { misspelt, taken, unlisted } from './further-arguments';
import { request, VERSIONS } from './requests';

const engine: Engine = {
  name: 'vllm',
  extraFlags: { '--batch': COUNT, '--eager': 'switch', '--sizes': { each: COUNT }, '--kind': oneOf('a', 'b') },
  fieldFlags: { '--max-model-len': 'maxModelLen' },
  specify: () => ({ args: ['/models/m', '--port', '8000'] }) as unknown as EngineSpec,
};
const check = (...extra: string[]) => {
  checkExtraArgs(engine, engine.specify(request()), extra, 'chat');
};
const fixOf = (...extra: string[]): string | undefined => {
  try {
    check(...extra);
  } catch (error) {
    return (error as { fix?: string }).fix;
  }
  return undefined;
};

describe('checkExtraArgs', () => {
  it('takes what is on the list, with a value of the listed form', () => {
    expect(() => check('--batch', '8', '--eager', '--sizes', '1', '2', '--kind=a')).not.toThrow();
  });

  it.each([
    [['--batch', '/etc/x'], '--batch must not be "/etc/x": expected a whole number'],
    [['--batch'], '--batch takes one value: a whole number'],
    [['--batch', '1', '2'], '--batch takes one value'],
    [['--eager=true'], '--eager takes no value'],
    [['--sizes'], '--sizes takes at least one value'],
    [['--sizes=1', '2'], '--sizes takes one value'],
    [['--kind', 'c'], '--kind must not be "c": expected a, b'],
  ])('refuses %j, whose values have another form', (extra, message) => {
    expect(() => check(...extra)).toThrow(`serving "chat", extraArgs: ${message}`);
  });

  it.each(['--trust-remote-code', '--batc', '--batch.x', '-x', 'stray', 'constructor', '--__proto__'])(
    'refuses %s, which is on no list, and says where the list stands',
    (flag) => {
      expect(() => check('--batch', '8', flag)).toThrow(/extraArgs: (?:nobody reviewed|--batch takes)/);
      expect(() => check(flag)).toThrow('nobody reviewed');
      expect(fixOf(flag)).toContain('engine-arguments.md lists');
    },
  );

  it.each(['--max-model-len=9', '--max-model', '--max_model_len'])('says which field stands for %s', (flag) => {
    expect(fixOf(flag)).toBe('write maxModelLen in the serving instead');
  });

  it('refuses what the contract sets', () => {
    expect(() => check('--port=1')).toThrow('--port is already set by the contract of vllm');
  });

  it('refuses what the list has and the contract sets, too', () => {
    const spec = { args: ['--batch', '4'] };
    expect(() => {
      checkExtraArgs(engine, spec, ['--batch', '8'], 'chat');
    }).toThrow('--batch is already set');
  });

  it('sees through a path into a JSON value', () => {
    expect(() => {
      checkExtraArgs(vllm, vllm.specify(request()), ['--hf-overrides.architectures=x'], 'chat');
    }).toThrow('nobody reviewed "--hf-overrides.architectures" for vllm');
  });
});

describe('argumentsOf', () => {
  it('puts words to the flag before them, numbers below zero among them', () => {
    expect(argumentsOf(['x', '--a', '-1', '--b', '-c', 'd', 'e'])).toEqual([
      ['x'],
      ['--a', '-1'],
      ['--b'],
      ['-c', 'd', 'e'],
    ]);
  });
});

describe.each(Object.keys(ENGINES) as EngineName[])('further arguments of %s', (name) => {
  const spec = ENGINES[name].specify(
    request({
      version: VERSIONS[name],
      ...(name === 'llama.cpp' ? { described: { source: 'gguf', architecture: 'llama' } } : {}),
    }),
  );
  const passes = (extra: readonly string[]): boolean => {
    try {
      checkExtraArgs(ENGINES[name], spec, extra, 'chat');
      return true;
    } catch {
      return false;
    }
  };

  it('are taken where the list has them, each in every form', () => {
    const all = taken(name);
    expect(all.length >= Object.keys(ENGINES[name].extraFlags).length).toBe(true);
    expect(new Set(all.map(([flag = '']) => flag.split('=')[0]))).toEqual(
      new Set(Object.keys(ENGINES[name].extraFlags)),
    );
    expect(all.filter((extra) => !passes(extra))).toEqual([]);
  });

  it('are refused with another value, or in another spelling', () => {
    expect(misspelt(name).filter(passes)).toEqual([]);
  });

  it('are refused where the list does not have them: every other flag of the engine', () => {
    expect(unlisted(name).filter(passes)).toEqual([]);
  });

  it('have no flag that the contract sets, or that a field stands for', () => {
    const own = [...spec.args, ...Object.keys(ENGINES[name].fieldFlags)];
    expect(Object.keys(ENGINES[name].extraFlags).filter((flag) => own.includes(flag))).toEqual([]);
  });
});

it('the lists name flags that the engines have, or had', () => {
  const renamed = [
    ...[
      '--task',
      '--max-seq-len-to-capture',
      '--max-num-partial-prefills',
      '--max-long-partial-prefills',
      '--swap-space',
    ],
    ...['--no-enable-chunked-prefill', '--no-enable-prefix-caching', '--cuda-graph-bs', '--cuda-graph-max-bs'],
    ...['--mlock', '--no-mmap'],
  ];
  const unknown = Object.entries(flags).flatMap(([name, { flags: known }]) =>
    Object.keys(ENGINES[name as EngineName].extraFlags).filter((flag) => !known.includes(flag)),
  );
  expect(unknown.toSorted()).toEqual(renamed.toSorted());
});
