/** RKE2: https://docs.rke2.io. */
import type { Distribution } from './distribution';
import { RANCHER_CONTAINERD, rancherFiles } from './rancher-files';

export const rke2: Distribution = {
  // rancher/rke2 pkg/rke2/np.go: the distribution's own DNS policy selects the same pods.
  dns: { namespace: 'kube-system', podLabels: { 'k8s-app': 'kube-dns' }, port: 53 },
  containerdSocket: RANCHER_CONTAINERD,
  howTo:
    'place the files on each node before it joins, or restart rke2-agent afterwards; labels and taints count at the first start',
  nodeFiles: (registration) => rancherFiles('/etc/rancher/rke2', registration),
};
