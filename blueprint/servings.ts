/** The servings of a site: what runs where, from which content, and what it answers. */
import type { HostAlias } from 'kubernetes-types/core/v1';
import type { EngineName } from '../catalog/engines';
import type { PodPeer } from '../catalog/platform/flow';
import { NAMESPACES } from '../catalog/platform/names';
import { badInput } from '../core/errors';
import { ENGINES } from '../engines';
import type { ServedPaths } from '../engines/contract';
import type { Overrule } from '../engines/fit/fit';
import { servingFaults } from '../engines/serving-faults';
import { answeringPods, type ServingRequest, specifyServing, type SpecifiedServing } from '../engines/serving';
import type { WeightsWay } from '../engines/weights/content';
import { WEIGHT_MIRROR_URL } from '../engines/weights/mirror';
import { sourceAliases, sourceUrl } from '../engines/weights/source';
import type { Faults, Place } from '../site/checks/faults';
import type { Pool, Serving, Site } from '../site/generated/site';
import { lookup } from '../site/lock/lock-lookup';
import { engineImageName } from '../site/requests/requests';
import type { Inputs } from './inputs';
import { type MemoryDecision, memoryOf } from './memory';
import { placesOf, type PoolDecision } from './pools';
import { enclaveAt, lockAt, type Rests, restsOn, siteAt } from './rests';
import { servedArtifacts, servedModel } from './serving-content';
import { hasMirror, weightSource, weightSourceRests } from './weight-source';

/** How the pods of a pool get their weights. */
export interface WeightsDecision {
  readonly way: WeightsWay;
  /** Address of the weight mirror, or of the source where there is none. */
  readonly mirrorUrl: string;
  readonly ca?: string;
  readonly claimName?: string;
  readonly storageClassName?: string;
  /** Addresses that pods need no DNS for. */
  readonly hostAliases?: readonly HostAlias[];
}

/** A serving, as ServingRelease takes it, with what follows from it. */
export interface ServingDecision extends Omit<ServingRequest, 'engine'>, Rests {
  readonly engine: EngineName;
  /** Name of the pool. */
  readonly pool: string;
  readonly platform: string;
  /** Image of the engine, by digest. */
  readonly engineImage: string;
  /** The kit's image, by digest. */
  readonly kitImage: string;
  readonly weights: WeightsDecision;
  /** StorageClass of the claim that holds what is built for the engine. */
  readonly storageClassName?: string;
  /** Bytes per second at which the nodes read weights. */
  readonly storageBytesPerSecond?: number;
  readonly derivedImage: boolean;
  readonly calledByGateway: boolean;
  readonly fitOverrule?: Overrule;
  readonly memory: MemoryDecision;
  /** The pods that answer, and their port. */
  readonly target: { readonly serving: string; readonly pods: PodPeer; readonly port: number };
  /** What callers may ask of it. */
  readonly answers: ServedPaths;
  /** Pods of each replica, and how many GPUs each has. */
  readonly podsPerReplica: number;
  readonly gpusPerPod: number;
  /** Labels that only its pods have. */
  readonly selector: Readonly<Record<string, string>>;
}

/** Servings that workflows name, each once, in the order of the site. */
export function calledServings({ servings, workflows = [] }: Site): string[] {
  const called = new Set(
    workflows.flatMap((workflow) => [...workflow.servings.map(({ name }) => name), ...(workflow.failover ?? [])]),
  );
  return servings.map(({ name }) => name).filter((name) => called.has(name));
}

/** @throws AirlockError (input) when the enclave declares no destination for the source */
export function weightsOf({ enclave }: Inputs, way: WeightsWay): WeightsDecision {
  const { storage, weights } = enclave;
  const storageClassName = storage?.cacheClassName ?? storage?.className;
  const access = {
    way,
    ...(weights?.claim === undefined ? {} : { claimName: weights.claim.name }),
    ...(storageClassName === undefined ? {} : { storageClassName }),
  };
  if (hasMirror(enclave)) return { ...access, mirrorUrl: WEIGHT_MIRROR_URL };
  const source = weightSource(enclave);
  return {
    ...access,
    mirrorUrl: sourceUrl(source),
    hostAliases: sourceAliases(source),
    ...(source.ca === undefined ? {} : { ca: source.ca }),
  };
}

/** @throws AirlockError (input) when there is no such pool */
function poolOf<T extends { readonly name: string }>(
  { pools }: { readonly pools: readonly T[] },
  { pool }: Pick<Serving, 'pool'>,
): T {
  const found = pools.find(({ name }) => name === pool);
  if (found === undefined)
    throw badInput('SITE_LACKS_NAME', `the site has no pool "${pool}"`, 'name one under pools in site.yaml');
  return found;
}

/** What the site asks of a serving, with what the lock says of its content. */
type Asked = ServingRequest & Pick<ServingDecision, 'pool' | 'derivedImage' | 'fitOverrule'>;

