/** The cluster's DNS, as far as an API server knows of it: pods with the labels that policies select. */
import type { DnsPeer } from '../../../catalog/distributions/distribution.js';

const IMAGE = 'registry.k8s.io/coredns/coredns:v1.12.1';

export const resolver = ({ namespace, podLabels, port }: DnsPeer): object[] => [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'resolver', namespace },
    spec: {
      selector: { matchLabels: podLabels },
      template: {
        metadata: { labels: podLabels },
        spec: { containers: [{ name: 'dns', image: IMAGE, ports: [{ containerPort: port, protocol: 'UDP' }] }] },
      },
    },
  },
];
