/** Where the enclave says that models come from, and which way each pool gets them. */
import { badInput } from '../core/errors';
import type { WeightsWay } from '../engines/weights/content';
import type { WeightSource } from '../engines/weights/source';
import type { Enclave } from '../site/generated/enclave';
import type { Lock } from '../site/generated/lock';
import type { Site } from '../site/generated/site';
import { destinationOf, REGISTRY, registryDestination } from './destinations';
import { enclaveAt, restsOn } from './rests';

/** Name of the destination of a source that is not the registry. */
const NAME = 'weights';

/** Whether models are served inside the cluster; else pods fetch from the source. */
export const hasMirror = ({ weights }: Enclave): boolean => weights?.mirror ?? true;

/**
 * @throws AirlockError (input) when the enclave declares no destination for it
 */
export function weightSource(enclave: Enclave): WeightSource {
  const { registry, registryCa, weights } = enclave;
  const { source: host, sourceCa } = weights ?? {};
  if (host === undefined) {
    const destination = registryDestination(enclave);
    return { host: registry, destination, ...(registryCa === undefined ? {} : { ca: registryCa }) };
  }
  const destination = destinationOf(enclave, NAME, host, 'models');
  return { host, destination, ...(sourceCa === undefined ? {} : { ca: sourceCa }) };
}

/** Lines of the enclave that {@link weightSource} rests on. */
export const weightSourceRests = ({ registryCa, weights }: Enclave): readonly string[] =>
  restsOn(
    weights !== undefined && enclaveAt('weights'),
    ...(weights?.source === undefined
      ? [
          enclaveAt('registry'),
          registryCa !== undefined && enclaveAt('registryCa'),
          enclaveAt(`network.destinations[${REGISTRY}]`),
        ]
      : [enclaveAt(`network.destinations[${NAME}]`)]),
  );

/** @throws AirlockError (input) when the site has no such pool */
export function weightsWay(site: Site, pool: string): WeightsWay {
  const found = site.pools.find(({ name }) => name === pool);
  if (found === undefined)
    throw badInput('SITE_LACKS_NAME', `the site has no pool "${pool}"`, 'name one under pools in site.yaml');
  return found.weights ?? 'fetch';
}

/** Whether pods fetch the models of a pool, the Job that fills its claim included. */
export function isFetched(site: Site, { weights }: Enclave, pool: string): boolean {
  const way = weightsWay(site, pool);
  return way === 'fetch' || way === 'cache' || (way === 'claim' && weights?.claim?.fill === true);
}

/** Models that pods fetch: all but those that only image volumes and shared claims bring. */
export function fetchedModels(site: Site, enclave: Enclave, lock: Lock): string[] {
  const uses = site.servings.flatMap(({ model, adapters = [], pool }) => {
    const fetches = isFetched(site, enclave, pool);
    return [model, ...adapters.map((adapter) => adapter.model)].map((name) => ({ name, fetches }));
  });
  return lock.models
    .map(({ name }) => name)
    .filter((name) => {
      const ways = uses.filter((use) => use.name === name);
      return ways.length === 0 || ways.some(({ fetches }) => fetches);
    });
}
