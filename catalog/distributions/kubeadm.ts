/** Clusters made by kubeadm, with containerd: https://kubernetes.io/docs/reference/setup-tools/kubeadm/. */
import {
  byPath,
  type Distribution,
  formatLabel,
  formatTaint,
  type NodeFile,
  type NodeRegistration,
} from './distribution';

/** Folder that containerd's `config_path` names (containerd docs/hosts.md). */
const HOSTS = '/etc/containerd/certs.d';

const toml = (value: string): string => JSON.stringify(value);

/**
 * Registry hosts, one folder each (containerd docs/hosts.md). `server` alone, without `[host]` tables: with one, containerd
 * asks the server too when the host lacks an image. A server with a path keeps it with `override_path`.
 */
function hostFiles({ registry, registryCa, mirrors }: NodeRegistration): NodeFile[] {
  const ca = `${HOSTS}/${registry}/ca.pem`;
  const trust = registryCa === undefined ? [] : [`ca = ${toml(ca)}`];
  const file = (host: string, lines: readonly string[]): NodeFile => ({
    path: `${HOSTS}/${host}/hosts.toml`,
    content: `${lines.join('\n')}\n`,
  });
  return [
    ...(registryCa === undefined
      ? []
      : [{ path: ca, content: registryCa }, file(registry, [`server = ${toml(`https://${registry}`)}`, ...trust])]),
    ...mirrors.map(({ host, folder }) =>
      file(host, [`server = ${toml(`https://${registry}/v2/${folder}`)}`, 'override_path = true', ...trust]),
    ),
  ];
}

export const kubeadm: Distribution = {
  // kubernetes/kubernetes cmd/kubeadm/app/phases/addons/dns/manifests.go.
  dns: { namespace: 'kube-system', podLabels: { 'k8s-app': 'kube-dns' }, port: 53 },
  howTo:
    'place the files on each node before kubeadm join; containerd must have config_path = "/etc/containerd/certs.d" under its registry',
  nodeFiles(registration) {
    const { labels, taints } = registration;
    const args = [
      ['--node-labels', Object.entries(labels).map(formatLabel)],
      ['--register-with-taints', taints.map(formatTaint)],
    ] as const;
    const text = args.flatMap(([flag, items]) => (items.length === 0 ? [] : [`${flag}=${items.join(',')}`])).join(' ');
    // The kubelet's unit as kubeadm ships it reads this file on Debian; on Fedora it is /etc/sysconfig/kubelet.
    const kubelet: NodeFile = { path: '/etc/default/kubelet', content: `KUBELET_EXTRA_ARGS="${text}"\n` };
    return [kubelet, ...hostFiles(registration)].sort(byPath);
  },
};
