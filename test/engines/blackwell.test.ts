import { sglang } from '../../engines/sglang';
import { vllm } from '../../engines/vllm';
import { request } from './requests';

const BLACKWELL = { computeCapability: [10, 0] as const, version: '0.27.1-cu130' };

describe('an engine’s own image on Blackwell', () => {
  it('is warned of with vLLM, which takes slower kernels', () => {
    expect(vllm.specify(request(BLACKWELL)).warnings?.join()).toMatch(/takes slower ones/);
    expect(vllm.specify(request({ ...BLACKWELL, computeCapability: [9, 0] })).warnings).toBeUndefined();
  });

  it('is refused with SGLang, which would not start', () => {
    expect(() => sglang.specify(request({ ...BLACKWELL, version: '0.5.20-cu130' }))).toThrow(/does not start without/);
  });

  it('may run where the site derives it', () => {
    expect(vllm.specify(request({ ...BLACKWELL, derivedImage: true })).warnings).toBeUndefined();
    expect(() => sglang.specify(request({ ...BLACKWELL, version: '0.5.20', derivedImage: true }))).not.toThrow();
  });

  it('is refused where its CUDA is older than the GPUs', () => {
    expect(() => vllm.specify(request({ ...BLACKWELL, version: '0.27.1-cu126' }))).toThrow(/CUDA 12\.6.*no Blackwell/);
  });
});
