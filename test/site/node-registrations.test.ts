import { nodeRegistrations, selectRegistrations } from '../../site/node-registrations';
import { inputs, synth } from '../stacks/synthesized';

const registrations = () => {
  const { site, enclave, lock } = inputs();
  return nodeRegistrations(site, enclave, lock);
};

describe('nodeRegistrations', () => {
  it('are what the plan prints, so that both ways give the same files', () => {
    const printed = synth().stack('platform').output?.['node-registration']?.value as Record<string, object>;
    expect(printed).toEqual(
      Object.fromEntries(registrations().map(({ pool, nodes, files }) => [pool, { nodes, files }])),
    );
  });

  it('mirror every host of the locked images in the folder where the registry has them', () => {
    const { lock } = inputs();
    const registries = registrations()[0]?.files.find(({ path }) => path.endsWith('registries.yaml'))?.content ?? '';
    for (const { reference, repository } of lock.images) {
      const host = reference.split('/')[0] ?? '';
      expect(repository.startsWith(`${host}/`)).toBe(true);
      expect(registries).toContain(`"${host}":`);
      expect(registries).toContain(`"${host}/$1"`);
    }
  });
});

describe('selectRegistrations', () => {
  it('keeps one pool, or the pool of one node with that node alone', () => {
    const chosen = (filter: object) =>
      selectRegistrations(registrations(), filter).map(({ pool, nodes }) => [pool, nodes]);
    expect(chosen({ pool: 'edge' })).toEqual([['edge', ['edge-01']]]);
    expect(chosen({ node: 'gpu-02' })).toEqual([['h100', ['gpu-02']]]);
  });

  it.each([
    [{ pool: 'a100' }, 'the site has no pool "a100"'],
    [{ node: 'gpu-09' }, 'no pool of the enclave has a node "gpu-09"'],
    [{ pool: 'edge', node: 'gpu-01' }, 'no pool of the enclave has a node "gpu-01"'],
  ])('refuses %j', (filter, message) => {
    expect(() => selectRegistrations(registrations(), filter)).toThrow(message);
  });
});
