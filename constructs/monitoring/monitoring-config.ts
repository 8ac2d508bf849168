import { Construct } from 'constructs';
import type { ConfigMap } from 'kubernetes-types/core/v1';
import { DASHBOARDS } from '../../telemetry/metrics/dashboards';
import { dashboardText } from '../../telemetry/metrics/dashboards/dashboard';
import { ruleFileText } from '../../telemetry/metrics/rule-file';
import { scrapeConfigurationText } from '../../telemetry/metrics/scrape';
import type { AlertThresholds } from '../../telemetry/metrics/thresholds';
import type { ConfinedNamespace } from '../confinement/confined-namespace';
import { EnvelopeRelease } from '../release/envelope-release';
import { platformLabels } from '../../catalog/platform/names';
import { checkProps, type Checks, heldBy, list, optional } from '../checks/props';
import { labels, made, namespaceName, text } from '../checks/shared';

const NAME = 'monitoring-config';
type Labels = Readonly<Record<string, string>>;

/** What the charts of Grafana and Prometheus look for when nobody says otherwise (`sidecar.dashboards.label` and others). */
const DASHBOARD_LABELS: Labels = { grafana_dashboard: '1' };
const RULE_LABELS: Labels = { prometheus_rule: '1' };
const SCRAPE_LABELS: Labels = { prometheus_scrape_config: '1' };

/** Props of `MonitoringConfig`. */
export interface MonitoringConfigProps {
  /** Where the ConfigMaps lie; sidecars of the site's Prometheus and Grafana look there, or everywhere. */
  readonly namespace: ConfinedNamespace;
  /**
   * Labels by which a sidecar of Grafana finds dashboards.
   *
   * @default { grafana_dashboard: '1' }
   */
  readonly dashboardLabels?: Labels;
  /**
   * Labels by which a sidecar of Prometheus finds rule files.
   *
   * @default { prometheus_rule: '1' }
   */
  readonly ruleLabels?: Labels;
  /**
   * Labels by which a sidecar of Prometheus finds scrape configurations.
   *
   * @default { prometheus_scrape_config: '1' }
   */
  readonly scrapeLabels?: Labels;
  /**
   * Namespaces in which Prometheus looks for pods of the kit.
   *
   * @default - all
   */
  readonly scrapeNamespaces?: readonly string[];
  /**
   * Where alerts begin, as far as the defaults do not fit.
   *
   * @default - those of the kit
   */
  readonly thresholds?: Partial<AlertThresholds>;
  /**
   * Address of the page that says what to do at each alert, as people on call reach it.
   *
   * @default 'docs/monitoring.md'
   */
  readonly runbook?: string;
}

const CHECKS: Checks<MonitoringConfigProps> = {
  namespace: made,
  dashboardLabels: optional(labels),
  ruleLabels: optional(labels),
  scrapeLabels: optional(labels),
  scrapeNamespaces: optional(list(namespaceName)),
  thresholds: heldBy('checkThresholds'),
  runbook: optional(text),
};

/**
 * Rules, dashboards and scrape jobs for the Prometheus and the Grafana that a site has.
 *
 * They are ConfigMaps: the kit runs neither program. Grafana is under the AGPL, so that it never becomes part of a bundle by
 * itself. Nothing here reaches the network; that Prometheus may reach the pods is a flow of their namespaces.
 *
 * @see https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/
 */
export class MonitoringConfig extends Construct {
  /** @throws AirlockError (input) for a threshold that would silence its alert */
  public constructor(scope: Construct, id: string, props: MonitoringConfigProps) {
    super(scope, id);
    checkProps('MonitoringConfig', props, CHECKS);
    const { namespace, thresholds = {}, runbook, scrapeNamespaces = [] } = props;
    const { dashboardLabels = DASHBOARD_LABELS, ruleLabels = RULE_LABELS, scrapeLabels = SCRAPE_LABELS } = props;
    const config = (name: string, labels: Labels, data: Readonly<Record<string, string>>): ConfigMap => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: namespace.name, labels: { ...platformLabels(NAME), ...labels } },
      data: { ...data },
    });
    const rules = ruleFileText({ thresholds, ...(runbook === undefined ? {} : { runbook }) });
    const dashboards = DASHBOARDS.map((dashboard): [string, string] => [
      `airlock-${dashboard.name}.json`,
      dashboardText(dashboard),
    ]);
    new EnvelopeRelease(this, 'release', {
      name: NAME,
      namespace: namespace.name,
      objects: [
        config('airlock-rules', ruleLabels, { 'airlock-rules.yaml': rules }),
        config('airlock-scrape', scrapeLabels, { 'airlock-scrape.yaml': scrapeConfigurationText(scrapeNamespaces) }),
        config('airlock-dashboards', dashboardLabels, Object.fromEntries(dashboards)),
      ],
      dependsOn: namespace.ready,
    });
  }
}
