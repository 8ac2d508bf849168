import type { Pool } from '../../site/generated/site';
import { type Inputs, inputs, podOf, synth } from './synthesized';

/** The fixture with its GPU pool changed, and the model small enough for a part of a GPU. */
function sharing(change: Partial<Pool>, serving: Partial<Inputs['site']['servings'][number]> = {}) {
  const given = inputs();
  Object.assign(given.site.pools[0]!, change);
  Object.assign(given.site.servings[0]!, serving);
  return synth(given);
}

describe('a serving on a shared pool', () => {
  it('requests a MIG slice, and the quota admits what is planned and its replacement', () => {
    const { stack } = sharing({ sharing: { mig: '3g.40gb' } });
    const [engine] = podOf(stack('serving'), 'serving-chat_release').containers;
    expect(engine?.resources?.limits).toMatchObject({ 'nvidia.com/mig-3g.40gb': '1' });
    const quotas = Object.values(stack('serving').resource['kubernetes_resource_quota_v1'] ?? {});
    expect(quotas.map(({ spec }) => spec)).toEqual([{ hard: { 'requests.nvidia.com/mig-3g.40gb': '4' } }]);
  });

  it('must fit the slice, not the GPU', () => {
    expect(() => sharing({ sharing: { mig: '1g.10gb' } })).toThrow(/does not fit pool "h100".* of 9\.51 GiB/);
  });

  it('cannot span slices', () => {
    expect(() => sharing({ sharing: { mig: '3g.40gb' } }, { gpus: 2 })).toThrow(
      'serving "chat" wants 2 MIG slices 3g.40gb for each replica on pool "h100", and a pod can use one alone',
    );
  });

  it('takes turns only with a share of the memory', () => {
    expect(() => sharing({ sharing: { timeSlicing: 2 } })).toThrow(/its engine's default share/);
    const { stack } = sharing({ sharing: { timeSlicing: 2 } }, { memoryFraction: 0.5 });
    const [engine] = podOf(stack('serving'), 'serving-chat_release').containers;
    expect(engine?.resources?.limits).toMatchObject({ 'nvidia.com/gpu.shared': '1' });
  });
});

describe('the plan of a site', () => {
  it('reads no node and changes none, so that a node that is gone never fails a deployment', () => {
    const { files } = synth();
    const stacks = [...files].filter(([file]) => file.endsWith('cdk.tf.json')).map(([, text]) => text);
    expect(stacks).toHaveLength(4);
    for (const text of stacks) {
      const { data, resource } = JSON.parse(text) as { data?: object; resource: object };
      expect(data).toBeUndefined();
      expect(Object.keys(resource).filter((type) => /node|labels|taint/.test(type))).toEqual([]);
    }
  });

  it('keeps label and taint of the nodes of a pool whose enclave says so', () => {
    const given = inputs();
    given.enclave.pools['h100']!.manageNodes = true;
    const { resource } = synth(given).stack('platform');
    expect(Object.keys(resource['kubernetes_labels'] ?? {})).toEqual([
      'pool-h100_node-0-labels',
      'pool-h100_node-1-labels',
    ]);
    expect(Object.keys(resource['kubernetes_node_taint'] ?? {})).toHaveLength(2);
  });
});
