import { Construct } from 'constructs';
import type { StatefulSet } from 'kubernetes-types/apps/v1';
import type { ConfigMap, Container, EnvVar, Service } from 'kubernetes-types/core/v1';
import type { DnsPeer } from '../../catalog/distributions/distribution';
import type { Destination, PodPeer } from '../../catalog/platform/flow';
import type { RedactionPattern } from '../../catalog/redaction';
import { digestOf } from '../../core/digest';
import { gibibytes, mebibytes } from '../../core/quantity';
import {
  COLLECTOR_PORTS,
  collectorConfig,
  collectorConfigText,
  QUEUE_FOLDER,
  type TraceDestination,
} from '../../telemetry/traces/collector';
import { COLLECTOR_CONFIG_FILE, COLLECTOR_CONFIG_FOLDER, collectorPod } from '../../telemetry/traces/collector-pod';
import { COLLECTOR_NAME as NAME, collectorFlows, traceStoreUrl } from '../../telemetry/traces/flows';
import { phoenixDestination, STORE_KEY_VARIABLE } from '../../telemetry/traces/phoenix';
import { DEFAULT_QUEUE_BYTES, queueClaimBytes } from '../../telemetry/traces/queue';
import type { ConfinedNamespace } from '../confinement/confined-namespace';
import { EnvelopeRelease } from '../release/envelope-release';
import { claimTemplate } from '../workload/kept-volume';
import { selectorLabels, workloadLabels } from '../../catalog/platform/names';
import { quietPod, restrictedContainer } from '../workload/restricted';
import { mountedCa } from '../weights/mounted-ca';
import { clusterService } from '../workload/workload-objects';
import { checkProps, type Checks, heldBy, list, lockedImage, optional, record, wholeFrom } from '../checks/props';
import {
  dataKey,
  destination,
  dnsPeer,
  headerName,
  httpsUrl,
  made,
  objectName,
  pem,
  platform,
  podPeer,
  text,
} from '../checks/shared';

const CONFIG_ANNOTATION = 'airlock.dev/collector-config';
const CA_NAME = 'trace-destination-ca';
const CA_FILE = 'ca.pem';
const DEFAULT_MEMORY_BYTES = 1024 ** 3;

const service = (namespace: string): Service =>
  clusterService(
    {
      ...{ name: NAME, namespace },
      ...{ labels: workloadLabels(NAME, NAME, 'trace-collector'), selector: selectorLabels(NAME, NAME) },
    },
    { name: 'otlp-grpc', port: COLLECTOR_PORTS.grpc },
    { name: 'otlp-http', port: COLLECTOR_PORTS.http },
  );

/** An OTLP endpoint of the site, inside the boundary, in place of the kit's store. */
export interface SiteTraceEndpoint {
  /** Address without `/v1/traces`. */
  readonly url: string;
  /** The same as an address that policies can name. */
  readonly destination: Destination;
  /**
   * CA certificate, PEM.
   *
   * @default - the authorities of the image
   */
  readonly ca?: string;
  /**
   * Header that gets the key, e.g. `{ name: 'authorization', prefix: 'Bearer ' }`.
   *
   * @default - none
   */
  readonly header?: { readonly name: string; readonly prefix?: string };
}

/** Props of `TraceCollector`. */
export interface TraceCollectorProps {
  readonly namespace: ConfinedNamespace;
  /** Image of the Collector's contrib distribution, by digest. */
  readonly image: string;
  /** Platforms of that image, e.g. `linux/amd64`. */
  readonly platforms: readonly string[];
  /** What is masked: `redactionPatterns(packs, own)`. */
  readonly patterns: readonly RedactionPattern[];
  /** Pods that send traces. */
  readonly senders: readonly PodPeer[];
  /** Where the API key of the store, or the key of the endpoint's header, lies: a Secret of the namespace. */
  readonly key: { readonly secret: string; readonly key: string };
  /**
   * @default - the kit's store in the same namespace
   */
  readonly endpoint?: SiteTraceEndpoint;
  /**
   * Project of the kit's store that all traces go to.
   *
   * @default 'airlock'
   */
  readonly project?: string;
  /**
   * Bytes of spans that wait on disk while the store is away, for each replica; see `queueBytesFor`.
   *
   * @default - 10 spans of 16 KiB per second for ten hours: 5.5 GiB
   */
  readonly queueBytes?: number;
  /**
   * @default 1
   */
  readonly replicas?: number;
  /**
   * Memory of each replica in bytes.
   *
   * @default - 1 GiB
   */
  readonly memoryBytes?: number;
  /**
   * StorageClass of the queue; its disk must keep what it has acknowledged.
   *
   * @default - the cluster's default StorageClass
   */
  readonly storageClassName?: string;
  /** The cluster's resolver: the collector looks up where it sends to. */
  readonly dns: DnsPeer;
}

const CHECKS: Checks<TraceCollectorProps> = {
  namespace: made,
  image: lockedImage,
  platforms: list(platform),
  patterns: heldBy('redactionPatterns'),
  senders: list(podPeer),
  key: record<TraceCollectorProps['key']>({ secret: objectName, key: dataKey }),
  endpoint: optional(
    record<SiteTraceEndpoint>({
      url: httpsUrl,
      destination,
      ca: optional(pem),
      header: optional(
        record<NonNullable<SiteTraceEndpoint['header']>>({
          name: headerName,
          prefix: heldBy('any text may stand there'),
        }),
      ),
    }),
  ),
  project: optional(text),
  queueBytes: optional(wholeFrom(1)),
  replicas: optional(wholeFrom(1)),
  memoryBytes: optional(wholeFrom(1)),
  storageClassName: optional(objectName),
  dns: dnsPeer,
};

