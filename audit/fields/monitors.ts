/**
 * Fields of the Prometheus operator's monitors (prometheus-operator, Documentation/api-reference/api.md): they tell a Prometheus outside of
 * the plan whom to ask for metrics. Whether it gets there, policies say. What would lead it elsewhere stands in no table: relabelling, a
 * proxy, a credential, parameters.
 */
import {
  ANY_TEXT,
  below,
  type FieldTable,
  FLAG,
  harmless,
  matching,
  NAME,
  oneOf,
  PORT,
  WHOLE_NUMBER,
} from './disposition';
import { METADATA, selector } from './metadata';

const ASKED = 'it decides what a Prometheus outside of the plan asks for, which policies let in or do not';
const LEFT_OUT = 'it decides what that Prometheus keeps of what it reads';

const DURATION = matching('a duration', /^(?:\d{1,6}(?:ms|[smhdwy])){1,4}$/);
const PATH = matching('a path', /^(?:\/[A-Za-z0-9._-]{1,64}){1,8}$/);

const ENDPOINT: FieldTable = {
  port: harmless(NAME, ASKED),
  targetPort: harmless(PORT, ASKED),
  path: harmless(PATH, ASKED),
  scheme: harmless(oneOf('http', 'https'), ASKED),
  interval: harmless(DURATION, ASKED),
  scrapeTimeout: harmless(DURATION, ASKED),
  honorLabels: harmless(FLAG, LEFT_OUT),
  honorTimestamps: harmless(FLAG, LEFT_OUT),
  filterRunning: harmless(FLAG, ASKED),
};

const monitor = (endpoints: 'endpoints' | 'podMetricsEndpoints'): FieldTable => ({
  ...METADATA,
  ...below('spec.selector', selector(harmless(ANY_TEXT, ASKED))),
  'spec.namespaceSelector.any': harmless(FLAG, ASKED),
  'spec.namespaceSelector.matchNames[]': harmless(NAME, ASKED),
  'spec.jobLabel': harmless(ANY_TEXT, LEFT_OUT),
  'spec.targetLabels[]': harmless(ANY_TEXT, LEFT_OUT),
  'spec.podTargetLabels[]': harmless(ANY_TEXT, LEFT_OUT),
  'spec.sampleLimit': harmless(WHOLE_NUMBER, LEFT_OUT),
  'spec.labelLimit': harmless(WHOLE_NUMBER, LEFT_OUT),
  ...below(`spec.${endpoints}[]`, ENDPOINT),
});

export const MONITORS: Readonly<Record<string, FieldTable>> = {
  'monitoring.coreos.com/ServiceMonitor': monitor('endpoints'),
  'monitoring.coreos.com/PodMonitor': monitor('podMetricsEndpoints'),
};
