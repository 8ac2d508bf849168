import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Container, PodSpec, Service } from 'kubernetes-types/core/v1';
import type { DnsPeer } from '../../catalog/distributions/distribution';
import { digestOf } from '../../core/digest';
import { mirrorFlows } from '../../engines/weights/flows';
import {
  type MirroredContent,
  mirrorArguments,
  WEIGHT_MIRROR_NAME as NAME,
  WEIGHT_MIRROR_PORT as PORT,
} from '../../engines/weights/mirror';
import { sourceAliases, sourceUrl, type WeightSource } from '../../engines/weights/source';
import type { ConfinedNamespace } from '../confinement/confined-namespace';
import { EnvelopeRelease } from '../release/envelope-release';
import { keptVolume } from '../workload/kept-volume';
import { selectorLabels, workloadLabels } from '../../catalog/platform/names';
import { gibibytes } from '../../core/quantity';
import { KIT_USER, quietPod, restrictedContainer } from '../workload/restricted';
import { type MountedCa, mountedCa } from './mounted-ca';
import { clusterService } from '../workload/workload-objects';
import { checkProps, type Checks, list, lockedImage, optional } from '../checks/props';
import { dnsPeer, made, mirrored, objectName, platform, weightSource } from '../checks/shared';

/** Below the volume's root, which file systems share with folders of their own (`lost+found`). */
const STORE = '/data/store';
const CA_NAME = 'registry-ca';
const CA_ANNOTATION = 'airlock.dev/registry-ca';
/** Manifests, indexes and the file system's own overhead beside the weights. */
const VOLUME_FACTOR = 1.05;
const LEAST_VOLUME_BYTES = 1024 ** 3;
/** Slowest registry for which a fill still counts as progress, bytes per second. */
const SLOWEST_FILL = 25_000_000;

/** Props of `WeightMirror`. */
export interface WeightMirrorProps {
  readonly namespace: ConfinedNamespace;
  /** The kit's image, by digest. */
  readonly image: string;
  /** Platforms of that image, e.g. `linux/amd64`. */
  readonly platforms: readonly string[];
  readonly models: readonly MirroredContent[];
  /**
   * Files that pods fetch.
   *
   * @default - none
   */
  readonly files?: readonly MirroredContent[];
  /**
   * Ollama stores, by the names of their servings; their GGUF files are those of the models, so only the rest counts.
   *
   * @default - none
   */
  readonly stores?: readonly MirroredContent[];
  /** The enclave's registry, or the mirror of the host at which bundles are imported. */
  readonly source: WeightSource;
  /**
   * @default - the cluster's default StorageClass
   */
  readonly storageClassName?: string;
  /** The cluster's resolver; asked only where the source's destination is no single address. */
  readonly dns: DnsPeer;
}

const bytesOf = ({ models, files = [] }: WeightMirrorProps): number =>
  [...models, ...files].reduce((sum, { totalBytes }) => sum + totalBytes, 0);

const CHECKS: Checks<WeightMirrorProps> = {
  namespace: made,
  image: lockedImage,
  platforms: list(platform),
  models: list(mirrored),
  files: optional(list(mirrored)),
  stores: optional(list(mirrored)),
  source: weightSource,
  storageClassName: optional(objectName),
  dns: dnsPeer,
};

/**
 * Serves the site's models inside the cluster, from one volume that it fills from a source outside of it.
 *
 * It pulls the pinned manifests and what they reach, hashing while writing, and becomes ready once all is there. Only
 * serving pods may talk to it; it may talk to the source alone. Where the source is one address, the pod gets it as
 * a host alias and needs no DNS. Clients verify every digest, so the mirror is a cache, not a root of trust.
 *
 * The volume outlives the release: Terraform refuses to destroy it.
 *
 * @see https://github.com/opencontainers/distribution-spec
 */
export class WeightMirror extends Construct {
  public constructor(scope: Construct, id: string, props: WeightMirrorProps) {
    super(scope, id);
    checkProps('WeightMirror', props, CHECKS);
    const { namespace, source, dns } = props;
    for (const flow of mirrorFlows(namespace.name, source, dns)) namespace.lockdown.open(flow);
    const ca = mountedCa(source.ca, namespace.name, CA_NAME, `${CA_NAME}.pem`);
    new EnvelopeRelease(this, 'release', {
      name: NAME,
      namespace: namespace.name,
      objects: [...ca.objects, this.deployment(props, ca), this.service(namespace.name)],
      dependsOn: [...namespace.ready, this.volume(props)],
    });
  }

  private volume(props: WeightMirrorProps): ITerraformDependable {
    const { namespace, storageClassName } = props;
    const bytes = bytesOf(props) * VOLUME_FACTOR;
    return keptVolume(this, 'volume', {
      ...{ name: NAME, namespace, storageClassName },
      storage: gibibytes(Math.max(bytes, LEAST_VOLUME_BYTES)),
    });
  }

  private container({ image, models, files = [], stores = [], source }: WeightMirrorProps, ca: MountedCa): Container {
    const http = (path: string): Container['livenessProbe'] => ({
      httpGet: { path, port: 'http' },
      periodSeconds: 10,
      timeoutSeconds: 5,
    });
    return {
      name: 'mirror',
      image,
      imagePullPolicy: 'IfNotPresent',
      args: [
        ...mirrorArguments({ store: STORE, port: PORT, fillFrom: sourceUrl(source), models, files, stores }),
        ...ca.args,
      ],
      ports: [{ name: 'http', containerPort: PORT, protocol: 'TCP' }],
      livenessProbe: { ...http('/healthz'), failureThreshold: 6 },
      readinessProbe: { ...http('/readyz'), failureThreshold: 1 },
      resources: { requests: { cpu: '500m', memory: '256Mi' }, limits: { memory: '1Gi' } },
      securityContext: restrictedContainer(KIT_USER),
      volumeMounts: [{ name: 'store', mountPath: '/data' }, ...ca.mounts],
    };
  }

  private deployment(props: WeightMirrorProps, ca: MountedCa): Deployment {
    const { namespace, platforms, source } = props;
    const labels = { ...workloadLabels(NAME, NAME, 'weight-mirror') };
    const hostAliases = sourceAliases(source);
    const spec: PodSpec = {
      ...quietPod(KIT_USER.gid, platforms),
      terminationGracePeriodSeconds: 30,
      ...(hostAliases.length === 0 ? {} : { hostAliases }),
      containers: [this.container(props, ca)],
      volumes: [{ name: 'store', persistentVolumeClaim: { claimName: NAME } }, ...ca.volumes],
    };
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: NAME, namespace: namespace.name, labels },
      spec: {
        replicas: 1,
        // The volume has one writer: the old pod must be gone before the new one starts.
        strategy: { type: 'Recreate' },
        revisionHistoryLimit: 3,
        progressDeadlineSeconds: Math.ceil(bytesOf(props) / SLOWEST_FILL) + 600,
        selector: { matchLabels: { ...selectorLabels(NAME, NAME) } },
        template: {
          metadata: {
            labels,
            // A changed ConfigMap restarts no pod; a changed annotation does.
            ...(source.ca === undefined ? {} : { annotations: { [CA_ANNOTATION]: digestOf(source.ca) } }),
          },
          spec,
        },
      },
    };
  }

  private service(namespace: string): Service {
    const labels = workloadLabels(NAME, NAME, 'weight-mirror');
    return clusterService(
      { name: NAME, namespace, labels, selector: selectorLabels(NAME, NAME) },
      { name: 'http', port: PORT },
    );
  }
}
