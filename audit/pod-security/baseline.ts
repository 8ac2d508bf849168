/**
 * Checks of the baseline profile that the restricted one has, too (kubernetes.io, "Pod Security Standards"; all checks follow
 * k8s.io/pod-security-admission v0.37 policy/*.go). Those that it replaces lie beside what replaces them.
 */
import { entriesOf, at, flagOf, integerOf, itemsOf, textOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import { type Breach, type PodCheck, type PodView, securityContexts } from './check';

const hostNamespaces: PodCheck = {
  id: 'hostNamespaces',
  breaches: ({ spec }) =>
    ['hostNetwork', 'hostPID', 'hostIPC'].flatMap((field): Breach[] => {
      const node = at(spec, field);
      if (node === undefined || flagOf(node) !== true) return [];
      return [
        { part: '', message: `${field} shares the node's namespace`, fix: `remove ${field}`, node, value: 'true' },
      ];
    }),
};

const windowsHostProcess: PodCheck = {
  id: 'windowsHostProcess',
  breaches: (view) =>
    securityContexts(view).flatMap(({ part, context }): Breach[] => {
      const node = at(context, 'windowsOptions', 'hostProcess');
      if (node === undefined || flagOf(node) !== true) return [];
      return [
        {
          part,
          message: 'the process runs on the host',
          fix: 'remove windowsOptions.hostProcess',
          node,
          value: 'true',
        },
      ];
    }),
};

const privileged: PodCheck = {
  id: 'privileged',
  breaches: ({ containers }) =>
    containers.flatMap(({ label, node: container }): Breach[] => {
      const node = at(container, 'securityContext', 'privileged');
      if (node === undefined || flagOf(node) !== true) return [];
      return [
        { part: label, message: 'the container is privileged', fix: 'set privileged: false', node, value: 'true' },
      ];
    }),
};

const hostPorts: PodCheck = {
  id: 'hostPorts',
  breaches: ({ containers }) =>
    containers.flatMap(({ label, node: container }) =>
      itemsOf(at(container, 'ports')).flatMap((port): Breach[] => {
        const node = at(port, 'hostPort');
        const value = integerOf(node) ?? 0;
        if (node === undefined || value === 0) return [];
        return [
          {
            part: label,
            message: 'the container listens on the node',
            fix: 'remove hostPort',
            node,
            value: String(value),
          },
        ];
      }),
    ),
};

/** Annotation of a container's AppArmor profile before 1.30. */
const APPARMOR_ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/';

const appArmorProfile: PodCheck = {
  id: 'appArmorProfile',
  breaches: (view) => {
    const fix = 'use RuntimeDefault or Localhost';
    const fields = securityContexts(view).flatMap(({ part, context }): Breach[] => {
      const profile = at(context, 'appArmorProfile');
      const type = textOf(at(profile, 'type')) ?? '';
      if (profile === undefined || type === 'RuntimeDefault' || type === 'Localhost') return [];
      return [{ part, message: 'AppArmor is off', fix, node: profile, value: type }];
    });
    const annotations = entriesOf(at(view.pod.root, 'metadata', 'annotations')).flatMap(([key, node]): Breach[] => {
      if (!key.startsWith(APPARMOR_ANNOTATION)) return [];
      const value = textOf(node) ?? '';
      if (value === '' || value === 'runtime/default' || value.startsWith('localhost/')) return [];
      return [
        { part: `container ${key.slice(APPARMOR_ANNOTATION.length)}`, message: 'AppArmor is off', fix, node, value },
      ];
    });
    return [...fields, ...annotations];
  },
};

const seLinuxOptions: PodCheck = {
  id: 'seLinuxOptions',
  breaches: (view) => {
    const types = [
      '',
      'container_t',
      'container_init_t',
      'container_kvm_t',
      ...(view.minor >= 31 ? ['container_engine_t'] : []),
    ];
    return securityContexts(view).flatMap(({ part, context }) => {
      const options = at(context, 'seLinuxOptions');
      return ['type', 'user', 'role'].flatMap((field): Breach[] => {
        const node = at(options, field);
        const value = textOf(node) ?? '';
        if (node === undefined || (field === 'type' ? types.includes(value) : value === '')) return [];
        const message = `seLinuxOptions.${field} must not be set to this`;
        return [{ part, message, fix: `remove seLinuxOptions.${field}`, node, value }];
      });
    });
  },
};

/** Namespaced sysctls that cannot disturb the node, with the minor version since which each is allowed. */
const SAFE_SYSCTLS: Readonly<Record<string, number>> = {
  'kernel.shm_rmid_forced': 0,
  'net.ipv4.ip_local_port_range': 0,
  'net.ipv4.tcp_syncookies': 0,
  'net.ipv4.ping_group_range': 0,
  'net.ipv4.ip_unprivileged_port_start': 0,
  'net.ipv4.ip_local_reserved_ports': 27,
  'net.ipv4.tcp_keepalive_time': 29,
  'net.ipv4.tcp_fin_timeout': 29,
  'net.ipv4.tcp_keepalive_intvl': 29,
  'net.ipv4.tcp_keepalive_probes': 29,
  'net.ipv4.tcp_rmem': 32,
  'net.ipv4.tcp_wmem': 32,
  'net.ipv4.tcp_notsent_lowat': 37,
  'net.ipv4.tcp_slow_start_after_idle': 37,
};

const sysctls: PodCheck = {
  id: 'sysctls',
  breaches: ({ spec, minor }) =>
    itemsOf(at(spec, 'securityContext', 'sysctls')).flatMap((node): Breach[] => {
      const name = textOf(at(node, 'name')) ?? '';
      if (minor >= (SAFE_SYSCTLS[name] ?? Number.POSITIVE_INFINITY)) return [];
      return [{ part: '', message: 'the sysctl may disturb the node', fix: 'remove it', node, value: name }];
    }),
};

function hostFields(handler: PlanNode | undefined): PlanNode[] {
  return ['httpGet', 'tcpSocket'].flatMap((action) => {
    const host = at(handler, action, 'host');
    return host === undefined || textOf(host) === '' ? [] : [host];
  });
}

/** The kubelet connects to that host, past every policy (KEP-4940). */
export const hostProbes: PodCheck = {
  id: 'hostProbesAndHostLifecycle',
  since: 34,
  breaches: ({ containers }: PodView) =>
    containers.flatMap(({ label, node: container }) => {
      const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'].map((probe) => at(container, probe));
      const hooks = ['postStart', 'preStop'].map((hook) => at(container, 'lifecycle', hook));
      return [...probes, ...hooks].flatMap(hostFields).map((node): Breach => ({
        part: label,
        message: 'the kubelet would connect to this host',
        fix: 'remove "host" from the probe or lifecycle handler',
        node,
        value: textOf(node) ?? '',
      }));
    }),
};

/** In every profile but the privileged one. */
export const BASELINE: readonly PodCheck[] = [
  hostNamespaces,
  windowsHostProcess,
  privileged,
  hostPorts,
  appArmorProfile,
  seLinuxOptions,
  sysctls,
  hostProbes,
];
