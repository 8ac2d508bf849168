/** As whom a distribution's own administrator deploys: the user of the kubeconfig that it writes. */
export const ADMINISTRATORS: Readonly<Record<string, string>> = {
  // k3s-io/k3s pkg/daemons/control/deps/deps.go: the certificate of the admin kubeconfig.
  rke2: 'system:admin',
  k3s: 'system:admin',
  // kubernetes/kubernetes cmd/kubeadm/app/phases/kubeconfig/kubeconfig.go: admin.conf.
  kubeadm: 'kubernetes-admin',
  // siderolabs/talos pkg/machinery/constants: the common name of the admin certificate.
  talos: 'admin',
  // docs.openshift.com, "Cluster access": the kubeconfig that the installer writes.
  openshift: 'system:admin',
};
