import type { Construct } from 'constructs';
import { DISTRIBUTIONS } from '../catalog/distributions';
import { sideArtifacts } from '../catalog/side-artifacts';
import { badInput } from '../core/errors';
import { ConfinedNamespace } from '../constructs/confined-namespace';
import type { GpuNodePool } from '../constructs/gpu-node-pool';
import { componentLabels, NAMESPACES } from '../constructs/names';
import { type ServedArtifact, type ServedModel, ServingRelease } from '../constructs/serving-release';
import { WEIGHT_FLOW, WEIGHT_MIRROR_URL } from '../constructs/weight-mirror';
import { ENGINES } from '../engines';
import { checkWeightsFit } from '../engines/weights-fit';
import type { Enclave } from '../site/generated/enclave';
import type { Lock } from '../site/generated/lock';
import type { Serving, Site } from '../site/generated/site';
import { lookup } from '../site/lock-lookup';
import { engineImageName, poolPlatform } from '../site/requests';
import { BaseStack, type BaseStackProps } from './base-stack';

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

  public constructor(scope: Construct, id: string, props: ServingStackProps) {
    super(scope, id, props);
    this.props = props;
    const { site } = props;
    const namespace = new ConfinedNamespace(this, 'namespace', {
      name: NAMESPACES.serving,
      kubernetesVersion: site.cluster.kubernetesVersion,
    });
    const { dns } = DISTRIBUTIONS[site.cluster.distribution];
    namespace.lockdown.allowDns(componentLabels('serving'), dns, 'serving pods look up the weight mirror');
    namespace.lockdown.allowBetween(WEIGHT_FLOW);
    this.checkPools();
    for (const [resource, gpus] of this.gpuDemand()) {
      namespace.addQuota(resource.replace(/[^a-z0-9]+/g, '-'), { [`requests.${resource}`]: String(gpus) });
    }
    for (const serving of site.servings) this.serve(serving, namespace);
  }

  /** Servings that share a pool must fit it together, or some replica stays pending for ever. */
  private checkPools(): void {
    const { site } = this.props;
    for (const name of new Set(site.servings.map((serving) => serving.pool))) {
      const pool = this.props.pool(name);
      const capacity = pool.gpusPerNode * pool.nodes.length;
      if (capacity === 0) continue;
      const wants = site.servings
        .filter((serving) => serving.pool === name)
        .map(({ name: serving, replicas = 1, gpus = 1 }) => ({ serving, replicas, gpus }));
      const sum = wants.reduce((total, { replicas, gpus }) => total + replicas * gpus, 0);
      if (sum <= capacity || wants.length === 1) continue;
      const terms = wants.map(({ serving, replicas, gpus }) => `${serving} ${replicas} × ${gpus}`).join(', ');
      throw badInput(
        `pool "${name}" has ${capacity} GPUs; its servings want ${sum}: ${terms}`,
        'lower replicas or gpus, or name more nodes in enclave.yaml',
      );
    }
  }

  /** GPUs that all servings request, by extended resource: the quota, so that nothing else takes them in this namespace. */
  private gpuDemand(): [string, number][] {
    const demand = new Map<string, number>();
    for (const { pool: name, gpus, replicas = 1 } of this.props.site.servings) {
      const pool = this.props.pool(name);
      const resource = pool.accelerator.resource;
      if (resource !== undefined) demand.set(resource, (demand.get(resource) ?? 0) + replicas * (gpus ?? 1));
    }
    return [...demand].sort();
  }

  private servedModel(name: string): ServedModel {
    const { lock } = this.props;
    const model = lock.models.find((candidate) => candidate.name === name);
    if (model === undefined) throw badInput(`the lock has no model "${name}"`, 'run `airlock lock` for this site');
    const { files, shape } = model;
    return { name, files, ...lookup(lock).modelManifest(name), ...(shape === undefined ? {} : { shape }) };
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
    const sitePool = site.pools.find((candidate) => candidate.name === serving.pool);
    if (sitePool === undefined) throw badInput(`the site has no pool "${serving.pool}"`, 'name one under pools');
    const platform = poolPlatform(site, sitePool);
    const locked = lookup(lock);
    const { name: engine, version, backend, image } = serving.engine;
    const release = new ServingRelease(this, `serving-${serving.name}`, {
      // Options have the same names there; what is no plain option follows.
      ...serving,
      namespace,
      pool,
      engine: ENGINES[engine],
      engineVersion: version,
      engineImage: locked.imageReference(enclave, engineImageName(site, serving.name), platform),
      kitImage: locked.kitReference(enclave, platform),
      model: this.servedModel(serving.model),
      adapters: (serving.adapters ?? []).map(({ name, model }) => ({ name, model: this.servedModel(model) })),
      artifacts: this.servedArtifacts(serving),
      mirrorUrl: WEIGHT_MIRROR_URL,
      derivedImage: image !== undefined,
      ...(backend === undefined ? {} : { backend }),
    });
    const memoryGiB = pool.accelerator.memoryGiB;
    if (memoryGiB !== undefined) {
      const gpus = serving.gpus ?? 1;
      checkWeightsFit({ serving: serving.name, weightBytes: release.spec.weightBytes, gpus, memoryGiB });
    }
  }
}
