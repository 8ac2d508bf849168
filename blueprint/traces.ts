/** Where traces go, what is taken out of them, and who may read them. */
import { type RedactionPattern, redactionPatterns } from '../catalog/redaction';
import type { Destination, PodPeer } from '../catalog/platform/flow';
import { NAMESPACES } from '../catalog/platform/names';
import type { TracePolicy } from '../gateway/policy';
import type { Site, SiteTraces } from '../site/generated/site';
import { lookup } from '../site/lock/lock-lookup';
import { COLLECTOR_IMAGE_NAME, PHOENIX_IMAGE_NAME, POSTGRES_IMAGE_NAME } from '../site/requests/gateway';
import { traceCollectorHost, TRACES_PORT } from '../telemetry/traces/flows';
import { namedDestination } from './destinations';
import type { Inputs } from './inputs';
import { scrapedNamespaces } from './metrics';
import { enclaveAt, lockAt, type Rests, restsOn, siteAt } from './rests';

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

/** An OTLP endpoint of the site in place of the kit's store. */
export interface EndpointDecision {
  readonly url: string;
  readonly destination: Destination;
  readonly ca?: string;
  readonly header?: { readonly name: string };
}

/** The collector, as TraceCollector takes it. */
export interface CollectorDecision {
  readonly image: string;
  readonly platforms: readonly string[];
  readonly patterns: readonly RedactionPattern[];
  readonly key: { readonly secret: string; readonly key: string };
  readonly endpoint?: EndpointDecision;
}

/** The store, as TraceStore takes it. */
export interface StoreDecision {
  readonly image: string;
  /** Version of Phoenix. */
  readonly version: string;
  readonly databaseImage: string;
  readonly platforms: readonly string[];
  readonly secret: string;
  readonly retentionDays: number;
  readonly storageBytes: number;
  readonly readers: readonly PodPeer[];
}

/** What records traces, and where they are kept. */
export interface TracesDecision extends Rests {
  /** What the gateway is told. */
  readonly policy: TracePolicy;
  readonly collector: CollectorDecision;
  readonly store?: StoreDecision;
  readonly storageClassName?: string;
  /** Namespaces in which Prometheus looks for exporters; absent without one. */
  readonly scrapeNamespaces?: readonly string[];
}

/** Where the gateway sends traces, and what goes along. */
const tracePolicy = ({ contents = 'redacted' }: SiteTraces): TracePolicy => ({
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

function endpointOf({ enclave }: Inputs): EndpointDecision | undefined {
  if (enclave.traces?.endpoint === undefined) return undefined;
  const { url, destination, ca, headerSecret } = enclave.traces.endpoint;
  return {
    url,
    destination: namedDestination(enclave, destination),
    ...(ca === undefined ? {} : { ca }),
    ...(headerSecret === undefined ? {} : { header: { name: 'authorization' } }),
  };
}

/**
 * @returns undefined where the site records none
 * @throws AirlockError (input) when site and enclave name no place for traces
 */
export function tracesOf(inputs: Inputs): TracesDecision | undefined {
  const { site, enclave, lock } = inputs;
  if (site.traces === undefined) return undefined;
  // They run on nodes of the site's first platform.
  const platforms = site.platforms.slice(0, 1);
  const image = (name: string): string => lookup(lock).imageReference(enclave, name, platforms[0] ?? '');
  const endpoint = endpointOf(inputs);
  const headerSecret = enclave.traces?.endpoint?.headerSecret;
  const { retentionDays = DEFAULT_RETENTION_DAYS, volumeGiB = DEFAULT_VOLUME_GIB, readers = [] } = enclave.traces ?? {};
  const className = enclave.storage?.className;
  const scrapeNamespaces = scrapedNamespaces(inputs);
  const { store } = site.traces;
  return {
    policy: tracePolicy(site.traces),
    collector: {
      ...{ image: image(COLLECTOR_IMAGE_NAME), platforms, patterns: tracePatterns(site) },
      key:
        headerSecret === undefined
          ? { secret: SECRET, key: COLLECTOR_KEY }
          : { secret: headerSecret, key: ENDPOINT_KEY },
      ...(endpoint === undefined ? {} : { endpoint }),
    },
    ...(store === undefined
      ? {}
      : {
          store: {
            image: image(PHOENIX_IMAGE_NAME),
            version: store.phoenix,
            databaseImage: image(POSTGRES_IMAGE_NAME),
            ...{ platforms, secret: SECRET, retentionDays },
            storageBytes: volumeGiB * GIB,
            readers: readers.map(({ namespace, podLabels }) => ({ namespace, labels: podLabels })),
          },
        }),
    ...(className === undefined ? {} : { storageClassName: className }),
    ...(scrapeNamespaces === undefined ? {} : { scrapeNamespaces }),
    restsOn: restsOn(
      siteAt('traces'),
      siteAt('platforms'),
      site.workflows !== undefined && siteAt('workflows'),
      enclave.traces !== undefined && enclaveAt('traces'),
      enclave.monitoring !== undefined && enclaveAt('monitoring'),
      className !== undefined && enclaveAt('storage.className'),
      endpoint !== undefined && enclaveAt(`network.destinations[${endpoint.destination.name}]`),
      enclaveAt('registry'),
      lockAt(`images[${COLLECTOR_IMAGE_NAME}]`),
      store !== undefined && lockAt(`images[${PHOENIX_IMAGE_NAME}]`),
      store !== undefined && lockAt(`images[${POSTGRES_IMAGE_NAME}]`),
    ),
  };
}
