/**
 * ConfigMaps for what watches the platform: a sidecar of Grafana or Prometheus finds them by a label, whatever their namespace
 * (grafana/helm-charts `sidecar.dashboards.label`, kiwigrid/k8s-sidecar). Neither program is part of the plan, so what such a
 * map tells them is judged here: dashboards of the kit by digest, rules and scrape jobs by what they may say.
 */
import { EXPORTERS } from '../../telemetry/metrics/watched';
import type { KubernetesObject } from '../kubernetes/object';
import { at, entriesOf, textOf, textsOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import type { Complaint } from '../rules/rule';
import { type Fault, type Reader, strange } from './fault';
import { plainYaml } from './plain-yaml';
import { aboutFile } from './program';
import { duration, isObject, listOf, object, oneOf, record, under } from './readers';
import { isReviewed } from './reviewed-programs';

/** Prefixes of labels that describe an object to people. */
const DESCRIBING: readonly string[] = ['app.kubernetes.io/', 'airlock.dev/', 'helm.sh/chart'];

/** Whether something may look for an object by a label of its own. */
export const isLookedFor = ({ root }: KubernetesObject): boolean =>
  [...textsOf(at(root, 'metadata', 'labels')).keys()].some(
    (label) => !DESCRIBING.some((prefix) => label.startsWith(prefix)),
  );

const DAY_SECONDS = 86_400;
const lasting = duration(0, DAY_SECONDS);

const someText: Reader = (value, pointer) =>
  typeof value === 'string' && value !== '' ? [] : [strange(pointer, 'this is no text', 'write a text')];

const texts: Reader = (value, pointer) =>
  isObject(value)
    ? Object.entries(value).flatMap(([name, text]) => someText(text, under(pointer, name)))
    : [strange(pointer, 'this is no map of texts', 'write a map of texts')];

/** Rules ask the Prometheus that reads them, and nobody else (prometheus.io, "Alerting rules", "Template reference"). */
const RULES = record({
  groups: listOf(
    object({
      needed: {
        name: someText,
        rules: listOf(
          object({
            needed: { expr: someText },
            optional: {
              ...{ record: someText, alert: someText, for: lasting, keep_firing_for: lasting },
              ...{ labels: texts, annotations: texts },
            },
          }),
        ),
      },
      optional: { interval: lasting },
    }),
  ),
});

/** A label of the target; those that begin with two underscores say whom to call, and how (prometheus.io, `relabel_config`). */
const ownLabel: Reader = (value, pointer) =>
  typeof value === 'string' && /^(?!__)[a-zA-Z_]\w*$/.test(value)
    ? []
    : [strange(pointer, 'this label may lead elsewhere', 'write a label that does not begin with "__"', value)];

/** Jobs find pods of the cluster, and fetch metrics where the programs of the kit have them. */
const JOBS = record({
  scrape_configs: listOf(
    object({
      needed: {
        job_name: someText,
        metrics_path: oneOf([...new Set(EXPORTERS.map(({ path }) => path))], 'no program of the kit has metrics there'),
        kubernetes_sd_configs: listOf(
          object({
            needed: { role: oneOf(['pod'], 'this may lead out of the cluster') },
            optional: { namespaces: record({ names: listOf(someText) }) },
          }),
        ),
      },
      optional: {
        ...{ scrape_interval: lasting, scrape_timeout: lasting },
        relabel_configs: listOf(
          object({
            needed: { source_labels: listOf(someText) },
            optional: {
              regex: someText,
              action: oneOf(['keep', 'drop'], 'nobody knows where this leads'),
              target_label: ownLabel,
            },
          }),
        ),
      },
    }),
  ),
});

const UNKNOWN: Fault = strange(
  '',
  'no pod of the plan reads it, its label lets something else find it, and nobody knows what that does with it',
  'remove it, or waive it with a reason',
);

function faultsOf(text: string): readonly Fault[] {
  if (isReviewed('dashboard', text)) return [];
  const parsed = plainYaml(text);
  if ('fault' in parsed || !isObject(parsed.value)) return [UNKNOWN];
  const { value } = parsed;
  if (Object.hasOwn(value, 'groups')) return RULES(value, '');
  return Object.hasOwn(value, 'scrape_configs') ? JOBS(value, '') : [UNKNOWN];
}

const aboutEntry = (
  object: KubernetesObject,
  name: string,
  node: PlanNode,
  read: () => readonly Fault[],
): Complaint[] =>
  // A pod that cannot be read may mount it.
  aboutFile({ path: name, text: '', node, object }, read()).map((complaint) => ({
    ...complaint,
    lacks: { concern: 'pods', namespace: object.namespace },
  }));

/** Complaints about a ConfigMap that no pod of the plan reads, and something else may. */
export const monitoringComplaints = (object: KubernetesObject): Complaint[] => [
  ...entriesOf(at(object.root, 'data')).flatMap(([name, node]) =>
    aboutEntry(object, name, node, () => faultsOf(textOf(node) ?? '')),
  ),
  ...entriesOf(at(object.root, 'binaryData')).flatMap(([name, node]) =>
    aboutEntry(object, name, node, () => [UNKNOWN]),
  ),
];
