import { Annotations } from 'cdktf';
import type { Construct } from 'constructs';
import { redactionPatterns, type RedactionPattern } from '../catalog/redaction';
import { badInput } from '../core/errors';
import { ConfinedNamespace } from '../constructs/confinement/confined-namespace';
import { GATEWAY_PODS } from '../constructs/serving/gateway-flow';
import { MonitoringConfig } from '../constructs/monitoring/monitoring-config';
import { NAMESPACES } from '../constructs/names';
import {
  type SiteTraceEndpoint,
  TraceCollector,
  traceCollectorHost,
  TRACES_PORT,
} from '../constructs/traces/trace-collector';
import { TraceStore } from '../constructs/traces/trace-store';
import type { TracePolicy } from '../gateway/policy';
import { clusterDns } from '../site/cluster-dns';
import { COLLECTOR_IMAGE_NAME, PHOENIX_IMAGE_NAME, POSTGRES_IMAGE_NAME } from '../site/requests/gateway';
import type { Enclave } from '../site/generated/enclave';
import type { Lock } from '../site/generated/lock';
import type { Site, SiteTraces } from '../site/generated/site';
import { lookup } from '../site/lock/lock-lookup';
import { PLATFORM_EXPORTERS } from '../telemetry/metrics/platform';
import { BaseStack, type BaseStackProps } from './base-stack';
import { confined } from './confined';
import { openMetrics } from './metrics';
import { namedDestination } from './registry-destination';

const GIB = 1024 ** 3;
const DEFAULT_RETENTION_DAYS = 30;
const DEFAULT_VOLUME_GIB = 50;
/** Secret with every key of store and collector. */
const SECRET = 'trace-store';
const COLLECTOR_KEY = 'collector-key';
/** Secret with the key of an endpoint of the site. */
const ENDPOINT_KEY = 'authorization';
/** What the collector takes out where the site names nothing: it is the last to see a span. */
const DEFAULT_PACKS = ['contact', 'payment'] as const;

export interface TracesStackProps extends BaseStackProps {
  readonly site: Site;
  readonly enclave: Enclave;
  readonly lock: Lock;
}

/** Where the gateway sends traces, and what goes along. */
export const tracePolicy = ({ contents = 'redacted' }: SiteTraces): TracePolicy => ({
  host: traceCollectorHost(NAMESPACES.telemetry),
  port: TRACES_PORT,
  contents: contents === 'redacted',
});

/** Everything that any workflow redacts, and what the site adds for traces. */
export function tracePatterns({ traces, workflows = [] }: Site): RedactionPattern[] {
  const all = [traces?.redaction, ...workflows.map(({ redaction }) => redaction)].filter((one) => one !== undefined);
  const packs = all.flatMap((one) => one.packs);
  const own = new Map(all.flatMap(({ patterns = [] }) => patterns.map((pattern) => [pattern.name, pattern] as const)));
  return redactionPatterns(packs.length === 0 ? DEFAULT_PACKS : packs, [...own.values()]);
}

/** Collector and store of traces, and the namespace that confines them. */
export class TracesStack extends BaseStack {
  private readonly props: TracesStackProps;

  /** @throws AirlockError (input) when site and enclave name no place for traces */
  public constructor(scope: Construct, id: string, props: TracesStackProps) {
    super(scope, id, props);
    this.props = props;
    const { site } = props;
    if (site.traces === undefined) throw badInput('the site has no traces', 'add traces to site.yaml');
    const namespace = new ConfinedNamespace(this, 'namespace', {
      ...confined(NAMESPACES.telemetry, site),
      holdsState: true,
    });
    // Before the workloads, which depend on every policy that selects them.
    openMetrics(namespace, props.enclave, [
      PLATFORM_EXPORTERS.collector,
      ...(site.traces.store === undefined ? [] : [PLATFORM_EXPORTERS.traceStore]),
    ]);
    this.collector(namespace);
    if (site.traces.store !== undefined) this.store(namespace, site.traces.store);
    this.monitoring(namespace);
  }

  private get storage(): { storageClassName?: string } {
    const className = this.props.enclave.storage?.className;
    return className === undefined ? {} : { storageClassName: className };
  }

  private image(name: string): string {
    const { enclave, lock, site } = this.props;
    return lookup(lock).imageReference(enclave, name, site.platforms[0] ?? '');
  }

  private collector(namespace: ConfinedNamespace): void {
    const { site, enclave } = this.props;
    const endpoint = this.endpoint();
    const headerSecret = enclave.traces?.endpoint?.headerSecret;
    new TraceCollector(this, 'trace-collector', {
      ...{ namespace, ...this.storage, dns: clusterDns(site, enclave) },
      image: this.image(COLLECTOR_IMAGE_NAME),
      platforms: site.platforms.slice(0, 1),
      patterns: tracePatterns(site),
      senders: [GATEWAY_PODS],
      key:
        headerSecret === undefined
          ? { secret: SECRET, key: COLLECTOR_KEY }
          : { secret: headerSecret, key: ENDPOINT_KEY },
      ...(endpoint === undefined ? {} : { endpoint }),
    });
  }

  private endpoint(): SiteTraceEndpoint | undefined {
    const { enclave } = this.props;
    if (enclave.traces?.endpoint === undefined) return undefined;
    const { url, destination, ca, headerSecret } = enclave.traces.endpoint;
    return {
      url,
      destination: namedDestination(enclave, destination),
      ...(ca === undefined ? {} : { ca }),
      ...(headerSecret === undefined ? {} : { header: { name: 'authorization' } }),
    };
  }

  /** What the site's Prometheus and Grafana get. */
  private monitoring(namespace: ConfinedNamespace): void {
    const { monitoring } = this.props.enclave;
    if (monitoring === undefined) return;
    const { engines = false } = monitoring;
    new MonitoringConfig(this, 'monitoring-config', {
      namespace,
      scrapeNamespaces: [
        ...[NAMESPACES.mirror, NAMESPACES.gateway, NAMESPACES.telemetry],
        ...(engines ? [NAMESPACES.serving] : []),
      ],
    });
  }

  private store(namespace: ConfinedNamespace, { phoenix }: NonNullable<SiteTraces['store']>): void {
    const { site, enclave } = this.props;
    const {
      retentionDays = DEFAULT_RETENTION_DAYS,
      volumeGiB = DEFAULT_VOLUME_GIB,
      readers = [],
    } = enclave.traces ?? {};
    new TraceStore(this, 'trace-store', {
      ...{ namespace, ...this.storage, dns: clusterDns(site, enclave) },
      image: this.image(PHOENIX_IMAGE_NAME),
      version: phoenix,
      databaseImage: this.image(POSTGRES_IMAGE_NAME),
      platforms: site.platforms.slice(0, 1),
      secret: SECRET,
      retentionDays,
      storageBytes: volumeGiB * GIB,
      readers: readers.map(({ namespace: of, podLabels }) => ({ namespace: of, labels: podLabels })),
    });
    Annotations.of(this).addWarning(
      'Phoenix is under the Elastic License 2.0: it may not be offered to third parties as a service of its own',
    );
  }
}
