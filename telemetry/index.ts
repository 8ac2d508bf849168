/**
 * What is watched and recorded: series, alerts, dashboards, and the room that traces take.
 *
 * @packageDocumentation
 */
export { type Alert, alertsFor, type Severity } from './metrics/alerts';
export { type Dashboard, dashboardModel } from './metrics/dashboards/dashboard';
export { DASHBOARDS } from './metrics/dashboards';
export type { Panel, Query, Unit } from './metrics/dashboards/panel';
export { ENGINE_EXPORTERS, type EngineExporter, type EngineSignal, type WatchedEngine } from './metrics/engines';
export { metricsFlow } from './metrics/flow';
export type { Exporter, Metric, MetricType } from './metrics/metric';
export { PLATFORM_EXPORTERS } from './metrics/platform';
export { ruleFile, type RuleFileOptions, ruleFileText } from './metrics/rule-file';
export { scrapeConfiguration, scrapeConfigurationText } from './metrics/scrape';
export { type AlertThresholds, DEFAULT_THRESHOLDS } from './metrics/thresholds';
export { EXPORTERS } from './metrics/watched';
export { tracesFlow, traceStoreUrl } from './traces/flows';
export type { HttpProbe, PhoenixSpec, SecretVariable } from './traces/phoenix';
export { DEFAULT_QUEUE_BYTES, queueBytesFor, type TraceLoad } from './traces/queue';
