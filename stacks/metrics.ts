/** What the site's Prometheus may reach. */
import type { ConfinedNamespace } from '../constructs/confinement/confined-namespace';
import { metricsFlow } from '../constructs/monitoring/metrics-flow';
import type { Enclave } from '../site/generated/enclave';
import type { Exporter } from '../telemetry/metrics/metric';

/** Opens those exporters that serve anything, where the enclave has a Prometheus. */
export function openMetrics(
  { name, lockdown }: ConfinedNamespace,
  { monitoring }: Enclave,
  exporters: readonly Exporter[],
): void {
  if (monitoring === undefined) return;
  const prometheus = { namespace: monitoring.namespace, labels: monitoring.podLabels };
  for (const exporter of exporters)
    if (exporter.served !== false) lockdown.allowBetween(metricsFlow(prometheus, name, exporter));
}
