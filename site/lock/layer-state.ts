/** The state that a recurrent layer holds of a sequence, however long that is. */
import type { StateRule } from '../../catalog/model-shapes';
import { count, type Fields, isCount, needed } from './shape-fields';

type Size = readonly [keys: readonly string[], byDefault: number];

const sizesOf = (rule: StateRule): Size[] =>
  Object.values(rule).flatMap((value: unknown): Size[] => {
    if (Array.isArray(value)) return [value as unknown as Size];
    return typeof value === 'object' ? [(value as { readonly expand: Size }).expand] : [];
  });

/** Keys of a state that set nothing of its size: how it is computed, and in which type, which the fit assumes. */
const MAMBA = [
  'chunk_size',
  'mamba_chunk_size',
  'mamba_conv_bias',
  'mamba_dt_init_floor',
  'mamba_dt_limit',
  'mamba_dt_max',
  'mamba_dt_min',
  'mamba_dt_rank',
  'mamba_hidden_act',
  'mamba_inner_layernorms',
  'mamba_proj_bias',
  'mamba_ssm_cache_dtype',
  'use_conv_bias',
  'use_mamba_kernels',
  'use_mambapy',
];
const HARMLESS: Readonly<Record<StateRule['kind'], readonly string[]>> = {
  mamba1: MAMBA,
  mamba2: [...MAMBA, 'mamba_d_head'],
  delta: ['mamba_ssm_dtype'],
};

/** Keys of shape-changing families that belong to a state. */
export const keysOfState = (rule: StateRule): string[] => [
  ...sizesOf(rule).flatMap(([names]) => names),
  ...HARMLESS[rule.kind],
];

/**
 * Numbers in the state of one layer, over all GPUs: what it convolves, and what it remembers.
 *
 * @throws NotUnderstood where a size is stated as something else than a count
 */
export function numbersOfState(rule: StateRule, fields: Fields): number {
  const size = ([keys, byDefault]: Size): number => count(fields, ...keys) ?? byDefault;
  switch (rule.kind) {
    case 'mamba1': {
      const inner = size(rule.expand) * needed(fields, 'hidden_size');
      return inner * size(rule.state) + inner * (size(rule.conv) - 1);
    }
    case 'mamba2': {
      const { headDim } = rule;
      const heads = size(rule.heads);
      // "auto" stands for what expansion leaves to each head.
      const stated = 'key' in headDim ? fields[headDim.key] : undefined;
      const inner =
        'key' in headDim
          ? isCount(stated)
            ? heads * stated
            : size(headDim.expand) * needed(fields, 'hidden_size')
          : heads * size(headDim);
      const state = size(rule.state);
      return inner * state + (inner + 2 * size(rule.groups) * state) * (size(rule.conv) - 1);
    }
    case 'delta': {
      const [keys, values] = [size(rule.keyHeads) * size(rule.keyDim), size(rule.valueHeads) * size(rule.valueDim)];
      return values * size(rule.keyDim) + (2 * keys + values) * (size(rule.conv) - 1);
    }
  }
}
