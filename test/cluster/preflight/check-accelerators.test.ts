import type { Node } from 'kubernetes-types/core/v1';
import { checkAccelerators } from '../../../cluster/preflight/check-accelerators';
import type { Pool } from '../../../site/generated/site';
import { inputs } from '../../stacks/synthesized';
import { facts, node } from '../cluster';

/** What the check says of one node of a pool of eight H100. */
function found(labels: Record<string, string>, pool: Partial<Pool> = {}, allocatable: Record<string, string> = {}) {
  const { site, enclave } = inputs();
  Object.assign(site.pools[0]!, pool);
  const given: Node = node('gpu-01', { labels });
  Object.assign(given.status!.allocatable!, allocatable);
  return checkAccelerators(facts({ nodes: [given] }), site, enclave).map(({ status, message }) => [status, message]);
}

describe('checkAccelerators', () => {
  it('passes what is as declared, with labels or without', () => {
    expect(found({})).toEqual([['ok', 'as the site declares']]);
    expect(found({ 'nvidia.com/gpu.product': 'NVIDIA-H100-80GB-HBM3' })).toEqual([['ok', 'as the site declares']]);
  });

  it('warns of another product', () => {
    expect(found({ 'nvidia.com/gpu.product': 'NVIDIA-H100-PCIe' })).toEqual([
      ['warn', 'its GPUs are NVIDIA-H100-PCIe, the site says NVIDIA-H100-80GB-HBM3'],
    ]);
  });

  it('knows the product under the names that sharing gives it', () => {
    const slices = { 'nvidia.com/gpu': '56' };
    const labels = { 'nvidia.com/gpu.product': 'NVIDIA-H100-80GB-HBM3-MIG-1g.10gb' };
    expect(found(labels, { sharing: { mig: '1g.10gb', strategy: 'single' } }, slices)[0]?.[0]).toBe('ok');
  });

  it.each([
    ['nvidia.com/cuda.driver-version.full', '570.133.20', 'fail'],
    ['nvidia.com/cuda.driver-version.major', '570', 'fail'],
    ['nvidia.com/cuda.driver-version.full', '580.65.06', 'ok'],
    ['nvidia.com/cuda.driver-version.full', '590.10', 'ok'],
  ])('with driver 580 declared, %s=%s: %s', (label, value, status) => {
    expect(found({ [label]: value }, { driverVersion: '580.95.05' })[0]?.[0]).toBe(status);
  });

  it('fails where the device plugin hands out something else than the site declares', () => {
    expect(found({}, { sharing: { mig: '1g.10gb' } })).toEqual([
      ['fail', 'it offers 8 nvidia.com/gpu; the site says 56 nvidia.com/mig-1g.10gb'],
    ]);
    expect(found({}, { sharing: { timeSlicing: 2 } }, { 'nvidia.com/gpu': '0' })).toEqual([
      ['warn', 'it offers no GPUs; the site says 16 nvidia.com/gpu.shared'],
    ]);
  });

  it('only warns of fewer GPUs than declared: placement judges whether they do', () => {
    expect(found({}, {}, { 'nvidia.com/gpu': '7' })).toEqual([
      ['warn', 'it offers 7 nvidia.com/gpu; the site says 8 nvidia.com/gpu'],
    ]);
  });
});
