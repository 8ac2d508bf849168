/** Whether cluster DNS is where the plan's policies expect it. */
import type { DnsPeer } from '../../catalog/distributions/distribution';
import type { ClusterFacts } from './facts';
import { fail, type Finding, ok } from './finding';

export function checkResolver({ resolverPods }: ClusterFacts, dns: DnsPeer): Finding[] {
  const labels = Object.entries(dns.podLabels);
  const shown = labels.map(([key, value]) => `${key}=${value}`).join(',');
  const found = resolverPods.filter(({ metadata }) =>
    labels.every(([key, value]) => metadata?.labels?.[key] === value),
  );
  const subject = `DNS in ${dns.namespace}`;
  if (found.length === 0) {
    return [
      fail(
        'dns',
        subject,
        `no pod has the labels ${shown}, so policies would let nobody resolve names`,
        'check cluster.distribution in site.yaml, and that DNS runs',
      ),
    ];
  }
  const ports = found.flatMap(({ spec }) =>
    (spec?.containers ?? []).flatMap(({ ports: declared = [] }) => declared.map(({ containerPort }) => containerPort)),
  );
  if (ports.length > 0 && !ports.includes(dns.port)) {
    const seen = [...new Set(ports)].sort((a, b) => a - b).join(', ');
    return [
      fail(
        'dns',
        subject,
        `its pods listen on ${seen}, policies open ${String(dns.port)}`,
        'check cluster.distribution in site.yaml',
      ),
    ];
  }
  return [ok('dns', subject, `${String(found.length)} pods with ${shown}`)];
}
