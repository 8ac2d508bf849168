/** Files that RKE2 and k3s share: both read the same formats below a folder of their own. */
import { byPath, formatLabel, formatTaint, type NodeFile, type NodeRegistration } from './distribution';

/** Socket of the containerd that both bring (docs.rke2.io, "Deploy NVIDIA operator"). */
export const RANCHER_CONTAINERD = '/run/k3s/containerd/containerd.sock';

const list = (key: string, items: readonly string[]): string[] =>
  items.length === 0 ? [] : [`${key}+:`, ...items.map((item) => `  - ${JSON.stringify(item)}`)];

/** Where images of other hosts lie below the registry; containerd itself would ask for them without the folder. */
function mirrorLines({ registry, mirrors }: NodeRegistration): string[] {
  if (mirrors.length === 0) return [];
  const entries = mirrors.flatMap(({ host, folder }) => [
    `  ${JSON.stringify(host)}:`,
    `    endpoint: [${JSON.stringify(`https://${registry}`)}]`,
    `    rewrite: { "^(.*)$": ${JSON.stringify(`${folder}/$1`)} }`,
  ]);
  return ['mirrors:', ...entries];
}

/**
 * Drop-in configuration and registry trust.
 *
 * A key ending in `+` appends to what other files say (docs.k3s.io, "Configuration Options", "Multiple Config Files").
 * Registry trust, mirrors and `disable-default-registry-endpoint`: docs.k3s.io and docs.rke2.io, "Private Registry
 * Configuration".
 *
 * @param folder `/etc/rancher/rke2` or `/etc/rancher/k3s`
 */
export function rancherFiles(folder: string, registration: NodeRegistration): readonly NodeFile[] {
  const { labels, taints, registry, registryCa, mirrors } = registration;
  const config = [
    ...list('node-label', Object.entries(labels).map(formatLabel)),
    ...list('node-taint', taints.map(formatTaint)),
    // Else containerd asks the upstream host where the registry lacks an image.
    ...(mirrors.length === 0 ? [] : ['disable-default-registry-endpoint: true']),
  ];
  const files: NodeFile[] = [{ path: `${folder}/config.yaml.d/50-airlock.yaml`, content: `${config.join('\n')}\n` }];
  const ca = `${folder}/airlock-registry-ca.pem`;
  const trust =
    registryCa === undefined ? [] : ['configs:', `  ${JSON.stringify(registry)}:`, '    tls:', `      ca_file: ${ca}`];
  const registries = [...mirrorLines(registration), ...trust];
  if (registryCa !== undefined) files.push({ path: ca, content: registryCa });
  if (registries.length > 0) files.push({ path: `${folder}/registries.yaml`, content: `${registries.join('\n')}\n` });
  return files.sort(byPath);
}
