/** How nodes of a pool are marked: what pods select and tolerate is what nodes register with. */
import type { Accelerator } from './accelerators';
import type { Taint } from './distributions/distribution';

/** Label of a node: the pool it belongs to. */
const POOL_LABEL = 'airlock.dev/pool';

export const poolLabels = (pool: string): Readonly<Record<string, string>> => ({ [POOL_LABEL]: pool });

/** Keeps other pods away from nodes with GPUs; the GPU operator's own pods tolerate this key. */
export const poolTaints = ({ resource }: Accelerator): Taint[] =>
  resource === undefined ? [] : [{ key: resource, value: 'present', effect: 'NoSchedule' }];
