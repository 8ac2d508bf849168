import { Annotations, type ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { ConfigMap, Container, Probe, Service } from 'kubernetes-types/core/v1';
import type { DnsPeer } from '../../catalog/distributions/distribution';
import type { Destination, PodPeer } from '../../catalog/platform/flow';
import { digestOf } from '../../core/digest';
import { gibibytes, mebibytes } from '../../core/quantity';
import { STORE_NAME, traceStoreFlows } from '../../telemetry/traces/flows';
import { type HttpProbe, type PhoenixSpec, phoenixSpec } from '../../telemetry/traces/phoenix';
import { DATABASE_PORT } from '../../telemetry/traces/postgres';
import { MIDDLEWARE_FILE, MIDDLEWARE_FOLDER } from '../../telemetry/traces/phoenix-middleware';
import type { ConfinedNamespace } from '../confinement/confined-namespace';
import { EnvelopeRelease } from '../release/envelope-release';
import { keptVolume } from '../workload/kept-volume';
import type { KubernetesObject } from '../release/envelope-values';
import { selectorLabels, workloadLabels } from '../../catalog/platform/names';
import { quietPod, restrictedContainer } from '../workload/restricted';
import { secretVariable } from '../workload/secret-variable';
import {
  BACKUP_NAME,
  backupCronJob,
  type BackupPlan,
  DATABASE_NAME,
  type DatabaseIdentity,
  databaseService,
  databaseStatefulSet,
} from './trace-database';
import { clusterService } from '../workload/workload-objects';
import { checkProps, type Checks, list, lockedImage, optional, record, wholeFrom } from '../checks/props';
import {
  destination,
  dnsPeer,
  httpUrl,
  made,
  objectName,
  platform,
  podPeer,
  release,
  schedule,
} from '../checks/shared';

/** Props of `TraceStore`. */
export interface TraceStoreProps {
  readonly namespace: ConfinedNamespace;
  /** Image of Phoenix, by digest. */
  readonly image: string;
  /** Version of Phoenix, e.g. `20.26.1`: its settings are those of that version. */
  readonly version: string;
  /** Image of PostgreSQL on Debian, by digest: the database, and the program that backs it up. */
  readonly databaseImage: string;
  /** Platforms of both images, e.g. `linux/amd64`. */
  readonly platforms: readonly string[];
  /** Secret of the namespace with the keys of `STORE_SECRET_KEYS`. */
  readonly secret: string;
  /** Days after which traces go; the last up to 7 days later. */
  readonly retentionDays: number;
  /** Bytes that the database may take; from 90 % on the store takes no more, and the collector's queue grows. */
  readonly storageBytes: number;
  /**
   * A PostgreSQL (14 or later) of the site; its address is in the Secret.
   *
   * @default - one of the kit's own, with a volume
   */
  readonly externalDatabase?: Destination;
  /**
   * Pods through which people open the store, such as the ingress controller.
   *
   * @default - none: by `kubectl port-forward` alone
   */
  readonly readers?: readonly PodPeer[];
  /**
   * Address under which people open it.
   *
   * @default - none
   */
  readonly rootUrl?: string;
  /**
   * @default - at 01:30 UTC, the newest 7 are kept
   */
  readonly backup?: BackupPlan;
  /**
   * Bytes of the volume for backups.
   *
   * @default - `storageBytes`: 7 compressed dumps of JSON
   */
  readonly backupBytes?: number;
  /**
   * StorageClass of both volumes.
   *
   * @default - the cluster's default StorageClass
   */
  readonly storageClassName?: string;
  /** The cluster's resolver: store and backups look up the database. */
  readonly dns: DnsPeer;
}

const MIDDLEWARE_ANNOTATION = 'airlock.dev/store-middleware';
const DEFAULT_BACKUP: BackupPlan = { schedule: '30 1 * * *', keep: 7 };

const probe = ({ path, periodSeconds, failureThreshold }: HttpProbe): Probe => ({
  httpGet: { path, port: 'http' },
  ...{ periodSeconds, failureThreshold, timeoutSeconds: Math.min(5, periodSeconds) },
});

const CHECKS: Checks<TraceStoreProps> = {
  namespace: made,
  image: lockedImage,
  version: release,
  databaseImage: lockedImage,
  platforms: list(platform),
  secret: objectName,
  retentionDays: wholeFrom(1),
  storageBytes: wholeFrom(1),
  externalDatabase: optional(destination),
  readers: optional(list(podPeer)),
  rootUrl: optional(httpUrl),
  backup: optional(record<BackupPlan>({ schedule, keep: wholeFrom(1) })),
  backupBytes: optional(wholeFrom(1)),
  storageClassName: optional(objectName),
  dns: dnsPeer,
};

/**
 * Phoenix with a PostgreSQL: keeps redacted traces for some days, shows them to people with an account, and can be asked to
 * forget.
 *
 * Closed and silent: no request without a key or a session, no call beyond its database, no assistant, tools or sandboxes. It
 * is ready only while its database answers, so that spans wait in the collector's queue and not in its memory. Every night
 * the database is written to a volume of its own.
 *
 * Volumes outlive the release: Terraform refuses to destroy that of the backups, and a StatefulSet keeps its claims.
 *
 * @see https://arize.com/docs/phoenix/self-hosting
 */
export class TraceStore extends Construct {
  /** What Phoenix demands and offers. */
  public readonly spec: PhoenixSpec;

  /** @throws AirlockError (input) for a version that cannot be kept offline, and for a retention or storage of nothing */
  public constructor(scope: Construct, id: string, props: TraceStoreProps) {
    super(scope, id);
    checkProps('TraceStore', props, CHECKS);
    const { namespace, externalDatabase } = props;
    this.spec = phoenixSpec({
      ...{ version: props.version, retentionDays: props.retentionDays, storageBytes: props.storageBytes },
      ...(externalDatabase === undefined ? { database: { host: DATABASE_NAME, port: DATABASE_PORT } } : {}),
      ...(props.rootUrl === undefined ? {} : { rootUrl: props.rootUrl }),
    });
    for (const warning of this.spec.warnings) Annotations.of(this).addWarning(warning);
    const { readers = [], dns } = props;
    const flows = traceStoreFlows(namespace.name, {
      ...{ readers, dns },
      ...(externalDatabase === undefined ? {} : { externalDatabase }),
    });
    for (const flow of flows) namespace.lockdown.open(flow);
    const backups = this.backupVolume(props);
    new EnvelopeRelease(this, 'release', {
      name: STORE_NAME,
      namespace: namespace.name,
      objects: this.objects(props),
      dependsOn: [...namespace.ready, backups],
    });
  }

  private backupVolume(props: TraceStoreProps): ITerraformDependable {
    const { namespace, storageBytes, backupBytes = storageBytes, storageClassName } = props;
    return keptVolume(this, 'backups', {
      ...{ name: BACKUP_NAME, namespace, storageClassName },
      storage: gibibytes(backupBytes),
    });
  }

  private objects(props: TraceStoreProps): KubernetesObject[] {
    const { namespace, externalDatabase, storageBytes, storageClassName, backup = DEFAULT_BACKUP } = props;
    const own = externalDatabase === undefined;
    const identity: DatabaseIdentity = {
      ...{ namespace: namespace.name, secret: props.secret, image: props.databaseImage, platforms: props.platforms },
    };
    return [
      ...(own ? [databaseStatefulSet(identity, storageBytes, storageClassName), databaseService(namespace.name)] : []),
      this.middleware(namespace.name),
      this.deployment(props),
      this.service(namespace.name),
      backupCronJob(identity, backup, own),
    ];
  }

  /** What it loads at its start; it changes with the kit alone. */
  private middleware(namespace: string): ConfigMap {
    return {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: STORE_NAME, namespace, labels: { ...workloadLabels('phoenix', STORE_NAME, 'trace-store') } },
      data: { [MIDDLEWARE_FILE.name]: MIDDLEWARE_FILE.content },
    };
  }

  private container({ image, secret }: TraceStoreProps): Container {
    const { env, secrets, port, metrics, probes, writable, cpu, memoryBytes, user } = this.spec;
    return {
      name: 'phoenix',
      image,
      imagePullPolicy: 'IfNotPresent',
      env: [
        ...Object.entries(env).map(([name, value]) => ({ name, value })),
        ...secrets.map(({ variable, key }) => secretVariable(variable, secret, key)),
      ],
      ports: [
        { name: 'http', containerPort: port, protocol: 'TCP' },
        { name: 'metrics', containerPort: metrics.port, protocol: 'TCP' },
      ],
      startupProbe: probe(probes.startup),
      readinessProbe: probe(probes.readiness),
      livenessProbe: probe(probes.liveness),
      resources: {
        requests: { cpu: String(cpu), memory: mebibytes(memoryBytes) },
        limits: { memory: mebibytes(memoryBytes) },
      },
      securityContext: restrictedContainer(user),
      volumeMounts: [
        ...writable.map(({ path }, index) => ({ name: `scratch-${String(index)}`, mountPath: path })),
        { name: 'middleware', mountPath: MIDDLEWARE_FOLDER, readOnly: true },
      ],
    };
  }

  private deployment(props: TraceStoreProps): Deployment {
    const labels = { ...workloadLabels('phoenix', STORE_NAME, 'trace-store') };
    const { user, writable, shutdownSeconds } = this.spec;
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: STORE_NAME, namespace: props.namespace.name, labels },
      spec: {
        replicas: 1,
        // A new version migrates the database, and the old one does not know what it then finds.
        strategy: { type: 'Recreate' },
        revisionHistoryLimit: 3,
        selector: { matchLabels: { ...selectorLabels('phoenix', STORE_NAME) } },
        template: {
          // A changed ConfigMap restarts no pod; a changed annotation does.
          metadata: { labels, annotations: { [MIDDLEWARE_ANNOTATION]: digestOf(MIDDLEWARE_FILE.content) } },
          spec: {
            ...quietPod(user.gid, props.platforms),
            terminationGracePeriodSeconds: shutdownSeconds,
            containers: [this.container(props)],
            volumes: [
              ...writable.map(({ sizeBytes }, index) => ({
                name: `scratch-${String(index)}`,
                emptyDir: { sizeLimit: mebibytes(sizeBytes) },
              })),
              { name: 'middleware', configMap: { name: STORE_NAME } },
            ],
          },
        },
      },
    };
  }

  private service(namespace: string): Service {
    return clusterService(
      {
        ...{ name: STORE_NAME, namespace, selector: selectorLabels('phoenix', STORE_NAME) },
        labels: workloadLabels('phoenix', STORE_NAME, 'trace-store'),
      },
      { name: 'http', port: this.spec.port },
    );
  }
}
