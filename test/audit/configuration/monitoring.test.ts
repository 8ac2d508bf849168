import { isLookedFor, monitoringComplaints } from '../../../audit/configuration/monitoring';
import type { KubernetesObject } from '../../../audit/kubernetes/object';
import { jsonNode } from '../../../audit/plan/node';
import type { PlanResource } from '../../../audit/plan/plan';
import { DASHBOARDS } from '../../../telemetry/metrics/dashboards';
import { dashboardText } from '../../../telemetry/metrics/dashboards/dashboard';
import { ruleFileText } from '../../../telemetry/metrics/rule-file';
import { scrapeConfigurationText } from '../../../telemetry/metrics/scrape';

const map = (fields: object): KubernetesObject => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', name: 'x', namespace: 'airlock-telemetry', hook: false },
  root: jsonNode(fields, { pointer: '' }),
  resource: {} as PlanResource,
});

const messagesOf = (text: string): string[] =>
  monitoringComplaints(map({ data: { file: text } })).map(({ message }) => message);

const RULES = ruleFileText();
const JOBS = scrapeConfigurationText(['airlock-serving']);
const [DASHBOARD = ''] = DASHBOARDS.map(dashboardText);

describe('what watches the platform', () => {
  it.each<readonly [what: string, text: string]>([
    ...DASHBOARDS.map((dashboard) => [`the dashboard ${dashboard.name}`, dashboardText(dashboard)] as const),
    ['the rules', RULES] as const,
    [
      'rules with thresholds of the site',
      ruleFileText({ thresholds: { queue: 99 }, runbook: 'https://wiki.internal/x' }),
    ],
    ['scrape jobs of some namespaces', JOBS] as const,
    ['scrape jobs of all namespaces', scrapeConfigurationText()] as const,
  ])('may have %s', (_what, text) => {
    expect(messagesOf(text)).toEqual([]);
  });

  it.each<[string, string, RegExp]>([
    ['another dashboard', DASHBOARD.replace('"Airlock', '"Our'), /nobody knows what that does/],
    ['a file of another form', 'receivers: []', /nobody knows what that does/],
    ['a text', 'x', /nobody knows what that does/],
    ['YAML with an anchor', `x: &x 1\n${RULES}y: *x\n`, /nobody knows what that does/],
    ['a key beside the rules', `${RULES}remote_write: [{ url: "https://x" }]\n`, /"remote_write"/],
    ['a rule that says more', RULES.replace('- record:', '- url: x\n        record:'), /"url"/],
    ['a job that calls addresses', JOBS.replace(/role: pod/, 'role: endpoints'), /lead out of the cluster/],
    ['a job with targets', `${JOBS}    static_configs: [{ targets: [x] }]\n`, /"static_configs"/],
    ['a job through a proxy', `${JOBS}    proxy_url: https://x\n`, /"proxy_url"/],
    ['another API server', JOBS.replace('- role: pod', '- role: pod\n        api_server: https://x'), /"api_server"/],
    ['another address', JOBS.replace('target_label: pod', 'target_label: __address__'), /lead elsewhere/],
    ['labels that are mapped', JOBS.replace('action: keep', 'action: labelmap'), /nobody knows where this leads/],
    ['another path', JOBS.replace(/metrics_path: .*/, 'metrics_path: /quitquitquit'), /no program of the kit/],
  ])('is not proven with %s', (_what, text, message) => {
    expect(messagesOf(text)).toEqual(expect.arrayContaining([expect.stringMatching(message)]));
  });

  it('is not proven with bytes', () => {
    expect(monitoringComplaints(map({ binaryData: { x: 'eA==' } }))).toHaveLength(1);
  });

  it('hangs on pods that cannot be read: one of them may mount it', () => {
    const lacks = { concern: 'pods', namespace: 'airlock-telemetry' };
    expect(monitoringComplaints(map({ data: { x: 'x' } }))).toEqual([
      expect.objectContaining({ lacks, unproven: true }),
    ]);
  });

  it('finds a map by a label of its own', () => {
    const labeled = (labels: object): boolean => isLookedFor(map({ metadata: { labels } }));
    expect(isLookedFor(map({}))).toBe(false);
    expect(labeled({ 'app.kubernetes.io/name': 'x', 'airlock.dev/x': 'x' })).toBe(false);
    expect(labeled({ 'app.kubernetes.io/name': 'x', grafana_dashboard: '1' })).toBe(true);
  });
});
