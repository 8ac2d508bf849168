/** Types of volumes, in the baseline and in the restricted profile. */
import { at, entriesOf, itemsOf, textOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import type { Breach, PodCheck } from './check';

const partOf = (volume: PlanNode): string => `volume ${textOf(at(volume, 'name')) ?? ''}`;

export const hostPathVolumes: PodCheck = {
  id: 'hostPathVolumes',
  breaches: ({ spec }) =>
    itemsOf(at(spec, 'volumes')).flatMap((node): Breach[] =>
      at(node, 'hostPath') === undefined
        ? []
        : [{ part: partOf(node), message: 'it is a folder of the node', fix: 'use a claim', node, value: 'hostPath' }],
    ),
};

const ALLOWED_VOLUMES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

export const restrictedVolumes: PodCheck = {
  id: 'restrictedVolumes',
  replaces: hostPathVolumes.id,
  breaches: ({ spec }) =>
    itemsOf(at(spec, 'volumes')).flatMap((node): Breach[] => {
      const sources = entriesOf(node).flatMap(([key]) => (key === 'name' ? [] : [key]));
      // The API server makes an emptyDir of a volume without a source before admission sees it.
      const value = sources.find((source) => !ALLOWED_VOLUMES.has(source));
      if (value === undefined) return [];
      const fix = `use one of: ${[...ALLOWED_VOLUMES].join(', ')}`;
      return [{ part: partOf(node), message: 'this type of volume reaches outside the pod', fix, node, value }];
    }),
};
