/** A plan of ten thousand resources: namespaces that deny, with policies and ConfigMaps in them. */
import { writeFileSync } from 'node:fs';
import { makeFolders } from '../../core/make-folders.js';

const NAMESPACES = 50;
const IN_EACH = 99;

const metadata = (namespace: string, name: string): object => ({
  ...{ name, namespace },
  annotations: { 'airlock.dev/owner': 'ada', 'airlock.dev/reason': `${name} looks up names` },
});

const policy = (namespace: string, name: string, egress: readonly object[]): object => ({
  metadata: metadata(namespace, name),
  spec: {
    ...{
      pod_selector: egress.length === 0 ? {} : { match_labels: { app: name } },
      policy_types: ['Ingress', 'Egress'],
    },
    ...(egress.length === 0 ? {} : { egress }),
  },
});

const TO_DNS = {
  to: [
    {
      namespace_selector: { match_labels: { 'kubernetes.io/metadata.name': 'kube-system' } },
      pod_selector: { match_labels: { 'k8s-app': 'kube-dns' } },
    },
  ],
  ports: [{ port: '53', protocol: 'UDP' }],
};

/** @returns how many resources it has */
export async function writeLargePlan(folder: string): Promise<number> {
  const [namespaces, policies, maps]: Record<string, object>[] = [{}, {}, {}];
  for (let at = 0; at < NAMESPACES; at += 1) {
    const namespace = `zone-${String(at)}`;
    namespaces![namespace] = {
      metadata: {
        name: namespace,
        labels: {
          'pod-security.kubernetes.io/enforce': 'restricted',
          'pod-security.kubernetes.io/enforce-version': 'v1.34',
        },
      },
    };
    policies![`${namespace}-deny`] = policy(namespace, 'deny', []);
    for (let one = 0; one < IN_EACH; one += 1) {
      policies![`${namespace}-p${String(one)}`] = policy(namespace, `p${String(one)}`, [TO_DNS]);
      maps![`${namespace}-c${String(one)}`] = { metadata: { name: `c${String(one)}`, namespace }, data: { text: 'x' } };
    }
  }
  const resource = {
    kubernetes_namespace_v1: namespaces,
    kubernetes_network_policy_v1: policies,
    kubernetes_config_map_v1: maps,
  };
  await makeFolders(`${folder}/stacks/large`);
  writeFileSync(`${folder}/stacks/large/cdk.tf.json`, JSON.stringify({ resource }, null, 2));
  return Object.values(resource).reduce((sum, all) => sum + Object.keys(all ?? {}).length, 0);
}
