import { Annotations } from 'cdktf';
import type { Construct } from 'constructs';
import { sideArtifacts } from '../catalog/side-artifacts';
import { badInput } from '../core/errors';
import { ConfinedNamespace } from '../constructs/confinement/confined-namespace';
import { podQuota, type ReplacedPods } from '../constructs/confinement/pod-quota';
import type { GpuNodePool } from '../constructs/nodes/gpu-node-pool';
import { componentLabels, NAMESPACES } from '../constructs/names';
import type { ServedArtifact, ServedModel } from '../constructs/weights/served-content';
import { surgeOf } from '../constructs/serving/serving-objects';
import { ServingRelease, type ServingReleaseProps } from '../constructs/serving/serving-release';
import { WEIGHT_FLOW, WEIGHT_MIRROR_URL } from '../constructs/weights/weight-mirror';
import { SharedWeights } from '../constructs/weights/shared-weights';
import { sourceAliases, sourceNeedsDns, sourceUrl } from '../constructs/weights/weight-source';
import { ENGINES } from '../engines';
import { checkContext } from '../engines/context';
import { checkFit, needless } from '../engines/fit/fit';
import { fitDevice, fitRequest } from '../engines/fit/request';
import { clusterDns } from '../site/cluster-dns';
import type { Enclave } from '../site/generated/enclave';
import type { Lock } from '../site/generated/lock';
import type { Pool, Serving, Site } from '../site/generated/site';
import { lookup } from '../site/lock/lock-lookup';
import { engineImageName, poolPlatform } from '../site/requests/requests';
import { BaseStack, type BaseStackProps } from './base-stack';
import { ENGINE_EXPORTERS } from '../telemetry/metrics/engines';
import { confined } from './confined';
import { openMetrics } from './metrics';
import { calledServings } from './gateway-policy';
import { hasMirror, weightSource, weightsWay } from './weight-source';

export interface ServingStackProps extends BaseStackProps {
  readonly site: Site;
  readonly enclave: Enclave;
  readonly lock: Lock;
  /** Finds a pool of the site. */
  readonly pool: (name: string) => GpuNodePool;
}

/** The servings of the site, and the namespace that confines them. */
export class ServingStack extends BaseStack {
  private readonly props: ServingStackProps;
  private readonly sitePools: ReadonlyMap<string, Pool>;
  private readonly releases = new Map<string, ServingRelease>();
  /** Servings that the gateway calls. */
  private readonly called: ReadonlySet<string>;

  public constructor(scope: Construct, id: string, props: ServingStackProps) {
    super(scope, id, props);
    this.props = props;
    const { site } = props;
    this.sitePools = new Map(site.pools.map((pool) => [pool.name, pool]));
    this.called = new Set(calledServings(site));
    const namespace = new ConfinedNamespace(this, 'namespace', confined(NAMESPACES.serving, site));
    this.openWeights(namespace);
    this.checkPools();
    for (const [resource, units] of podQuota(this.gpuPods())) {
      const name = resource.replace(/^requests\./, '').replace(/[^a-z0-9]+/g, '-');
      namespace.addQuota(name, { [resource]: String(units) });
    }
    this.fillSharedClaim(namespace);
    this.openEngineMetrics(namespace);
    for (const serving of site.servings) this.serve(serving, namespace);
  }

  /** @throws AirlockError (input) when the site has no such serving */
  public release(name: string): ServingRelease {
    const release = this.releases.get(name);
    if (release === undefined) throw badInput(`the site has no serving "${name}"`, 'name one under servings');
    return release;
  }

  /** Engines that are watched can be called by whoever watches: most serve both on one port. */
  private openEngineMetrics(namespace: ConfinedNamespace): void {
    const { site, enclave } = this.props;
    if (enclave.monitoring?.engines !== true) return;
    const engines = new Set<string>(site.servings.map(({ engine }) => engine.name));
    const used = Object.entries(ENGINE_EXPORTERS).filter(([name]) => engines.has(name));
    openMetrics(
      namespace,
      enclave,
      used.map(([, exporter]) => exporter),
    );
  }

