/** Whether the fit understands a shape that a lock holds: also one of an older release, which guessed. */
import { GGUF_SHAPES, MODEL_SHAPES } from '../../catalog/model-shapes';
import type { LockModel, LockModelShape } from '../../site/generated/lock';
import type { FitRequest } from './estimate';

const REMAKE = 'the lock is of an older release, so run `airlock lock`';

/** What a kind of layers must be recorded with. */
function isComplete(kind: string, { layers, attentionLayers, slidingLayers, kvLoraRank }: LockModelShape): boolean {
  switch (kind) {
    case 'hybrid':
      return attentionLayers !== undefined;
    case 'encoder':
      return attentionLayers === 0;
    case 'alternate':
      return slidingLayers !== undefined && slidingLayers < layers;
    case 'switched':
      return slidingLayers !== layers;
    case 'latent':
      return kvLoraRank !== undefined;
    default:
      return true;
  }
}

/** Why the cache of a model of this shape cannot be computed; undefined where it can. */
export function whyNotUnderstood(shape: LockModelShape): string | undefined {
  const { source, architecture = '' } = shape;
  const kinds =
    source === 'gguf'
      ? Object.entries(GGUF_SHAPES).filter(([name]) => name === architecture)
      : MODEL_SHAPES.filter(({ architectures }) => architectures.includes(architecture)).map(
          (rule) => [architecture, rule.layers] as const,
        );
  if (kinds.length === 0)
    return architecture === ''
      ? `nothing says of which architecture it is; ${REMAKE}`
      : `the kit does not know the cache of ${architecture}`;
  return kinds.some(([, { kind }]) => isComplete(kind, shape))
    ? undefined
    : `what the layers of ${architecture} keep is not recorded; ${REMAKE}`;
}

/** What the fit may take of a locked model. */
export function understood({
  shape,
  unknownShape,
}: Pick<LockModel, 'shape' | 'unknownShape'>): Pick<FitRequest, 'shape' | 'notUnderstood' | 'ownContext'> {
  const own = shape?.maxPositionEmbeddings ?? unknownShape?.maxPositionEmbeddings;
  const ownContext = own === undefined ? {} : { ownContext: own };
  if (unknownShape !== undefined) return { notUnderstood: unknownShape.reasons, ...ownContext };
  if (shape === undefined)
    return { notUnderstood: ['the lock says nothing of its shape: run `airlock lock`, or include its config.json'] };
  const why = whyNotUnderstood(shape);
  return why === undefined ? { shape } : { notUnderstood: [why], ...ownContext };
}
