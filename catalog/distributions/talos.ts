/** Talos Linux: https://docs.siderolabs.com/talos. */
import { stringify } from 'yaml';
import type { Distribution, NodeRegistration } from './distribution';

/** "Configuration", v1alpha1: machine.registries. */
function registriesOf({ registry, registryCa, mirrors }: NodeRegistration): object | undefined {
  if (mirrors.length === 0 && registryCa === undefined) return undefined;
  return {
    ...(mirrors.length === 0
      ? {}
      : {
          mirrors: Object.fromEntries(
            mirrors.map(({ host, folder }) => [
              host,
              { endpoints: [`https://${registry}/v2/${folder}`], overridePath: true, skipFallback: true },
            ]),
          ),
        }),
    ...(registryCa === undefined
      ? {}
      : { config: { [registry]: { tls: { ca: Buffer.from(registryCa, 'utf8').toString('base64') } } } }),
  };
}

export const talos: Distribution = {
  // siderolabs/talos internal/app/machined/pkg/controllers/k8s/templates.go: CoreDNS as kubeadm names it.
  dns: { namespace: 'kube-system', podLabels: { 'k8s-app': 'kube-dns' }, port: 53 },
  howTo:
    'give the patch to `talosctl gen config --config-patch @…`, or to `talosctl patch machineconfig --patch @…` before the node registers',
  nodeFiles(registration) {
    const { labels, taints } = registration;
    const registries = registriesOf(registration);
    const machine = {
      nodeLabels: labels,
      // Not machine.nodeTaints: NodeRestriction lets a worker taint itself only when it registers ("Node Taints").
      ...(taints.length === 0 ? {} : { kubelet: { extraConfig: { registerWithTaints: taints } } }),
      ...(registries === undefined ? {} : { registries }),
    };
    return [{ path: 'talos/airlock-patch.yaml', content: stringify({ machine }, { lineWidth: 0 }) }];
  },
};
