import type { Site } from '../../site/generated/site';
import { relock } from './relock';
import { inputs, objectsOf, releasesOf, synth } from './synthesized';

/** The fixture with something that makes the cluster see its GPUs. */
function given(gpu: NonNullable<Site['gpu']>) {
  const { site, enclave, lock } = inputs();
  Object.assign(site, { gpu });
  return { site, enclave, lock: relock(site, lock) };
}

const OPERATOR = { operator: { version: '26.7.0' } };

function operated() {
  const files = given(OPERATOR);
  files.enclave.network.apiServers = { cidrs: ['10.0.0.11/32'] };
  Object.assign(files.enclave, { charts: { directory: '/srv/charts/' } });
  return files;
}

describe('the accelerators stack', () => {
  it('is not there for nodes that show their GPUs already', () => {
    expect([...synth().files.keys()].some((file) => file.includes('accelerators'))).toBe(false);
  });

  it('has a device plugin for each pool of GPUs, on the locked image', () => {
    const files = given({ devicePlugin: { version: '0.20.0' } });
    const stack = synth(files).stack('accelerators');
    expect(releasesOf(stack)).toEqual(['device-plugin-h100_release']);
    const image = files.lock.images.find(({ name }) => name === 'nvidia-device-plugin-0.20.0');
    expect(image?.reference).toBe('nvcr.io/nvidia/k8s-device-plugin:v0.20.0');
    expect(JSON.stringify(objectsOf(stack, 'device-plugin-h100_release'))).toContain(
      `/nvcr.io/nvidia/k8s-device-plugin@`,
    );
  });

  it('is held by the admission policies as every other namespace', () => {
    const stack = synth(given({ devicePlugin: { version: '0.20.0' } })).stack('guardrails');
    const bindings = objectsOf(stack, 'admission_release').filter(
      ({ kind }) => String(kind) === 'ValidatingAdmissionPolicyBinding',
    );
    expect(bindings).toHaveLength(6);
    for (const binding of bindings) expect(JSON.stringify(binding)).toContain('"airlock-accelerators"');
  });

  it('installs the GPU Operator from the locked chart', () => {
    const files = operated();
    const chart = files.lock.charts?.find(({ name }) => name === 'gpu-operator');
    const release = synth(files).stack('accelerators').resource['helm_release']?.['gpu-operator_release'];
    expect(release?.['chart']).toBe('/srv/charts/gpu-operator-v26.7.0.tgz');
    expect(JSON.stringify(release?.['lifecycle'])).toContain(chart?.sha256);
  });

  it('lets nodes of an operated pool register with what the operator reads, and trusts its toolkit', () => {
    const { output } = synth(operated()).stack('platform');
    expect(JSON.stringify(output)).toContain('nvidia.com/device-plugin.config=h100');
    expect(JSON.stringify(synth().stack('platform').output)).not.toContain('device-plugin.config');
  });

  it.each<[string, (files: ReturnType<typeof operated>) => void, string]>([
    ['the API servers', ({ enclave }) => delete enclave.network.apiServers, 'add network.apiServers'],
    ['the folder of charts', ({ enclave }) => delete enclave.charts, 'add charts: { directory:'],
  ])('demands of the enclave %s', (_what, remove, fix) => {
    const files = operated();
    remove(files);
    expect(() => synth(files)).toThrow(
      expect.objectContaining({ fix: expect.stringContaining(fix) as string }) as Error,
    );
  });
});
