/** What the pod of the Collector must give it. */
import { COLLECTOR_PORTS, type CollectorPorts } from './collector';

export const COLLECTOR_CONFIG_FOLDER = '/etc/otelcol';
export const COLLECTOR_CONFIG_FILE = 'config.json';

export interface CollectorPod {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly user: { readonly uid: number; readonly gid: number };
  /** Ports by the names that Services and policies know. */
  readonly ports: readonly { readonly name: string; readonly port: number }[];
  /** Path and name of the port that say whether it works. */
  readonly health: { readonly path: string; readonly port: string };
  /** Seconds in which it writes what it holds to the queue; the sending is left to its next start. */
  readonly shutdownSeconds: number;
}

const PORT_NAMES: Readonly<Record<keyof CollectorPorts, string>> = {
  grpc: 'otlp-grpc',
  http: 'otlp-http',
  health: 'health',
  metrics: 'metrics',
};

/** @param memoryBytes memory limit of the container */
export const collectorPod = (memoryBytes: number): CollectorPod => ({
  args: [`--config=${COLLECTOR_CONFIG_FOLDER}/${COLLECTOR_CONFIG_FILE}`],
  // The garbage collector works harder before the limit is reached (runtime, "GOMEMLIMIT").
  env: { GOMEMLIMIT: String(Math.floor(memoryBytes * 0.8)) },
  // The user of the project's own images (opentelemetry-collector-releases, distributions/otelcol-contrib/Dockerfile).
  user: { uid: 10001, gid: 10001 },
  ports: (['grpc', 'http', 'health', 'metrics'] as const).map((name) => ({
    name: PORT_NAMES[name],
    port: COLLECTOR_PORTS[name],
  })),
  health: { path: '/', port: PORT_NAMES.health },
  shutdownSeconds: 60,
});
