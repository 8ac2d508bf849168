import { checkAccelerators } from '../../../cluster/preflight/check-accelerators';
import { allocatable } from '../../../cluster/preflight/placement';
import { withPlannedDevices } from '../../../cluster/preflight/planned-devices';
import { inputs } from '../../stacks/synthesized';
import { facts, node } from '../cluster';

/** GPUs of the first node as preflight counts them. */
function counted({ gpus, plugin = true, name = 'gpu-01' }: { gpus: number; plugin?: boolean; name?: string }) {
  const { site, enclave } = inputs();
  if (plugin) Object.assign(site, { gpu: { devicePlugin: { version: '0.20.0' } } });
  const [found] = withPlannedDevices([node(name, { gpus })], site, enclave);
  return allocatable(found!).get('nvidia.com/gpu');
}

describe('withPlannedDevices', () => {
  it('counts the GPUs of a pool that the plan is going to publish', () => {
    expect(counted({ gpus: 0 })).toBe(8);
  });

  it('leaves alone what a node offers already, and nodes that await nothing', () => {
    expect(counted({ gpus: 7 })).toBe(7);
    expect(counted({ gpus: 0, plugin: false })).toBe(0);
    expect(counted({ gpus: 0, name: 'edge-01' })).toBe(0);
    expect(counted({ gpus: 0, name: 'nobodys' })).toBe(0);
  });

  it('is said of the nodes, which are no fault', () => {
    const { site, enclave } = inputs();
    Object.assign(site, { gpu: { devicePlugin: { version: '0.20.0' } } });
    const findings = checkAccelerators(facts({ nodes: [node('gpu-01', { gpus: 0 })] }), site, enclave);
    expect(findings).toMatchObject([
      { status: 'warn', message: 'it offers no GPUs yet: the plan brings what publishes 8 nvidia.com/gpu' },
    ]);
  });
});
