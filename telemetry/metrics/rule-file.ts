/** The rule file of Prometheus (prometheus.io, "Defining recording rules", "Alerting rules"). */
import { stringify } from 'yaml';
import { alertsFor } from './alerts';
import { RECORDING_RULES } from './recording-rules';
import { type AlertThresholds, checkThresholds } from './thresholds';

/** What of the rules a site may change. */
export interface RuleFileOptions {
  /**
   * Thresholds that differ from the defaults.
   *
   * @default - none
   */
  readonly thresholds?: Partial<AlertThresholds>;
  /**
   * Where people read what to do: an anchor is added for each alert.
   *
   * @default 'docs/monitoring.md'
   */
  readonly runbook?: string;
}

export const RUNBOOK = 'docs/monitoring.md';

/** Anchor of an alert's section, as renderers of Markdown make it from a heading. */
export const anchorOf = (alert: string): string => alert.toLowerCase();

/** Value of a rule file; groups run one after the other inside, so recorded series are there before alerts ask for them. */
export function ruleFile({ thresholds = {}, runbook = RUNBOOK }: RuleFileOptions = {}): object {
  checkThresholds(thresholds);
  const alerts = alertsFor(thresholds);
  const groups = [...new Set(alerts.map(({ group }) => group))];
  return {
    groups: [
      { name: 'airlock-recorded', rules: RECORDING_RULES.map(({ record, expr }) => ({ record, expr })) },
      ...groups.map((group) => ({
        name: `airlock-${group}`,
        rules: alerts
          .filter((alert) => alert.group === group)
          .map(({ name, expr, for: lasting, severity, summary, description }) => ({
            alert: name,
            expr,
            for: lasting,
            labels: { severity, part_of: 'airlock' },
            annotations: { summary, description, runbook_url: `${runbook}#${anchorOf(name)}` },
          })),
      })),
    ],
  };
}

/** The file as Prometheus reads it; the same rules give the same bytes. */
export const ruleFileText = (options: RuleFileOptions = {}): string => stringify(ruleFile(options), { lineWidth: 0 });
