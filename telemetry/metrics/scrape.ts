/** Scrape configuration (prometheus.io, "Configuration", `scrape_config` and `kubernetes_sd_config`). */
import { stringify } from 'yaml';
import type { Exporter } from './metric';
import { EXPORTERS } from './watched';

/** Prometheus turns what a label must not hold into underscores. */
const metaLabel = (label: string): string => `__meta_kubernetes_pod_label_${label.replace(/[^A-Za-z0-9_]/g, '_')}`;

/** Relabeling takes regular expressions, anchored at both ends. */
const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const keep = (label: string, value: string): object => ({
  source_labels: [label],
  regex: literally(value),
  action: 'keep',
});

const copy = (from: string, to: string): object => ({ source_labels: [from], target_label: to });

/** One job; a pod is found by its labels, its address by the port that the container declares. */
function job({ job: name, podLabels, port, path }: Exporter, namespaces: readonly string[]): object {
  return {
    job_name: name,
    metrics_path: path,
    kubernetes_sd_configs: [
      { role: 'pod', ...(namespaces.length === 0 ? {} : { namespaces: { names: [...namespaces] } }) },
    ],
    relabel_configs: [
      keep(metaLabel('app.kubernetes.io/part-of'), 'airlock'),
      ...Object.entries(podLabels).map(([label, value]) => keep(metaLabel(label), value)),
      keep('__meta_kubernetes_pod_container_port_number', String(port)),
      // Init containers that ended, and pods that did.
      { source_labels: ['__meta_kubernetes_pod_phase'], regex: 'Succeeded|Failed', action: 'drop' },
      copy('__meta_kubernetes_namespace', 'namespace'),
      copy('__meta_kubernetes_pod_name', 'pod'),
      copy(metaLabel('app.kubernetes.io/instance'), 'serving'),
      copy(metaLabel('airlock.dev/served-name'), 'served_name'),
    ],
  };
}

/**
 * The jobs of everything that the kit places and that serves metrics, to be put below `scrape_configs` or into a file of `scrape_config_files`.
 *
 * @param namespaces to look into; all where none is named
 */
export const scrapeConfiguration = (namespaces: readonly string[] = []): object => ({
  scrape_configs: EXPORTERS.filter(({ served = true }) => served).map((exporter) => job(exporter, namespaces)),
});

/** The same as YAML. */
export const scrapeConfigurationText = (namespaces: readonly string[] = []): string =>
  stringify(scrapeConfiguration(namespaces), { lineWidth: 0 });
