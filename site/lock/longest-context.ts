/** The longest context that a model was made for, as vLLM derives it (vllm/config/model.py, _get_and_verify_max_len). */
import { count, type Fields, isCount, isFields, NotUnderstood, shown } from './shape-fields';

const KEYS = [
  'max_position_embeddings',
  'n_positions',
  'max_seq_len',
  'seq_length',
  'max_target_positions',
  'max_sequence_length',
  'max_seq_length',
  'seq_len',
];

/** Whether a kind of rotary positions multiplies the stated length; the others have it in the stated length already. */
const SCALES: Readonly<Record<string, boolean>> = {
  default: false,
  mrope: false,
  llama3: false,
  longrope: false,
  su: false,
  linear: true,
  dynamic: true,
  yarn: true,
};

/** The parameters of rotary positions; one of several kinds of layers stands for all of them. */
function ropeOf(fields: Fields): Fields | undefined {
  const rope = fields['rope_parameters'] ?? fields['rope_scaling'];
  if (!isFields(rope)) return undefined;
  const nested = Object.values(rope).filter(isFields);
  const scaled = nested.find(({ factor }) => factor !== undefined);
  return nested.length > 0 && rope['rope_type'] === undefined && rope['type'] === undefined
    ? (scaled ?? nested[0])
    : rope;
}

/**
 * @param byDefault what the model's configuration class takes where none is stated
 * @returns tokens; undefined where nothing says
 * @throws NotUnderstood for positions of a kind that is not known
 */
export function longestContext(fields: Fields, modelType: string | undefined, byDefault?: number): number | undefined {
  const stated = KEYS.map((key) => count(fields, key)).filter(isCount);
  // Command-R states what it is served with, beside what it was trained with.
  const own = count(fields, 'model_max_length') ?? (stated.length === 0 ? byDefault : Math.min(...stated));
  const rope = ropeOf(fields);
  // Gemma 3 states the length after scaling.
  if (own === undefined || rope === undefined || modelType?.startsWith('gemma3') === true) return own;
  const kind = rope['rope_type'] ?? rope['type'] ?? 'default';
  const scales = typeof kind === 'string' && Object.hasOwn(SCALES, kind) ? SCALES[kind] : undefined;
  if (scales === undefined) throw new NotUnderstood(`rotary positions are of type ${shown(kind)}`);
  if (!scales) return own;
  const factor = rope['factor'] ?? 1;
  if (typeof factor !== 'number' || !(factor >= 1)) throw new NotUnderstood(`rope factor is ${shown(factor)}`);
  const before = kind === 'yarn' ? (count(rope, 'original_max_position_embeddings') ?? own) : own;
  return Math.floor(before * factor);
}
