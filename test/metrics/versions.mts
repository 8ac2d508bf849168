/** Everything this tier installs beside what the engines' tier pins; the newest that a package registry has. */
import type { GoProgram } from '../harness/go.mjs';

/** Prometheus' own checker. */
export const PROMTOOL: GoProgram = {
  name: 'promtool',
  module: 'github.com/prometheus/prometheus/cmd/promtool',
  version: 'v0.316.0',
};

/** Python programs whose sources name metrics. */
export const LITELLM = '1.110.2';
export const PHOENIX = '20.26.1';

/** Modules in which the OpenTelemetry Collector names its own metrics. */
export const COLLECTOR_MODULES = ['exporter/exporterhelper', 'receiver/receiverhelper'].map(
  (name) => `go.opentelemetry.io/collector/${name}`,
);
export const COLLECTOR = 'v0.165.0';
