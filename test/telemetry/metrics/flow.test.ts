import { ConfinedNamespace } from '../../../constructs/confinement/confined-namespace';
import { metricsFlow } from '../../../telemetry/metrics/flow';
import { ENGINE_EXPORTERS } from '../../../telemetry/metrics/engines';
import { EXPORTERS } from '../../../telemetry/metrics/watched';
import { TestStack } from '../../constructs/plan';

const PROMETHEUS = { namespace: 'monitoring', labels: { 'app.kubernetes.io/name': 'prometheus' } };

function policies(namespace: string, exporters: typeof EXPORTERS): Record<string, { spec: Record<string, unknown> }> {
  const stack = new TestStack();
  const confined = new ConfinedNamespace(stack, 'ns', { name: namespace, kubernetesVersion: '1.34' });
  for (const exporter of exporters)
    confined.lockdown.allowBetween(metricsFlow(PROMETHEUS, 'airlock-serving', exporter));
  return stack.plan().resource['kubernetes_network_policy_v1'] as never;
}

describe('metricsFlow', () => {
  it('lets Prometheus, and nobody else, reach the metrics port of one engine', () => {
    const made = policies('airlock-serving', [ENGINE_EXPORTERS.tgi]);
    expect(Object.keys(made).sort()).toEqual(['ns_lockdown_allow-metrics-engine-tgi-ingress', 'ns_lockdown_deny-all']);
    expect(made['ns_lockdown_allow-metrics-engine-tgi-ingress']?.spec).toEqual({
      pod_selector: { match_labels: { 'app.kubernetes.io/component': 'serving', 'app.kubernetes.io/name': 'tgi' } },
      policy_types: ['Ingress'],
      ingress: [
        {
          from: [
            {
              namespace_selector: { match_labels: { 'kubernetes.io/metadata.name': 'monitoring' } },
              pod_selector: { match_labels: { 'app.kubernetes.io/name': 'prometheus' } },
            },
          ],
          ports: [{ port: '9000', protocol: 'TCP' }],
        },
      ],
    });
  });

  it('is the other half where Prometheus is shut in too', () => {
    const made = policies('monitoring', [ENGINE_EXPORTERS.vllm]);
    expect(Object.keys(made)).toContain('ns_lockdown_allow-metrics-engine-vllm-egress');
  });

  it('has a name of its own for every exporter', () => {
    expect(Object.keys(policies('airlock-serving', EXPORTERS)).length).toBe(EXPORTERS.length + 1);
  });
});
