/** What the site's Prometheus may read. */
import { type AllowedFlow, toPods } from '../catalog/platform/flow';
import { NAMESPACES } from '../catalog/platform/names';
import { ENGINE_EXPORTERS } from '../telemetry/metrics/engines';
import { metricsFlow } from '../telemetry/metrics/flow';
import type { Exporter } from '../telemetry/metrics/metric';
import { PLATFORM_EXPORTERS } from '../telemetry/metrics/platform';
import type { NamespaceKey } from './cluster';
import type { Inputs } from './inputs';
import { enclaveAt, restsOn, siteAt } from './rests';

/** Engines that are watched can be called by whoever watches: most serve both on one port. */
function engineExporters({ site, enclave }: Inputs): Exporter[] {
  if (enclave.monitoring?.engines !== true) return [];
  const engines = new Set<string>(site.servings.map(({ engine }) => engine.name));
  return Object.entries(ENGINE_EXPORTERS)
    .filter(([name]) => engines.has(name))
    .map(([, exporter]) => exporter);
}

function exportersOf(inputs: Inputs, key: NamespaceKey): Exporter[] {
  const { gateway, traces } = inputs.site;
  switch (key) {
    case 'mirror':
      return [PLATFORM_EXPORTERS.weightMirror];
    case 'serving':
      return engineExporters(inputs);
    case 'gateway':
      return gateway === undefined ? [] : [PLATFORM_EXPORTERS[gateway.software]];
    case 'telemetry':
      return [PLATFORM_EXPORTERS.collector, ...(traces?.store === undefined ? [] : [PLATFORM_EXPORTERS.traceStore])];
    default:
      return [];
  }
}

/** Flows from Prometheus to the exporters of a namespace that serve anything; none without a Prometheus. */
export function metricsFlows(inputs: Inputs, key: NamespaceKey): AllowedFlow[] {
  const { monitoring } = inputs.enclave;
  if (monitoring === undefined) return [];
  const prometheus = { namespace: monitoring.namespace, labels: monitoring.podLabels };
  return exportersOf(inputs, key)
    .filter(({ served }) => served !== false)
    .map((exporter) => toPods(metricsFlow(prometheus, NAMESPACES[key], exporter)));
}

/** What {@link metricsFlows} of a namespace rest on. */
export function metricsRests({ site, enclave }: Inputs, key: NamespaceKey): readonly string[] {
  if (enclave.monitoring === undefined || key === 'guardrails' || key === 'accelerators') return [];
  return restsOn(
    enclaveAt('monitoring'),
    key === 'serving' && enclave.monitoring.engines === true && siteAt('servings'),
    key === 'gateway' && siteAt('gateway'),
    key === 'telemetry' && site.traces !== undefined && siteAt('traces'),
  );
}

/** Namespaces in which Prometheus looks for exporters; undefined without one. */
export function scrapedNamespaces({ enclave }: Inputs): string[] | undefined {
  const { monitoring } = enclave;
  if (monitoring === undefined) return undefined;
  return [
    ...[NAMESPACES.mirror, NAMESPACES.gateway, NAMESPACES.telemetry],
    ...(monitoring.engines === true ? [NAMESPACES.serving] : []),
  ];
}
