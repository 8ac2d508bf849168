/** What each layer of a model keeps, as its configuration says it. */
import type { HybridLayers, LayerRule } from '../../catalog/model-shapes';
import { count, type Fields, isCount, isStated, needed, NotUnderstood, shown } from './shape-fields';

/** Keys and values of all tokens; of a window; a state of a fixed size; nothing. */
export type LayerKind = 'full' | 'sliding' | 'state' | 'none';

/** Words of `layer_types` and `layers_block_type` (transformers configuration_utils.py, ALLOWED_LAYER_TYPES, and older ones). */
const WORDS: Readonly<Record<string, LayerKind>> = {
  full_attention: 'full',
  attention: 'full',
  sliding_attention: 'sliding',
  linear_attention: 'state',
  mamba: 'state',
  moe: 'none',
  mlp: 'none',
};

/** Kinds that a rule knows the arithmetic of. */
const KINDS: Readonly<Record<LayerRule['kind'], readonly LayerKind[]>> = {
  full: ['full'],
  window: ['full', 'sliding'],
  switched: ['full', 'sliding'],
  alternate: ['full', 'sliding'],
  latent: ['full'],
  encoder: ['full', 'sliding'],
  hybrid: ['full', 'state', 'none'],
};

/** Keys of shape-changing families that the rules read, beside those of lists of layers. */
const READ: Readonly<Record<LayerRule['kind'], readonly string[]>> = {
  full: [],
  window: ['sliding_window'],
  switched: ['sliding_window', 'use_sliding_window'],
  // Gemma 2 states its window twice.
  alternate: ['sliding_window', 'sliding_window_size'],
  latent: ['kv_lora_rank', 'qk_rope_head_dim', 'qk_nope_head_dim', 'v_head_dim'],
  // ModernBERT looks at all tokens in each n-th layer.
  encoder: ['global_attn_every_n_layers', 'local_attention', 'sliding_window'],
  hybrid: [],
};
const LISTS = ['layer_types', 'layers_block_type'];

/** Keys that a rule reads to tell its layers apart. */
export function keysOfLayers(rule: LayerRule): readonly string[] {
  const own = READ[rule.kind];
  if (rule.kind === 'alternate') return [...LISTS, ...own, ...(rule.stated === undefined ? [] : [rule.stated])];
  if (rule.kind !== 'hybrid') return [...LISTS, ...own];
  const { layers } = rule;
  if (layers.by === 'period') return [...LISTS, 'attn_layer_period', 'attn_layer_offset'];
  return layers.by === 'list' ? LISTS : [...LISTS, layers.stated];
}

const numbered = (layers: number, kind: (at: number) => LayerKind): LayerKind[] =>
  Array.from({ length: layers }, (_, at) => kind(at));

function listed(list: string, words: unknown, layers: number, kinds: readonly LayerKind[]): LayerKind[] {
  if (!Array.isArray(words)) throw new NotUnderstood(`${list} is ${shown(words)}, not a list`);
  if (words.length !== layers)
    throw new NotUnderstood(`${list} has ${String(words.length)} entries for ${String(layers)} layers`);
  return words.map((word: unknown) => {
    const kind = typeof word === 'string' && Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
    if (kind !== undefined && kinds.includes(kind)) return kind;
    throw new NotUnderstood(`${list} has ${shown(word)}`);
  });
}

