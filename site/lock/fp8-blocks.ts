/** FP8 weights with one scale for each block: which widths engines divide among GPUs, in whole blocks. */
import type { LockFp8Blocks } from '../generated/lock';
import { count, type Fields, isCount, isFields, isStated, NotUnderstood, shown } from './shape-fields';

/** Words for the number of experts, by family. */
const EXPERTS = ['num_experts', 'n_routed_experts', 'num_local_experts', 'moe_num_experts'];

/** Whether a configuration names anything of this kind among what is not quantized. */
function leavesOut(quantization: Fields, kind: RegExp): boolean {
  const names = [quantization['modules_to_not_convert'], quantization['ignored_layers'], quantization['ignore']].flat();
  return names.some((name) => typeof name === 'string' && kind.test(name));
}

/** Whether some layers of a model with experts have none. */
const hasDenseLayers = (fields: Fields): boolean =>
  (isCount(fields['first_k_dense_replace']) && fields['first_k_dense_replace'] > 0) ||
  (Array.isArray(fields['mlp_only_layers']) && fields['mlp_only_layers'].length > 0) ||
  (isCount(fields['decoder_sparse_step']) && fields['decoder_sparse_step'] > 1);

function sharedExperts(fields: Fields, expert: number | undefined): number | undefined {
  const stated = count(fields, 'shared_expert_intermediate_size', 'share_expert_dim');
  if (stated !== undefined) return stated;
  const shared = fields['n_shared_experts'];
  return isCount(shared) && expert !== undefined ? shared * expert : undefined;
}

/** What states the block, and how: transformers' own key, or that of compressed-tensors. */
function blockOf(quantization: Fields): readonly [key: string, value: unknown] {
  const groups = quantization['config_groups'];
  const weights = (isFields(groups) ? Object.values(groups) : [])
    .map((group) => (isFields(group) ? group['weights'] : undefined))
    .filter(isFields)
    .find(({ strategy }) => strategy === 'block');
  return weights === undefined
    ? ['weight_block_size', quantization['weight_block_size']]
    : ['block_structure', weights['block_structure'] ?? 'nothing'];
}

/**
 * Blocks of the weights of a model, from its config.json.
 *
 * @param fields of the language model, quantization_config among them
 * @returns undefined where scales go by other than blocks
 * @throws NotUnderstood
 */
export function fp8Blocks(fields: Fields): LockFp8Blocks | undefined {
  const quantization = fields['quantization_config'];
  if (!isFields(quantization)) return undefined;
  const [key, block] = blockOf(quantization);
  if (!isStated(block)) return undefined;
  const [rows, columns, ...more] = (Array.isArray(block) ? block : []) as readonly unknown[];
  if (!isCount(rows) || !isCount(columns) || more.length > 0)
    throw new NotUnderstood(`${key} is ${shown(block)}, not two whole numbers above 0`);
  const hasExperts = EXPERTS.some((name) => isCount(fields[name]) && fields[name] > 1);
  const stated = count(fields, 'moe_intermediate_size');
  // Where experts have no name of their own for it, it is theirs (MiniMax M2, Mixtral).
  const expert = hasExperts ? (stated ?? count(fields, 'intermediate_size')) : undefined;
  const dense = !hasExperts || (stated !== undefined && hasDenseLayers(fields));
  const shared = leavesOut(quantization, /shared_expert|share_expert/) ? undefined : sharedExperts(fields, expert);
  const wide = dense ? count(fields, 'intermediate_size') : undefined;
  return {
    rows,
    columns,
    ...(wide === undefined ? {} : { dense: wide }),
    ...(expert === undefined ? {} : { experts: expert }),
    ...(shared === undefined ? {} : { sharedExperts: shared }),
    attention: !leavesOut(quantization, /attn|attention/),
  };
}