  /** Where the enclave lets the plan fill the shared claim: with every model that pods read from it. */
  private fillSharedClaim(namespace: ConfinedNamespace): void {
    const { site, enclave, lock } = this.props;
    const claim = enclave.weights?.claim;
    const servings = site.servings.filter(({ pool }) => weightsWay(site, pool) === 'claim');
    const [first] = servings;
    if (claim?.fill !== true || first === undefined) return;
    const isOllama = ({ engine }: Serving): boolean => engine.name === 'ollama';
    const names = new Set(
      servings.flatMap((serving) => [
        ...(isOllama(serving) ? [] : [serving.model]),
        ...(serving.adapters ?? []).map(({ model }) => model),
      ]),
    );
    const { nodeSelector, tolerations } = this.props.pool(first.pool);
    const locked = lookup(lock);
    const { mirrorUrl, weights } = this.weightsOf(first.pool);
    new SharedWeights(this, 'shared-weights', {
      namespace,
      claimName: claim.name,
      kitImage: locked.kitReference(enclave, poolPlatform(site, this.sitePool(first.pool))),
      mirrorUrl,
      models: [
        ...[...names].sort().map((name) => ({ name, ...locked.modelManifest(name) })),
        ...servings
          .filter(isOllama)
          .map(({ name }) => ({ name, kind: 'ollama' as const, ...locked.ollamaStore(name) })),
      ],
      ...(weights?.ca === undefined ? {} : { ca: weights.ca }),
      nodeSelector,
      ...(tolerations.length === 0 ? {} : { tolerations }),
    });
  }

  /** @throws AirlockError (input) when the site has no such pool */
  private sitePool(name: string): Pool {
    const found = this.sitePools.get(name);
    if (found === undefined) throw badInput(`the site has no pool "${name}"`, 'name one under pools in site.yaml');
    return found;
  }

  /** Lets serving pods reach what they fetch from, where any of them fetches. */
  private openWeights({ lockdown }: ConfinedNamespace): void {
    const { site, enclave } = this.props;
    const labels = componentLabels('serving');
    const dns = clusterDns(site, enclave);
    if (hasMirror(enclave)) {
      lockdown.allowDns(labels, dns, 'serving pods look up the weight mirror');
      lockdown.allowBetween(WEIGHT_FLOW);
      return;
    }
    const source = weightSource(enclave);
    lockdown.allowTo(source.destination, labels, `serving pods fetch and verify model weights from ${source.host}`);
    const spanning = site.servings.filter(({ nodes = 1 }) => nodes > 1).map(({ name }) => name);
    if (sourceNeedsDns(source)) lockdown.allowDns(labels, dns, `serving pods look up ${source.host}`);
    else if (spanning.length > 0) lockdown.allowDns(labels, dns, `the pods of ${spanning.join(', ')} find each other`);
  }

  /** Where the pods of a pool get their models, and how. */
  private weightsOf(pool: string): Pick<ServingReleaseProps, 'mirrorUrl' | 'weights' | 'hostAliases'> {
    const { site, enclave } = this.props;
    const { storage, weights } = enclave;
    const storageClassName = storage?.cacheClassName ?? storage?.className;
    const access = {
      way: weightsWay(site, pool),
      ...(weights?.claim === undefined ? {} : { claimName: weights.claim.name }),
      ...(storageClassName === undefined ? {} : { storageClassName }),
    };
    if (hasMirror(enclave)) return { mirrorUrl: WEIGHT_MIRROR_URL, weights: access };
    const source = weightSource(enclave);
    return {
      mirrorUrl: sourceUrl(source),
      hostAliases: sourceAliases(source),
      weights: { ...access, ...(source.ca === undefined ? {} : { ca: source.ca }) },
    };
  }

  /** Servings that share a pool must fit it together, or some replica stays pending for ever. */
  private checkPools(): void {
    const { site } = this.props;
    for (const name of new Set(site.servings.map((serving) => serving.pool))) {
      const pool = this.props.pool(name);
      const capacity = pool.unitsPerNode * pool.nodes.length;
      if (capacity === 0) continue;
      const wants = site.servings
        .filter((serving) => serving.pool === name)
        .map(({ name: serving, replicas = 1, nodes = 1, gpus = 1 }) => ({ serving, replicas, gpus, nodes }));
      // What no node could ever run is said first.
      for (const { serving, gpus } of wants) pool.checkCapacity(serving, 1, gpus);
      const sum = wants.reduce((total, { replicas, gpus, nodes }) => total + replicas * gpus * nodes, 0);
      if (sum <= capacity || wants.length === 1) continue;
      const terms = wants
        .map(({ serving, replicas, gpus, nodes }) => `${serving} ${replicas} × ${gpus * nodes}`)
        .join(', ');
      throw badInput(
        `pool "${name}" has ${capacity} ${pool.units.noun}; its servings want ${sum}: ${terms}`,
        'lower replicas or gpus, or name more nodes in enclave.yaml',
      );
    }
  }

