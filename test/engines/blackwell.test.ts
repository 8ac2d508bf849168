import { sglang } from '../../engines/sglang';
import { vllm } from '../../engines/vllm';
import { request } from './requests';

const BLACKWELL = { computeCapability: [10, 0] as const, version: '0.27.1-cu130' };

describe('an engine’s own image on Blackwell', () => {
  it('is warned of where vLLM lacks kernels, and takes slower ones', () => {
    const warnings = (change: object) => vllm.specify(request({ ...BLACKWELL, ...change })).warnings;
    expect(warnings({ version: '0.11.0-cu130' })?.join()).toMatch(/takes slower ones/);
    expect(warnings({})).toBeUndefined();
    expect(warnings({ version: '0.11.0-cu130', computeCapability: [9, 0] })).toBeUndefined();
  });

  it.each([
    ['0.5.4', true],
    ['0.5.5', false],
    ['0.5.15-cu130', false],
    ['0.5.16', true],
    ['0.5.20-cu130', true],
  ])('is refused where SGLang lacks kernels, and would not start: %s', (version, lacks) => {
    const specify = () => sglang.specify(request({ ...BLACKWELL, version }));
    if (lacks) expect(specify).toThrow(/does not start without/);
    else expect(specify).not.toThrow();
  });

  it('may run where the site derives it', () => {
    expect(vllm.specify(request({ ...BLACKWELL, derivedImage: true })).warnings).toBeUndefined();
    expect(() => sglang.specify(request({ ...BLACKWELL, version: '0.5.20', derivedImage: true }))).not.toThrow();
  });

  it('is refused where its CUDA is older than the GPUs', () => {
    expect(() => vllm.specify(request({ ...BLACKWELL, version: '0.27.1-cu126' }))).toThrow(/CUDA 12\.6.*no Blackwell/);
  });
});
