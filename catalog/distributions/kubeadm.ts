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
 * One host of containerd (containerd docs/hosts.md). The server is the registry too, or containerd would ask the upstream host
 * last; and the registry stands as `[host]` besides, without which containerd 1.6 ignores the file.
 */
function hostsToml(url: string, settings: readonly string[]): string {
  const table = [`[host.${toml(url)}]`, ...settings.map((line) => `  ${line}`)];
  return `${[`server = ${toml(url)}`, ...settings, '', ...table].join('\n')}\n`;
}

/** Registry hosts, one folder each; a path in the address stays with `override_path`. */
function hostFiles({ registry, registryCa, mirrors }: NodeRegistration): NodeFile[] {
  const ca = `${HOSTS}/${registry}/ca.pem`;
  const trust = registryCa === undefined ? [] : [`ca = ${toml(ca)}`];
  const file = (host: string, url: string, settings: readonly string[]): NodeFile => ({
    path: `${HOSTS}/${host}/hosts.toml`,
    content: hostsToml(url, settings),
  });
  return [
    ...(registryCa === undefined
      ? []
      : [{ path: ca, content: registryCa }, file(registry, `https://${registry}`, trust)]),
    ...mirrors.map(({ host, folder }) =>
      file(host, `https://${registry}/v2/${folder}`, ['override_path = true', ...trust]),
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