/** The lines that a serving follows from. */
function restsOf(
  { site, enclave }: Inputs,
  serving: Serving,
  at: number,
  asked: Asked,
  image: string,
): readonly string[] {
  const { model, adapters = [], pool, fit } = serving;
  const files = (asked.artifacts ?? []).flatMap((set) => set.files.map(({ name }) => name));
  const models = [model, ...adapters.map((adapter) => adapter.model)];
  return restsOn(
    siteAt(`servings[${at}]`),
    ...models.map((name) => siteAt(`models[${site.models.findIndex((one) => one.name === name)}]`)),
    siteAt(`pools[${site.pools.findIndex(({ name }) => name === pool)}]`),
    fit !== undefined && siteAt(`servings[${at}].fit.overrule`),
    enclaveAt('registry'),
    enclaveAt(`pools.${pool}`),
    enclave.storage !== undefined && enclaveAt('storage'),
    ...(hasMirror(enclave) ? [enclave.weights !== undefined && enclaveAt('weights')] : weightSourceRests(enclave)),
    siteAt('platforms'),
    site.workflows !== undefined && siteAt('workflows'),
    lockAt(`images[${image}]`),
    ...models.flatMap((name) => [lockAt(`models[${name}]`), lockAt(`derived.models[${name}]`)]),
    ...files.flatMap((name) => [lockAt(`files[${name}]`), lockAt(`derived.files[${name}]`)]),
    serving.engine.name === 'ollama' && lockAt(`derived.stores[${serving.name}]`),
    lockAt('derived.kit'),
  );
}

function askedOf(inputs: Inputs, serving: Serving, sitePool: Pool): Asked {
  const { engine, adapters = [], fit, pool, model, ...options } = serving;
  return {
    // Options have the same names there; what is no plain option follows.
    ...{ ...options, pool },
    engine: ENGINES[engine.name],
    engineVersion: engine.version,
    model: servedModel(inputs, model, sitePool, engine.name === 'ollama' ? serving.name : undefined),
    adapters: adapters.map((adapter) => ({ name: adapter.name, model: servedModel(inputs, adapter.model, sitePool) })),
    artifacts: servedArtifacts(inputs, serving),
    derivedImage: engine.image !== undefined,
    ...(engine.backend === undefined ? {} : { backend: engine.backend }),
    ...(fit === undefined ? {} : { fitOverrule: fit.overrule }),
  };
}

/** What other decisions need of a serving that the engine's contract has accepted. */
const resolved = (
  name: string,
  specified: SpecifiedServing,
): Pick<ServingDecision, 'target' | 'answers' | 'podsPerReplica' | 'gpusPerPod' | 'selector'> => ({
  target: { serving: name, pods: answeringPods(NAMESPACES.serving, specified), port: specified.spec.port },
  answers: { httpPaths: specified.spec.httpPaths, limits: specified.spec.limits },
  podsPerReplica: specified.nodes,
  gpusPerPod: specified.gpus,
  selector: specified.selector,
});

/** A serving, if nothing is wrong with it; every fault of it is noted. */
function servingOf(
  inputs: Inputs,
  serving: Serving,
  at: number,
  pool: PoolDecision,
  faults: Faults,
): ServingDecision | undefined {
  const { site, enclave, lock } = inputs;
  const sitePool = poolOf(site, serving);
  const way = sitePool.weights ?? 'fetch';
  const place = (field?: string): Place => ({
    file: 'site.yaml',
    path: `servings[${at}]${field === undefined ? '' : `.${field}`}`,
  });
  const decide = <T>(what: () => T): T | undefined => faults.attempt(place(), what);
  const locked = lookup(lock);
  const image = engineImageName(serving, sitePool);
  const engineImage = decide(() => locked.imageReference(enclave, image, pool.platform));
  const kitImage = decide(() => locked.kitReference(enclave, pool.platform));
  const weights = decide(() => weightsOf(inputs, way));
  const asked = decide(() => askedOf(inputs, serving, sitePool));
  if (asked === undefined) return undefined;
  const places = placesOf(pool);
  const { faults: wrong, isShaped } = servingFaults(asked, places, way);
  for (const { error, part } of wrong) faults.note(place(part), error);
  const memory = isShaped ? decide(() => memoryOf(serving, sitePool, lock)) : undefined;
  if (engineImage === undefined || kitImage === undefined || weights === undefined || memory === undefined)
    return undefined;
  if (wrong.length > 0) return undefined;
  const readMBps = enclave.storage?.readMBps;
  return {
    ...asked,
    engine: serving.engine.name,
    platform: pool.platform,
    ...{ engineImage, kitImage, weights },
    ...(enclave.storage?.className === undefined ? {} : { storageClassName: enclave.storage.className }),
    ...(readMBps === undefined ? {} : { storageBytesPerSecond: readMBps * 1e6 }),
    calledByGateway: calledServings(site).includes(serving.name),
    memory,
    ...resolved(serving.name, specifyServing(asked, places, way)),
    restsOn: restsOf(inputs, serving, at, asked, image),
  };
}

/**
 * Every serving that can be decided; the rest is among the faults. One whose pool is at fault itself is not judged.
 */
export function servingsOf(inputs: Inputs, pools: readonly PoolDecision[], faults: Faults): ServingDecision[] {
  const { site, enclave } = inputs;
  return site.servings.flatMap((serving, at) => {
    const index = pools.findIndex(({ name }) => name === serving.pool);
    const pool = pools[index];
    if (pool === undefined || enclave.pools[pool.name] === undefined) return [];
    if (faults.has('site.yaml', `pools[${index}]`)) return [];
    return servingOf(inputs, serving, at, pool, faults) ?? [];
  });
}
