/** k3s: https://docs.k3s.io. */
import type { Distribution } from './distribution';
import { RANCHER_CONTAINERD, rancherFiles } from './rancher-files';

export const k3s: Distribution = {
  // k3s-io/k3s manifests/coredns.yaml.
  dns: { namespace: 'kube-system', podLabels: { 'k8s-app': 'kube-dns' }, port: 53 },
  containerdSocket: RANCHER_CONTAINERD,
  howTo:
    'place the files on each node before it joins, or restart k3s afterwards; labels and taints count at the first start',
  nodeFiles: (registration) => rancherFiles('/etc/rancher/k3s', registration),
};