  /** What holds GPUs here, by extended resource: the quota counts it, so that nothing else takes them in this namespace. */
  private gpuPods(): ReplacedPods[] {
    return this.props.site.servings.flatMap(({ engine, pool, gpus = 1, nodes = 1, replicas = 1 }): ReplacedPods[] => {
      const { resource } = this.props.pool(pool).units;
      if (resource === undefined) return [];
      const each = { [`requests.${resource}`]: gpus };
      const servers = { replicas, podsPerReplica: nodes, surge: surgeOf({ onGpu: gpus > 0 }), each };
      return engine.backend === 'engine' ? [servers, { replicas: 1, each }] : [servers];
    });
  }

  /** @param ollama serving whose Ollama store takes the place of the files */
  private servedModel(name: string, pool: Pool, ollama?: string): ServedModel {
    const { site, enclave, lock } = this.props;
    const model = lock.models.find((candidate) => candidate.name === name);
    if (model === undefined) throw badInput(`the lock has no model "${name}"`, 'run `airlock lock` for this site');
    const { files, shape, unknownShape } = model;
    const locked = lookup(lock);
    const way = weightsWay(site, pool.name);
    if (way === 'image' && ollama !== undefined) {
      throw badInput(
        `serving "${ollama}": Ollama cannot load an image volume of pool "${pool.name}"`,
        'it needs a folder of its own form: choose a pool with weights: fetch, cache or claim',
      );
    }
    return {
      name,
      files,
      ...locked.modelManifest(name),
      ...(shape === undefined ? {} : { shape }),
      ...(unknownShape === undefined ? {} : { unknownShape }),
      ...(way === 'image' || way === 'claim' ? { manifest: locked.modelManifestText(name) } : {}),
      ...(way === 'image' ? { image: locked.modelImageReference(enclave, name, poolPlatform(site, pool)) } : {}),
      ...(ollama === undefined ? {} : { store: locked.ollamaStore(ollama) }),
    };
  }

  private servedArtifacts({ engine, model }: Serving): ServedArtifact[] {
    const { site, lock } = this.props;
    const repository = site.models.find((candidate) => candidate.name === model)?.source.repository ?? '';
    const locked = lookup(lock);
    return sideArtifacts(engine.name, repository).map(({ name, files }) => ({
      name,
      files: files.map((file) => ({ name: file.name, ...locked.fileManifest(file.name) })),
    }));
  }

  private serve(serving: Serving, namespace: ConfinedNamespace): void {
    const { site, enclave, lock } = this.props;
    const pool = this.props.pool(serving.pool);
    const sitePool = this.sitePool(serving.pool);
    const platform = poolPlatform(site, sitePool);
    const locked = lookup(lock);
    const { name: engine, version, backend, image } = serving.engine;
    const readMBps = enclave.storage?.readMBps;
    const release = new ServingRelease(this, `serving-${serving.name}`, {
      // Options have the same names there; what is no plain option follows.
      ...serving,
      namespace,
      pool,
      engine: ENGINES[engine],
      engineVersion: version,
      engineImage: locked.imageReference(enclave, engineImageName(serving, sitePool), platform),
      kitImage: locked.kitReference(enclave, platform),
      model: this.servedModel(serving.model, sitePool, engine === 'ollama' ? serving.name : undefined),
      adapters: (serving.adapters ?? []).map(({ name, model }) => ({ name, model: this.servedModel(model, sitePool) })),
      artifacts: this.servedArtifacts(serving),
      ...this.weightsOf(serving.pool),
      ...(enclave.storage?.className === undefined ? {} : { storageClassName: enclave.storage.className }),
      ...(readMBps === undefined ? {} : { storageBytesPerSecond: readMBps * 1e6 }),
      derivedImage: image !== undefined,
      calledByGateway: this.called.has(serving.name),
      ...(backend === undefined ? {} : { backend }),
      ...(serving.fit === undefined ? {} : { fitOverrule: serving.fit.overrule }),
    });
    this.releases.set(serving.name, release);
    this.checkMemory(serving);
  }

  /**
   * @throws AirlockError (check) when a replica cannot fit its GPUs, or nobody knows; (input) when its context is longer
   *   than the model's
   */
  private checkMemory(serving: Serving): void {
    const { lock } = this.props;
    const overrule = serving.fit?.overrule;
    const device = fitDevice(this.sitePool(serving.pool));
    if (device === undefined) {
      const { shape, unknownShape } = lock.models.find(({ name }) => name === serving.model) ?? {};
      const own = shape?.maxPositionEmbeddings ?? unknownShape?.maxPositionEmbeddings;
      checkContext(serving.name, serving.maxModelLen, own);
      if (overrule !== undefined) Annotations.of(this).addWarning(needless(serving.name));
      return;
    }
    for (const warning of checkFit(fitRequest(serving, lock, device), overrule)) {
      Annotations.of(this).addWarning(warning);
    }
  }
}
