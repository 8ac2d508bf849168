/** Files that RKE2 and k3s share: both read the same formats below a folder of their own. */
import { formatLabel, formatTaint, type NodeFile, type NodeRegistration } from './distribution';

const list = (key: string, items: readonly string[]): string[] =>
  items.length === 0 ? [] : [`${key}+:`, ...items.map((item) => `  - ${JSON.stringify(item)}`)];

/**
 * Drop-in configuration and registry trust.
 *
 * A key ending in `+` appends to what other files say (docs.k3s.io, "Configuration Options", "Multiple Config Files").
 * Registry trust: docs.k3s.io, "Private Registry Configuration"; docs.rke2.io, "Containerd Registry Configuration".
 *
 * @param folder `/etc/rancher/rke2` or `/etc/rancher/k3s`
 */
export function rancherFiles(folder: string, registration: NodeRegistration): readonly NodeFile[] {
  const { labels, taints, registry, registryCa } = registration;
  const config = [
    ...list('node-label', Object.entries(labels).map(formatLabel)),
    ...list('node-taint', taints.map(formatTaint)),
  ];
  const files: NodeFile[] = [{ path: `${folder}/config.yaml.d/50-airlock.yaml`, content: `${config.join('\n')}\n` }];
  if (registryCa !== undefined) {
    const ca = `${folder}/airlock-registry-ca.pem`;
    files.push(
      { path: ca, content: registryCa },
      {
        path: `${folder}/registries.yaml`,
        content: `configs:\n  ${JSON.stringify(registry)}:\n    tls:\n      ca_file: ${ca}\n`,
      },
    );
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
