import { fp8Blocks } from '../../../site/lock/fp8-blocks';
import { NotUnderstood } from '../../../site/lock/shape-fields';

const block = [128, 64];
const blocksOf = (fields: object, quantization: object = { weight_block_size: block }): unknown =>
  fp8Blocks({ quantization_config: quantization, ...fields });

it('names rows and columns of a block, and the width of a dense model', () => {
  expect(blocksOf({ intermediate_size: 1024 })).toEqual({ rows: 128, columns: 64, dense: 1024, attention: true });
});

it.each(['num_experts', 'n_routed_experts', 'num_local_experts', 'moe_num_experts'])(
  'knows experts by %s, and names their width alone where every layer has them',
  (name) => {
    const both = { [name]: 8, intermediate_size: 1024, moe_intermediate_size: 256 };
    expect(blocksOf(both)).toEqual({ rows: 128, columns: 64, experts: 256, attention: true });
    expect(blocksOf({ ...both, first_k_dense_replace: 1 })).toMatchObject({ dense: 1024, experts: 256 });
    expect(blocksOf({ [name]: 8, intermediate_size: 1024 })).toEqual({
      rows: 128,
      columns: 64,
      experts: 1024,
      attention: true,
    });
  },
);

it('names what sees every token, as it is stated or as a number of experts', () => {
  const experts = { num_experts: 8, moe_intermediate_size: 256 };
  expect(blocksOf({ ...experts, n_shared_experts: 2 })).toMatchObject({ sharedExperts: 512 });
  expect(blocksOf({ ...experts, shared_expert_intermediate_size: 300 })).toMatchObject({ sharedExperts: 300 });
  expect(blocksOf({ ...experts, share_expert_dim: 320 })).toMatchObject({ sharedExperts: 320 });
  expect(blocksOf({ ...experts, n_shared_experts: 0 })).not.toHaveProperty('sharedExperts');
});

it.each(['modules_to_not_convert', 'ignored_layers', 'ignore'])('leaves out what %s names', (list) => {
  const fields = { num_experts: 8, moe_intermediate_size: 256, n_shared_experts: 1 };
  const without = blocksOf(fields, {
    weight_block_size: block,
    [list]: ['lm_head', 'model.layers.1.self_attn', 'model.layers.1.mlp.shared_experts'],
  });
  expect(without).toEqual({ rows: 128, columns: 64, experts: 256, attention: false });
  expect(blocksOf(fields, { weight_block_size: block, [list]: ['model.layers.1.mlp.gate'] })).toMatchObject({
    sharedExperts: 256,
    attention: true,
  });
});

it('knows the blocks of compressed-tensors', () => {
  const weights = { num_bits: 8, type: 'float', strategy: 'block', block_structure: block };
  const groups = { group_0: { weights, input_activations: { strategy: 'group' } } };
  expect(blocksOf({ intermediate_size: 1024 }, { config_groups: groups })).toMatchObject({ rows: 128, columns: 64 });
  for (const block_structure of [undefined, '2x4', [128]])
    expect(() => blocksOf({}, { config_groups: { group_0: { weights: { ...weights, block_structure } } } })).toThrow(
      /^block_structure is /,
    );
  for (const other of [{ group_0: { weights: { strategy: 'channel' } } }, { group_0: {} }, { group_0: null }, []])
    expect(blocksOf({}, { config_groups: other })).toBeUndefined();
});

it('is nothing where scales go by other than blocks', () => {
  expect(fp8Blocks({})).toBeUndefined();
  for (const quantization of [{}, { weight_block_size: null }, []])
    expect(blocksOf({ intermediate_size: 1024 }, quantization)).toBeUndefined();
});

it.each([[[128]], [[128, 128, 1]], [[0, 128]], [['128', 128]], [128], ['x']])(
  'a block of %j is not understood',
  (weight_block_size) => {
    expect(() => blocksOf({}, { weight_block_size })).toThrow(NotUnderstood);
  },
);
