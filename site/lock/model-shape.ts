/**
 * What memory sizing needs of a model, from its own configuration: pure functions of what its repository says. What they
 * do not understand they name, and never guess.
 */
import { MODEL_SHAPES, type ModelShapeRule } from '../../catalog/model-shapes';
import { HARMLESS_KEYS, SHAPE_CHANGING } from '../../catalog/shape-keys';
import type { LockModelShape, LockUnknownShape } from '../generated/lock';
import { fp8Blocks } from './fp8-blocks';
import { keysOfLayers, type LayerKind, layerKinds, numberOfLayers, windowOf } from './layer-kinds';
import { keysOfState, numbersOfState } from './layer-state';
import { longestContext } from './longest-context';
import { count, type Fields, isCount, isFields, isStated, needed, NotUnderstood, shown, text } from './shape-fields';

/** A shape, or what is not understood of it. */
export type ShapeReading = { readonly shape: LockModelShape } | { readonly unknownShape: LockUnknownShape };

/** Multimodal models keep the language model's part under a name of its own. */
const INNER = ['text_config', 'llm_config', 'language_config'];

/** Without undefined values, which the lock's format does not have. */
export const defined = <T extends object>(value: { [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;

/** What work throws as not understood, as text; undefined where it returns. */
export function notUnderstood(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof NotUnderstood) return error.message;
    throw error;
  }
}

/** @throws NotUnderstood where no rule, or more than one, is that of the model */
function ruleOf(architecture: string | undefined, modelType: unknown): ModelShapeRule {
  if (architecture === undefined) throw new NotUnderstood('it states no architectures');
  const possible = MODEL_SHAPES.filter(({ architectures }) => architectures.includes(architecture));
  if (possible.length === 0) throw new NotUnderstood(`the kit does not know the cache of ${architecture}`);
  const found = isStated(modelType)
    ? possible.find(({ modelTypes }) => modelTypes.includes(String(modelType)))
    : possible.length === 1
      ? possible[0]
      : undefined;
  if (found !== undefined) return found;
  throw new NotUnderstood(`model_type is ${shown(modelType)}, which the kit does not know of ${architecture}`);
}

/** Absent in all but name. */
const isOff = (value: unknown): boolean =>
  !isStated(value) || value === false || value === 0 || (Array.isArray(value) && value.length === 0);

/** @throws NotUnderstood for keys that change what layers keep in a way that the rule does not know */
function checkKeys({ layers }: ModelShapeRule, fields: Fields): void {
  const keys = Object.keys(fields).filter((key) => !isOff(fields[key]));
  const state = layers.kind === 'hybrid' ? keysOfState(layers.state) : [];
  const read = new Set([...HARMLESS_KEYS, ...keysOfLayers(layers), ...state]);
  const strange = keys.filter((key) => !read.has(key) && SHAPE_CHANGING.some((family) => family.test(key)));
  if (strange.length > 0)
    throw new NotUnderstood(
      `the kit does not know what ${strange.map((key) => `${key} ${shown(fields[key])}`).join(', ')} changes`,
    );
}

/** @throws NotUnderstood */
function dimensions(
  rule: ModelShapeRule,
  fields: Fields,
): Omit<LockModelShape, 'source' | 'architecture' | 'checkpointBytes'> {
  checkKeys(rule, fields);
  const { layers: keeps } = rule;
  const layers = numberOfLayers(keeps, fields);
  const attentionHeads = needed(fields, 'num_attention_heads');
  const kinds = layerKinds(keeps, fields, layers);
  const of = (kind: LayerKind): number => kinds.filter((one) => one === kind).length;
  const sliding = of('sliding');
  const attending = of('full') + sliding;
  const states = of('state');
  const latent = keeps.kind === 'latent' ? keeps : undefined;
  const headDim = count(fields, 'head_dim', 'attention_head_dim') ?? rule.headDim;
  return {
    layers,
    attentionHeads,
    kvHeads: count(fields, 'num_key_value_heads') ?? rule.kvHeads ?? attentionHeads,
    headDim: headDim ?? Math.max(1, Math.floor(needed(fields, 'hidden_size') / attentionHeads)),
    ...defined<Partial<LockModelShape>>({
      attentionLayers: keeps.kind === 'hybrid' || keeps.kind === 'encoder' ? attending : undefined,
      stateNumbers: states > 0 && keeps.kind === 'hybrid' ? states * numbersOfState(keeps.state, fields) : undefined,
      slidingWindow: sliding > 0 ? windowOf(keeps, fields) : undefined,
      // Stated also where it is none: locks of older releases leave out what they did not see.
      slidingLayers: sliding > 0 || keeps.kind === 'alternate' ? sliding : undefined,
      kvLoraRank: latent === undefined ? undefined : (count(fields, 'kv_lora_rank') ?? latent.kvLoraRank),
      qkRopeHeadDim: latent === undefined ? undefined : (count(fields, 'qk_rope_head_dim') ?? latent.qkRopeHeadDim),
      maxPositionEmbeddings: longestContext(fields, rule.modelTypes[0], rule.maxPositionEmbeddings),
    }),
  };
}

/**
 * Shape of a model for transformers.
 *
 * @param config parsed config.json, as transformers writes it
 * @param checkpointBytes bytes of the tensors that an engine loads
 */
export function shapeOfConfig(config: unknown, checkpointBytes: number): ShapeReading {
  if (!isFields(config)) return { unknownShape: { source: 'config.json', reasons: ['it is no JSON object'] } };
  const inner = INNER.map((name) => config[name]).find(isFields);
  const fields = inner === undefined ? config : { ...config, ...inner };
  const architectures = config['architectures'];
  const first: unknown = Array.isArray(architectures) ? architectures[0] : undefined;
  const architecture = typeof first === 'string' ? first : undefined;
  const modelType = inner === undefined ? config['model_type'] : inner['model_type'];
  const quantization = fields['quantization_config'];
  const common = defined<Pick<LockModelShape, 'source' | 'architecture'>>({ source: 'config.json', architecture });
  let shape: LockModelShape | undefined;
  const reason = notUnderstood(() => {
    if (!isCount(checkpointBytes)) throw new NotUnderstood('the bytes of its weights are not known');
    shape = defined<LockModelShape>({
      ...common,
      checkpointBytes,
      ...dimensions(ruleOf(architecture, modelType), fields),
      dtype: text(fields, 'torch_dtype', 'dtype'),
      quantization: isFields(quantization) ? text(quantization, 'quant_method') : undefined,
      fp8Blocks: fp8Blocks(fields),
    });
  });
  if (shape !== undefined) return { shape };
  let maxPositionEmbeddings: number | undefined;
  notUnderstood(() => {
    maxPositionEmbeddings = longestContext(fields, typeof modelType === 'string' ? modelType : undefined);
  });
  return {
    unknownShape: {
      ...common,
      ...defined<Partial<LockUnknownShape>>({
        checkpointBytes: isCount(checkpointBytes) ? checkpointBytes : undefined,
        maxPositionEmbeddings,
      }),
      reasons: [reason ?? 'it is not understood'],
    },
  };
}
