/** Clusters made by kubeadm, with containerd: https://kubernetes.io/docs/reference/setup-tools/kubeadm/. */
import { type Distribution, formatLabel, formatTaint, type NodeFile } from './distribution';

export const kubeadm: Distribution = {
  // kubernetes/kubernetes cmd/kubeadm/app/phases/addons/dns/manifests.go.
  dns: { namespace: 'kube-system', podLabels: { 'k8s-app': 'kube-dns' }, port: 53 },
  nodeFiles({ labels, taints, registry, registryCa }) {
    const args = [
      ['--node-labels', Object.entries(labels).map(formatLabel)],
      ['--register-with-taints', taints.map(formatTaint)],
    ] as const;
    const text = args.flatMap(([flag, items]) => (items.length === 0 ? [] : [`${flag}=${items.join(',')}`])).join(' ');
    // The kubelet's unit as kubeadm ships it reads this file on Debian; on Fedora it is /etc/sysconfig/kubelet.
    const files: NodeFile[] = [{ path: '/etc/default/kubelet', content: `KUBELET_EXTRA_ARGS="${text}"\n` }];
    if (registryCa !== undefined) {
      // containerd docs/hosts.md.
      const folder = `/etc/containerd/certs.d/${registry}`;
      const host = `https://${registry}`;
      files.push(
        { path: `${folder}/ca.pem`, content: registryCa },
        {
          path: `${folder}/hosts.toml`,
          content: `server = "${host}"\n\n[host."${host}"]\n  ca = "${folder}/ca.pem"\n`,
        },
      );
    }
    return files.sort((a, b) => (a.path < b.path ? -1 : 1));
  },
};