/**
 * Takes traces from gateways, masks personal data, and keeps them on disk until the store has them.
 *
 * A sender hears that a span is taken once it is on the disk of the queue. It never waits for the store: while that is away the
 * queue grows, and when it is full, spans are refused at once, so no request for a model waits either. What lies in the queue
 * is masked already.
 *
 * The claim of the queue outlives the release.
 *
 * @see https://opentelemetry.io/docs/collector/resiliency/
 */
export class TraceCollector extends Construct {
  /** @throws AirlockError (input) for no pattern, an endpoint that is no OTLP address, and a queue or memory too small */
  public constructor(scope: Construct, id: string, props: TraceCollectorProps) {
    super(scope, id);
    checkProps('TraceCollector', props, CHECKS);
    const { namespace, endpoint, senders, dns } = props;
    const flows = collectorFlows(namespace.name, { senders, dns, ...(endpoint === undefined ? {} : { endpoint }) });
    for (const flow of flows) namespace.lockdown.open(flow);
    const config = this.config(props);
    new EnvelopeRelease(this, 'release', {
      name: NAME,
      namespace: namespace.name,
      objects: [config, ...this.ca(props).objects, this.statefulSet(props, config), service(namespace.name)],
      dependsOn: namespace.ready,
    });
  }

  private ca({ endpoint, namespace }: TraceCollectorProps) {
    return mountedCa(endpoint?.ca, namespace.name, CA_NAME, CA_FILE);
  }

  private destination(props: TraceCollectorProps): TraceDestination {
    const { endpoint, namespace, project } = props;
    if (endpoint === undefined) return phoenixDestination(traceStoreUrl(namespace.name), project);
    const [mount] = this.ca(props).mounts;
    return {
      endpoint: endpoint.url,
      ...(mount === undefined ? {} : { caFile: `${mount.mountPath}/${CA_FILE}` }),
      ...(endpoint.header === undefined ? {} : { secretHeader: { ...endpoint.header, variable: STORE_KEY_VARIABLE } }),
    };
  }

  private config(props: TraceCollectorProps): ConfigMap {
    const { namespace, patterns, queueBytes = DEFAULT_QUEUE_BYTES, memoryBytes = DEFAULT_MEMORY_BYTES } = props;
    const config = collectorConfig({ patterns, destination: this.destination(props), queueBytes, memoryBytes });
    return {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: NAME, namespace: namespace.name, labels: { ...workloadLabels(NAME, NAME, 'trace-collector') } },
      data: { [COLLECTOR_CONFIG_FILE]: collectorConfigText(config) },
    };
  }

  private container(props: TraceCollectorProps): Container {
    const { image, key, endpoint, memoryBytes = DEFAULT_MEMORY_BYTES } = props;
    const pod = collectorPod(memoryBytes);
    const probe = { httpGet: { ...pod.health }, periodSeconds: 10, timeoutSeconds: 5 };
    const secret: EnvVar = {
      name: STORE_KEY_VARIABLE,
      valueFrom: { secretKeyRef: { name: key.secret, key: key.key } },
    };
    return {
      name: 'collector',
      image,
      imagePullPolicy: 'IfNotPresent',
      args: [...pod.args],
      env: [
        ...(endpoint === undefined || endpoint.header !== undefined ? [secret] : []),
        ...Object.entries(pod.env).map(([name, value]) => ({ name, value })),
      ],
      ports: pod.ports.map(({ name, port }) => ({ name, containerPort: port, protocol: 'TCP' })),
      // A large queue is read at the start.
      startupProbe: { ...probe, periodSeconds: 2, failureThreshold: 150 },
      readinessProbe: { ...probe, failureThreshold: 1 },
      livenessProbe: { ...probe, failureThreshold: 6 },
      resources: {
        requests: { cpu: '500m', memory: mebibytes(memoryBytes) },
        limits: { memory: mebibytes(memoryBytes) },
      },
      securityContext: restrictedContainer(pod.user),
      volumeMounts: [
        { name: 'config', mountPath: COLLECTOR_CONFIG_FOLDER, readOnly: true },
        { name: 'queue', mountPath: QUEUE_FOLDER },
        ...this.ca(props).mounts,
      ],
    };
  }

  private statefulSet(props: TraceCollectorProps, config: ConfigMap): StatefulSet {
    const { namespace, platforms, replicas = 1, queueBytes = DEFAULT_QUEUE_BYTES, storageClassName } = props;
    const pod = collectorPod(props.memoryBytes ?? DEFAULT_MEMORY_BYTES);
    const labels = { ...workloadLabels(NAME, NAME, 'trace-collector') };
    return {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: NAME, namespace: namespace.name, labels },
      spec: {
        replicas,
        serviceName: NAME,
        podManagementPolicy: 'Parallel',
        // What waits in the queue of a replica goes out once it is back.
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        updateStrategy: { type: 'RollingUpdate' },
        revisionHistoryLimit: 3,
        selector: { matchLabels: { ...selectorLabels(NAME, NAME) } },
        template: {
          // A changed ConfigMap restarts no pod; a changed annotation does.
          metadata: {
            labels,
            annotations: { [CONFIG_ANNOTATION]: digestOf(config.data?.[COLLECTOR_CONFIG_FILE] ?? '') },
          },
          spec: {
            ...quietPod(pod.user.gid, platforms),
            terminationGracePeriodSeconds: pod.shutdownSeconds,
            containers: [this.container(props)],
            volumes: [{ name: 'config', configMap: { name: NAME } }, ...this.ca(props).volumes],
          },
        },
        volumeClaimTemplates: [
          claimTemplate('queue', selectorLabels(NAME, NAME), gibibytes(queueClaimBytes(queueBytes)), storageClassName),
        ],
      },
    };
  }
}
