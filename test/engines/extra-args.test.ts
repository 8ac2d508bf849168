import type { Engine, EngineSpec } from '../../engines/contract';
import { checkExtraArgs } from '../../engines/extra-args';
import { vllm } from '../../engines/vllm';
import { request } from './requests';

const engine: Engine = {
  name: 'vllm',
  forbiddenFlags: ['--trust-remote-code', '-x'],
  fieldFlags: { '--max-model-len': 'maxModelLen' },
  specify: () => ({ args: ['/models/m', '--port', '8000'] }) as unknown as EngineSpec,
};
const check = (...extra: string[]) => {
  checkExtraArgs(engine, engine.specify(request()), extra, 'chat');
};

describe('checkExtraArgs', () => {
  it.each([['--trust-remote-code'], ['--trust_remote_code'], ['--trust-remote-code=true'], ['--trust'], ['-x']])(
    'refuses %s, which undoes the contract',
    (flag) => {
      expect(() => check('--batch', '8', flag)).toThrow(/extraArgs: vllm must not get/);
    },
  );

  it.each(['--max-model-len=9', '--max-model', '--max_model_len'])('says which field stands for %s', (flag) => {
    let fix: string | undefined;
    try {
      check(flag);
    } catch (error) {
      fix = (error as { fix?: string }).fix;
    }
    expect(fix).toBe('write maxModelLen in the serving instead');
  });

  it('refuses what the contract sets', () => {
    expect(() => check('--port=1')).toThrow('--port is already set by the contract of vllm');
  });

  it('passes what the contract leaves open, and values that look like nothing', () => {
    expect(() => check('--batch', '8', '--swap-space=4', '-y', 'trust-remote-code')).not.toThrow();
  });

  it('sees through a path into a JSON value', () => {
    expect(() => {
      checkExtraArgs(vllm, vllm.specify(request()), ['--hf-overrides.architectures=x'], 'chat');
    }).toThrow('vllm must not get --hf-overrides');
  });
});
