/** What brings weights to the pods: the mirror in the cluster, and the claim that many pods share. */
import type { MirroredContent } from '../engines/weights/mirror';
import type { WeightSource } from '../engines/weights/source';
import type { LockFile } from '../site/generated/lock';
import type { Serving } from '../site/generated/site';
import { lookup } from '../site/lock/lock-lookup';
import { poolPlatform } from '../site/requests/requests';
import type { Inputs } from './inputs';
import { enclaveAt, lockAt, type Rests, restsOn, siteAt } from './rests';
import { weightsOf } from './servings';
import { fetchedModels, hasMirror, isFetched, weightSource, weightSourceRests, weightsWay } from './weight-source';

/** The mirror, as WeightMirror takes it. */
export interface MirrorDecision extends Rests {
  readonly image: string;
  readonly platforms: readonly string[];
  /** What it pins; nothing else is served. */
  readonly models: readonly MirroredContent[];
  readonly files: readonly MirroredContent[];
  readonly stores: readonly MirroredContent[];
  readonly source: WeightSource;
  readonly storageClassName?: string;
}

/** The Job that fills the shared claim, as SharedWeights takes it. */
export interface SharedClaimDecision extends Rests {
  readonly claimName: string;
  /** Pool on whose nodes it runs. */
  readonly pool: string;
  readonly kitImage: string;
  readonly mirrorUrl: string;
  readonly models: readonly (MirroredContent & { readonly kind?: 'ollama' })[];
  readonly ca?: string;
}

/** Whether a pod of a serving fetches a file; the rest is for people. */
const isServed = ({ usedBy = [] }: LockFile): boolean => usedBy.length > 0;

/** @returns undefined where pods fetch from the source themselves */
export function mirrorOf({ site, enclave, lock }: Inputs): MirrorDecision | undefined {
  if (!hasMirror(enclave)) return undefined;
  const locked = lookup(lock);
  const models = fetchedModels(site, enclave, lock);
  return {
    image: locked.kitReference(enclave, site.platforms[0] ?? ''),
    platforms: site.platforms,
    models: models.map((name) => ({ name, ...locked.modelManifest(name) })),
    files: lock.files.filter(isServed).map(({ name }) => ({ name, ...locked.fileManifest(name) })),
    stores: site.servings
      .filter(({ engine, pool }) => engine.name === 'ollama' && isFetched(site, enclave, pool))
      .map(({ name }) => ({ name, digest: locked.ollamaStore(name).digest, totalBytes: 0 })),
    source: weightSource(enclave),
    ...(enclave.storage?.className === undefined ? {} : { storageClassName: enclave.storage.className }),
    restsOn: restsOn(
      siteAt('platforms'),
      siteAt('pools'),
      siteAt('servings'),
      enclaveAt('registry'),
      ...weightSourceRests(enclave),
      enclave.storage?.className !== undefined && enclaveAt('storage.className'),
      lockAt('models'),
      lock.files.length > 0 && lockAt('files'),
      lockAt('derived'),
    ),
  };
}

const isOllama = ({ engine }: Serving): boolean => engine.name === 'ollama';

/** Where the enclave lets the plan fill the shared claim: with every model that pods read from it. */
export function sharedClaimOf(inputs: Inputs): SharedClaimDecision | undefined {
  const { site, enclave, lock } = inputs;
  const claim = enclave.weights?.claim;
  const servings = site.servings.filter(({ pool }) => weightsWay(site, pool) === 'claim');
  const [first] = servings;
  const pool = site.pools.find(({ name }) => name === first?.pool);
  if (claim?.fill !== true || pool === undefined) return undefined;
  const names = new Set(
    servings.flatMap((serving) => [
      ...(isOllama(serving) ? [] : [serving.model]),
      ...(serving.adapters ?? []).map(({ model }) => model),
    ]),
  );
  const locked = lookup(lock);
  const { mirrorUrl, ca } = weightsOf(inputs, 'claim');
  return {
    claimName: claim.name,
    pool: pool.name,
    kitImage: locked.kitReference(enclave, poolPlatform(site, pool)),
    mirrorUrl,
    models: [
      ...[...names].sort().map((name) => ({ name, ...locked.modelManifest(name) })),
      ...servings.filter(isOllama).map(({ name }) => {
        const { digest, totalBytes } = locked.ollamaStore(name);
        return { name, kind: 'ollama' as const, digest, totalBytes };
      }),
    ],
    ...(ca === undefined ? {} : { ca }),
    restsOn: restsOn(
      ...[siteAt('servings'), siteAt('pools'), pool.platform === undefined && siteAt('platforms[0]')],
      enclaveAt('registry'),
      ...(hasMirror(enclave) ? [enclaveAt('weights')] : weightSourceRests(enclave)),
      lockAt('models'),
      lockAt('derived'),
    ),
  };
}
