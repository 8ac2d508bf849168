/** How weights come to the pods that serve them, and to the mirror. */
import type { DnsPeer } from '../../catalog/distributions/distribution';
import { type AllowedFlow, type Flow, toDns, toOutside, toPods } from '../../catalog/platform/flow';
import { componentLabels, NAMESPACES } from '../../catalog/platform/names';
import { WEIGHT_MIRROR_PORT } from './mirror';
import { sourceNeedsDns, type WeightSource } from './source';

/** Serving pods fetch their weights: both namespaces open their side of it. */
export const WEIGHT_FLOW: Flow = {
  name: 'weights',
  from: { namespace: NAMESPACES.serving, labels: componentLabels('serving') },
  to: { namespace: NAMESPACES.mirror, labels: componentLabels('weight-mirror') },
  port: WEIGHT_MIRROR_PORT,
  reason: 'serving pods fetch and verify model weights before the engine starts',
};

/**
 * Every connection from and to the mirror.
 *
 * @param namespace of its pods
 */
export function mirrorFlows(namespace: string, source: WeightSource, dns: DnsPeer): AllowedFlow[] {
  const from = { namespace, labels: componentLabels('weight-mirror') };
  const { destination, host } = source;
  return [
    toOutside({
      name: `allow-to-${destination.name}`,
      ...{ from, destination },
      reason: `the weight mirror fills itself from ${host}`,
    }),
    ...(sourceNeedsDns(source)
      ? [toDns({ name: 'allow-dns', from, dns, reason: `the weight mirror looks up ${host}` })]
      : []),
    toPods(WEIGHT_FLOW),
  ];
}

/**
 * How serving pods get to their weights, and those of one replica to each other's names.
 *
 * @param source where there is no mirror
 * @param spanning servings whose replicas take several nodes
 */
export function servingWeightFlows(
  dns: DnsPeer,
  source: WeightSource | undefined,
  spanning: readonly string[],
): AllowedFlow[] {
  const { from } = WEIGHT_FLOW;
  const lookUp = (reason: string): AllowedFlow => toDns({ name: 'allow-dns', from, dns, reason });
  if (source === undefined) return [lookUp('serving pods look up the weight mirror'), toPods(WEIGHT_FLOW)];
  const { destination, host } = source;
  return [
    toOutside({
      name: `allow-to-${destination.name}`,
      ...{ from, destination },
      reason: `serving pods fetch and verify model weights from ${host}`,
    }),
    ...(sourceNeedsDns(source)
      ? [lookUp(`serving pods look up ${host}`)]
      : spanning.length > 0
        ? [lookUp(`the pods of ${spanning.join(', ')} find each other`)]
        : []),
  ];
}
