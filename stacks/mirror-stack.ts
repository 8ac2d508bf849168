import type { Construct } from 'constructs';
import { ConfinedNamespace } from '../constructs/confinement/confined-namespace';
import { NAMESPACES } from '../constructs/names';
import { WeightMirror } from '../constructs/weights/weight-mirror';
import { clusterDns } from '../site/cluster-dns';
import type { Enclave } from '../site/generated/enclave';
import type { Lock, LockFile } from '../site/generated/lock';
import type { Site } from '../site/generated/site';
import { lookup } from '../site/lock/lock-lookup';
import { BaseStack, type BaseStackProps } from './base-stack';
import { PLATFORM_EXPORTERS } from '../telemetry/metrics/platform';
import { confined } from './confined';
import { openMetrics } from './metrics';
import { fetchedModels, isFetched, weightSource } from './weight-source';

export interface MirrorStackProps extends BaseStackProps {
  readonly site: Site;
  readonly enclave: Enclave;
  readonly lock: Lock;
}

/** Whether a pod of a serving fetches a file; the rest is for people. */
const isServed = ({ usedBy = [] }: LockFile): boolean => usedBy.length > 0;

/** The weight mirror and the namespace that confines it. */
export class MirrorStack extends BaseStack {
  public constructor(scope: Construct, id: string, props: MirrorStackProps) {
    super(scope, id, props);
    const { site, enclave, lock } = props;
    const locked = lookup(lock);
    const namespace = new ConfinedNamespace(this, 'namespace', {
      ...confined(NAMESPACES.mirror, site),
      holdsState: true,
    });
    openMetrics(namespace, enclave, [PLATFORM_EXPORTERS.weightMirror]);
    new WeightMirror(this, 'weight-mirror', {
      namespace,
      image: locked.kitReference(enclave, site.platforms[0] ?? ''),
      platforms: site.platforms,
      models: fetchedModels(site, enclave, lock).map((name) => ({ name, ...locked.modelManifest(name) })),
      files: lock.files.filter(isServed).map(({ name }) => ({ name, ...locked.fileManifest(name) })),
      stores: site.servings
        .filter(({ engine, pool }) => engine.name === 'ollama' && isFetched(site, enclave, pool))
        .map(({ name }) => ({ name, digest: locked.ollamaStore(name).digest, totalBytes: 0 })),
      source: weightSource(enclave),
      dns: clusterDns(site, enclave),
      ...(enclave.storage?.className === undefined ? {} : { storageClassName: enclave.storage.className }),
    });
  }
}
