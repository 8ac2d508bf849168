/** What memory sizing needs of a GGUF file, from its header (ggml-org/ggml docs/gguf.md, "Standardized key-value pairs"). */
import { GGUF_SHAPES, type GgufLayerRule } from '../../catalog/model-shapes';
import { HARMLESS_GGUF_ATTENTION, SHAPE_CHANGING } from '../../catalog/shape-keys';
import type { LockModelShape, LockUnknownShape } from '../generated/lock';
import { defined, notUnderstood, type ShapeReading } from './model-shape';
import { count, type Fields, isCount, needed, NotUnderstood, shown, text } from './shape-fields';

const READ = ['head_count', 'head_count_kv', 'key_length', 'value_length'];
const READ_BY: Readonly<Record<GgufLayerRule['kind'], readonly string[]>> = {
  full: [],
  alternate: ['sliding_window', 'sliding_window_pattern'],
  latent: ['kv_lora_rank'],
};

/** @throws NotUnderstood for keys that change what layers keep in a way that the rule does not know */
function checkKeys(rule: GgufLayerRule, architecture: string, metadata: Fields): void {
  const prefix = `${architecture}.`;
  const known = new Set([...READ, ...READ_BY[rule.kind], ...HARMLESS_GGUF_ATTENTION]);
  const strange = Object.keys(metadata)
    .filter((key) => key.startsWith(prefix) && metadata[key] !== 0 && metadata[key] !== false)
    .filter((key) => {
      const name = key.slice(prefix.length);
      if (name.startsWith('attention.')) return !known.has(name.slice('attention.'.length));
      return name.startsWith('ssm.') || SHAPE_CHANGING.some((family) => family.test(name));
    });
  if (strange.length > 0) throw new NotUnderstood(`the kit does not know what ${strange.join(', ')} changes`);
}

/** @throws NotUnderstood */
function dimensions(
  rule: GgufLayerRule,
  architecture: string,
  metadata: Fields,
): Omit<LockModelShape, 'source' | 'architecture' | 'checkpointBytes'> {
  checkKeys(rule, architecture, metadata);
  // A list in the place of a number differs from layer to layer.
  const key = (name: string): string => `${architecture}.${name}`;
  const own = (name: string): number | undefined => {
    if (metadata[key(name)] === null) throw new NotUnderstood(`${key(name)} differs from layer to layer`);
    return count(metadata, key(name));
  };
  const layers = needed(metadata, key('block_count'));
  own('attention.head_count');
  const attentionHeads = needed(metadata, key('attention.head_count'));
  const headDim = own('attention.key_length');
  const valueDim = own('attention.value_length');
  if (rule.kind !== 'latent' && valueDim !== undefined && valueDim !== headDim)
    throw new NotUnderstood(`keys have ${shown(headDim)} numbers, values ${String(valueDim)}`);
  const window = rule.kind === 'alternate' ? own('attention.sliding_window') : undefined;
  const every = rule.kind === 'alternate' ? (own('attention.sliding_window_pattern') ?? rule.every) : 1;
  const sliding = window === undefined ? 0 : layers - Math.floor(layers / every);
  const kvLoraRank = rule.kind === 'latent' ? needed(metadata, key('attention.kv_lora_rank')) : undefined;
  return {
    layers,
    attentionHeads,
    kvHeads: own('attention.head_count_kv') ?? attentionHeads,
    headDim: headDim ?? Math.max(1, Math.floor(needed(metadata, key('embedding_length')) / attentionHeads)),
    ...defined<Partial<LockModelShape>>({
      slidingWindow: sliding > 0 ? window : undefined,
      slidingLayers: rule.kind === 'alternate' ? sliding : undefined,
      kvLoraRank,
      // Every model with rotary positions states it; only latent attention caches that part by itself.
      qkRopeHeadDim: kvLoraRank === undefined ? undefined : own('rope.dimension_count'),
      maxPositionEmbeddings: own('context_length'),
    }),
  };
}

/**
 * Shape of a model for llama.cpp.
 *
 * @param metadata key-value pairs of the GGUF header; null where a value is a list
 * @param checkpointBytes bytes of the file, or of all parts of a split
 */
export function shapeOfGguf(metadata: Fields, checkpointBytes: number): ShapeReading {
  const architecture = text(metadata, 'general.architecture');
  const common = defined<Pick<LockModelShape, 'source' | 'architecture'>>({ source: 'gguf', architecture });
  let shape: LockModelShape | undefined;
  const reason = notUnderstood(() => {
    if (!isCount(checkpointBytes)) throw new NotUnderstood('the bytes of its weights are not known');
    if (architecture === undefined) throw new NotUnderstood('its header states no general.architecture');
    const rule = Object.hasOwn(GGUF_SHAPES, architecture) ? GGUF_SHAPES[architecture] : undefined;
    if (rule === undefined) throw new NotUnderstood(`the kit does not know the cache of ${architecture}`);
    shape = { ...common, checkpointBytes, ...dimensions(rule, architecture, metadata) };
  });
  if (shape !== undefined) return { shape };
  const length = architecture === undefined ? undefined : metadata[`${architecture}.context_length`];
  return {
    unknownShape: {
      ...common,
      ...defined<Partial<LockUnknownShape>>({
        checkpointBytes: isCount(checkpointBytes) ? checkpointBytes : undefined,
        maxPositionEmbeddings: isCount(length) ? length : undefined,
      }),
      reasons: [reason ?? 'it is not understood'],
    },
  };
}
