/** Volumes of pods (API reference, "Volume"). */
import { entriesOf } from '../plan/access';
import type { PlanNode } from '../plan/node';

/** Names of the sources of a volume; the API server takes one. @throws Unproven where only Terraform knows them */
export const sourcesOf = (volume: PlanNode): string[] =>
  entriesOf(volume)
    .map(([name]) => name)
    .filter((name) => name !== 'name');