function hybridLayers(rule: HybridLayers, fields: Fields, layers: number): LayerKind[] {
  switch (rule.by) {
    case 'pattern': {
      const pattern = fields[rule.stated];
      if (typeof pattern !== 'string' || pattern.length !== layers || !/^[-*ME]+$/.test(pattern))
        throw new NotUnderstood(`${rule.stated} is ${shown(pattern)} for ${String(layers)} layers`);
      return numbered(layers, (at) => (pattern[at] === '*' ? 'full' : pattern[at] === 'M' ? 'state' : 'none'));
    }
    case 'interval': {
      const every = count(fields, rule.stated) ?? rule.every;
      return numbered(layers, (at) => ((at + 1) % every === 0 ? 'full' : 'state'));
    }
    case 'period': {
      const every = count(fields, 'attn_layer_period') ?? rule.every;
      const offset = fields['attn_layer_offset'] ?? rule.offset;
      if (offset !== 0 && !isCount(offset)) throw new NotUnderstood(`attn_layer_offset is ${shown(offset)}`);
      return numbered(layers, (at) => (at % every === offset ? 'full' : 'state'));
    }
    case 'indices': {
      const indices: unknown = fields[rule.stated];
      if (!Array.isArray(indices)) throw new NotUnderstood(`${rule.stated} is ${shown(indices)}, not a list`);
      return numbered(layers, (at) => (indices.includes(at) ? 'full' : 'state'));
    }
    case 'list':
      throw new NotUnderstood('it states no layer_types');
  }
}

/** Whichever tokens its layers look at, an encoder keeps none of them. */
function encoderLayers(fields: Fields, layers: number): LayerKind[] {
  if (fields['is_decoder'] === true) throw new NotUnderstood('is_decoder is on, so it is no encoder');
  return numbered(layers, () => 'none');
}

/**
 * Tokens of the window of sliding layers; undefined where nothing slides.
 *
 * @throws NotUnderstood where the key holds anything else
 */
export function windowOf(rule: LayerRule, fields: Fields): number | undefined {
  if (rule.kind !== 'window' && rule.kind !== 'alternate' && rule.kind !== 'switched') return undefined;
  if (rule.kind === 'switched' && fields['use_sliding_window'] !== true) return undefined;
  if (fields['sliding_window'] === null) return undefined;
  const stated = count(fields, 'sliding_window');
  return stated ?? (rule.kind === 'switched' ? undefined : rule.window);
}

/**
 * @param layers how many there are
 * @throws NotUnderstood naming what is not understood
 */
export function layerKinds(rule: LayerRule, fields: Fields, layers: number): LayerKind[] {
  const window = windowOf(rule, fields);
  const list = LISTS.find((name) => isStated(fields[name]));
  if (list !== undefined) {
    const kinds = listed(list, fields[list], layers, KINDS[rule.kind]);
    if (rule.kind === 'encoder') return encoderLayers(fields, layers);
    if (window === undefined && kinds.includes('sliding')) {
      // Qwen2 and its kin list what they then switch off.
      if (rule.kind === 'switched' && fields['use_sliding_window'] !== true) return numbered(layers, () => 'full');
      throw new NotUnderstood(`${list} has sliding layers, and sliding_window is ${shown(fields['sliding_window'])}`);
    }
    return kinds;
  }
  switch (rule.kind) {
    case 'full':
    case 'latent':
      return numbered(layers, () => 'full');
    case 'window':
      return numbered(layers, () => (window === undefined ? 'full' : 'sliding'));
    case 'switched':
      if (window !== undefined) throw new NotUnderstood('use_sliding_window is on, and it states no layer_types');
      return numbered(layers, () => 'full');
    case 'alternate': {
      const every = (rule.stated === undefined ? undefined : count(fields, rule.stated)) ?? rule.every;
      return numbered(layers, (at) => (window === undefined || (at + 1) % every === 0 ? 'full' : 'sliding'));
    }
    case 'encoder':
      return encoderLayers(fields, layers);
    case 'hybrid':
      return hybridLayers(rule.layers, fields, layers);
  }
}

/** @throws NotUnderstood where neither a list of the layers nor their number is stated */
export function numberOfLayers(rule: LayerRule, fields: Fields): number {
  if (isStated(fields['num_hidden_layers']) || rule.kind !== 'hybrid') return needed(fields, 'num_hidden_layers');
  const list = fields['layer_types'] ?? fields['layers_block_type'] ?? fields['hybrid_override_pattern'];
  if (Array.isArray(list) || typeof list === 'string') return list.length;
  return needed(fields, 'num_hidden_layers');
}
