/** As whom a distribution's own administrator deploys: the user of the kubeconfig that it writes. */
import type { DistributionName } from './distributions';

export const ADMINISTRATORS: Readonly<Record<DistributionName, string>> = {
  // k3s-io/k3s pkg/daemons/control/deps/deps.go: the certificate of the admin kubeconfig.
  rke2: 'system:admin',
  k3s: 'system:admin',
  // kubernetes/kubernetes cmd/kubeadm/app/phases/kubeconfig/kubeconfig.go: admin.conf.
  kubeadm: 'kubernetes-admin',
};
