import type { ConfigMap } from 'kubernetes-types/core/v1';
import { parse } from 'yaml';
import { ConfinedNamespace } from '../../../constructs/confinement/confined-namespace';
import { MonitoringConfig, type MonitoringConfigProps } from '../../../constructs/monitoring/monitoring-config';
import { ruleFile } from '../../../telemetry/metrics/rule-file';
import { objectsOf } from '../../stacks/synthesized';
import { TestStack } from '../plan';

function objects(props: Partial<MonitoringConfigProps> = {}): Record<string, ConfigMap> {
  const stack = new TestStack();
  const namespace = new ConfinedNamespace(stack, 'ns', { name: 'airlock-monitoring', kubernetesVersion: '1.34' });
  new MonitoringConfig(stack, 'monitoring', { namespace, ...props });
  const made = objectsOf(stack.plan(), 'monitoring_release') as unknown as ConfigMap[];
  return Object.fromEntries(made.map((object) => [object.metadata?.name ?? '', object]));
}

describe('MonitoringConfig', () => {
  it('brings rules, scrape jobs and dashboards, each with the label that sidecars look for', () => {
    const made = objects();
    expect(Object.keys(made)).toEqual(['airlock-dashboards', 'airlock-rules', 'airlock-scrape']);
    expect(made['airlock-rules']?.metadata).toMatchObject({
      namespace: 'airlock-monitoring',
      labels: { prometheus_rule: '1', 'app.kubernetes.io/part-of': 'airlock' },
    });
    expect(made['airlock-scrape']?.metadata?.labels).toMatchObject({ prometheus_scrape_config: '1' });
    expect(made['airlock-dashboards']?.metadata?.labels).toMatchObject({ grafana_dashboard: '1' });
    expect(Object.keys(made['airlock-dashboards']?.data ?? {})).toEqual([
      'airlock-engines.json',
      'airlock-gateway.json',
      'airlock-overview.json',
      'airlock-traces.json',
    ]);
  });

  it('brings the rules through Terraform unchanged, templates of Prometheus and variables of Grafana included', () => {
    const made = objects();
    const text = made['airlock-rules']?.data?.['airlock-rules.yaml'] ?? '';
    expect(parse(text)).toEqual(ruleFile());
    expect(text).toContain('{{ $labels.serving }}');
    expect(made['airlock-dashboards']?.data?.['airlock-overview.json']).toContain('"uid": "${datasource}"');
  });

  it('takes the labels of the site’s own sidecars', () => {
    const made = objects({
      dashboardLabels: { dashboards: 'yes' },
      ruleLabels: { rules: 'yes' },
      scrapeLabels: { scrape: 'yes' },
    });
    expect(made['airlock-dashboards']?.metadata?.labels).toMatchObject({ dashboards: 'yes' });
    expect(made['airlock-dashboards']?.metadata?.labels).not.toHaveProperty('grafana_dashboard');
    expect(made['airlock-rules']?.metadata?.labels).toMatchObject({ rules: 'yes' });
    expect(made['airlock-scrape']?.metadata?.labels).toMatchObject({ scrape: 'yes' });
  });

  it('takes thresholds, the address of the runbook and the namespaces to look into', () => {
    const made = objects({
      thresholds: { queue: 3 },
      runbook: 'https://wiki.nordlicht.internal/airlock',
      scrapeNamespaces: ['airlock-serving'],
    });
    const rules = made['airlock-rules']?.data?.['airlock-rules.yaml'] ?? '';
    expect(rules).toContain('min_over_time(airlock:engine_requests_waiting:sum[10m]) > 3');
    expect(rules).toContain('https://wiki.nordlicht.internal/airlock#airlockservingdown');
    const { scrape_configs: jobs } = parse(made['airlock-scrape']?.data?.['airlock-scrape.yaml'] ?? '') as {
      readonly scrape_configs: readonly { readonly kubernetes_sd_configs: object }[];
    };
    expect(jobs.length).toBeGreaterThan(5);
    for (const { kubernetes_sd_configs: places } of jobs)
      expect(places).toEqual([{ role: 'pod', namespaces: { names: ['airlock-serving'] } }]);
  });

  it('refuses a threshold that nothing can reach', () => {
    expect(() => objects({ thresholds: { kvCacheUsage: 95 } })).toThrow('threshold kvCacheUsage is 95');
    expect(() => objects({ thresholds: { queue: -1 } })).toThrow('threshold queue is -1');
  });
});
