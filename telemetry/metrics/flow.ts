/** The flow by which a site's Prometheus reaches what it scrapes. */
import type { Flow, PodPeer } from '../../catalog/platform/flow';
import type { Exporter } from './metric';

/**
 * Opens the port of one exporter to Prometheus. Give it to the lockdown of the namespace that is scraped, and to that of Prometheus
 * where the kit shuts it too.
 *
 * @param prometheus pods that scrape
 * @param namespace of the pods that are scraped
 * @param exporter of `telemetry/metrics`
 */
export const metricsFlow = (prometheus: PodPeer, namespace: string, { job, podLabels, port }: Exporter): Flow => ({
  name: `metrics-${job.replace(/^airlock-/, '')}`,
  from: prometheus,
  to: { namespace, labels: podLabels },
  port,
  reason: `Prometheus reads the metrics of the job ${job}`,
});
