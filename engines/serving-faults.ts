/** Everything that is wrong with a serving, for whoever mends it: contracts of engines stop at the first fault. */
import { everyFault, faultOf, type Mended, type PartFault } from '../core/every-fault';
import type { PoolPlaces } from './pool';
import { placeChecks, resolveServing, type ServingCheck, type ServingRequest, specChecks } from './serving';
import type { WeightsWay } from './weights/content';

/**
 * Fields of the site that a serving does without, each with those that mean nothing without it: what is left must be no fault
 * that nobody wrote.
 */
const LEFT_OUT: readonly (readonly [field: string, ...(keyof ServingRequest)[]])[] = [
  ['maxModelLen', 'maxModelLen'],
  ['concurrency', 'concurrency'],
  ['pipelineParallel', 'pipelineParallel'],
  ['nodes', 'nodes'],
  ['gpus', 'gpus', 'pipelineParallel', 'nodes'],
  ['quantization', 'quantization'],
  ['kvCacheDtype', 'kvCacheDtype'],
  ['memoryFraction', 'memoryFraction'],
  ['drainSeconds', 'drainSeconds'],
  ['adapters', 'adapters'],
  ['chatTemplate', 'chatTemplate'],
  ['projector', 'projector'],
  ['toolCallParser', 'toolCallParser'],
  ['reasoningParser', 'reasoningParser'],
  ['extraArgs', 'extraArgs'],
  ['file', 'file'],
  ['engine.backend', 'backend'],
];

const without = (request: ServingRequest, fields: readonly (keyof ServingRequest)[]): ServingRequest =>
  Object.fromEntries(
    Object.entries(request).filter(([name]) => !(fields as readonly string[]).includes(name)),
  ) as unknown as ServingRequest;

function* mends(request: ServingRequest): Iterable<Mended<ServingRequest, string>> {
  for (const [part, ...fields] of LEFT_OUT)
    if (fields.some((name) => request[name] !== undefined)) yield { part, value: without(request, fields) };
}

const faultsOf = (checks: readonly ServingCheck[]): PartFault<string>[] =>
  checks.flatMap((check) => {
    const error = faultOf(check);
    return error === undefined ? [] : [{ error }];
  });

/** What is wrong with a serving. */
export interface ServingFaults {
  /** Each with the field of the site that it is in, where there is one; none where `specifyServing` takes it. */
  readonly faults: readonly PartFault<string>[];
  /** Whether its GPUs and the options of its engine can be relied upon: whether it fits them is another question. */
  readonly isShaped: boolean;
}

/** @param way by which its pods get their weights */
export function servingFaults(request: ServingRequest, pool: PoolPlaces, way: WeightsWay): ServingFaults {
  const { faults, left } = everyFault(request, (one) => resolveServing(one, pool), mends);
  const isShaped = faults.length === 0 && faultsOf(placeChecks({ ...request, replicas: 1 }, pool)).length === 0;
  const found = [...faultsOf(placeChecks(request, pool)), ...faults];
  if (left === undefined) return { faults: found, isShaped };
  const { spec } = resolveServing(left, pool);
  const { extraArgs = [] } = request;
  return { faults: [...found, ...faultsOf(specChecks({ ...left, extraArgs }, pool, way, spec))], isShaped };
}
