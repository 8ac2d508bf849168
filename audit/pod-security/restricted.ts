/**
 * The restricted profile of the Pod Security Standards (kubernetes.io, "Pod Security Standards"; the checks follow
 * k8s.io/pod-security-admission v0.34 policy/*.go). The relaxation for user namespaces is an opt-in of the API server
 * that no plan shows, so it is not granted.
 */
import { at, entriesOf, flagOf, integerOf, itemsOf, textOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import { BASELINE } from './baseline';
import { type Breach, isWindows, type PodCheck, type PodView, securityContexts } from './check';

const ALLOWED_VOLUMES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

const restrictedVolumes: PodCheck = {
  id: 'restrictedVolumes',
  breaches: ({ spec }) =>
    itemsOf(at(spec, 'volumes')).flatMap((node): Breach[] => {
      const sources = entriesOf(node).flatMap(([key]) => (key === 'name' ? [] : [key]));
      // The API server makes an emptyDir of a volume without a source before admission sees it.
      const value = sources.find((source) => !ALLOWED_VOLUMES.has(source));
      if (value === undefined) return [];
      const part = `volume ${textOf(at(node, 'name')) ?? ''}`;
      const fix = `use one of: ${[...ALLOWED_VOLUMES].join(', ')}`;
      return [{ part, message: 'this type of volume reaches outside the pod', fix, node, value }];
    }),
};

const allowPrivilegeEscalation: PodCheck = {
  id: 'allowPrivilegeEscalation',
  breaches: (view) =>
    isWindows(view)
      ? []
      : view.containers.flatMap(({ label, node }): Breach[] => {
          const flag = at(node, 'securityContext', 'allowPrivilegeEscalation');
          if (flagOf(flag) === false) return [];
          const message = 'a process may gain more privileges than its parent';
          const fix = 'set securityContext.allowPrivilegeEscalation: false';
          return [{ part: label, message, fix, node: flag ?? node, value: textOf(flag) ?? '(absent)' }];
        }),
};

const runAsNonRoot: PodCheck = {
  id: 'runAsNonRoot',
  breaches: ({ spec, containers }) => {
    const podFlag = at(spec, 'securityContext', 'runAsNonRoot');
    const fix = 'set securityContext.runAsNonRoot: true';
    const breach = (part: string, node: PlanNode, flag: PlanNode | undefined): Breach => ({
      part,
      message: flag === undefined ? 'the container may run as root' : 'runAsNonRoot is false',
      fix,
      node: flag ?? node,
      value: textOf(flag) ?? '(absent)',
    });
    return [
      ...(flagOf(podFlag) === false ? [breach('', spec, podFlag)] : []),
      ...containers.flatMap(({ label, node }) => {
        const flag = at(node, 'securityContext', 'runAsNonRoot');
        return (flagOf(flag) ?? flagOf(podFlag) ?? false) ? [] : [breach(label, node, flag)];
      }),
    ];
  },
};

const runAsUser: PodCheck = {
  id: 'runAsUser',
  breaches: (view) =>
    securityContexts(view).flatMap(({ part, context }): Breach[] => {
      const node = at(context, 'runAsUser');
      if (node === undefined || integerOf(node) !== 0) return [];
      return [{ part, message: 'user 0 is root', fix: 'name another numeric user', node, value: '0' }];
    }),
};

const SECCOMP_TYPES: readonly string[] = ['RuntimeDefault', 'Localhost'];

const seccompProfile: PodCheck = {
  id: 'seccompProfile_restricted',
  breaches: (view) => {
    if (isWindows(view)) return [];
    const { spec, containers } = view;
    const fix = 'set securityContext.seccompProfile.type: RuntimeDefault';
    const podProfile = at(spec, 'securityContext', 'seccompProfile');
    const allowed = (profile: PlanNode): boolean => SECCOMP_TYPES.includes(textOf(at(profile, 'type')) ?? '');
    const explicit = securityContexts(view).flatMap(({ part, context }): Breach[] => {
      const profile = at(context, 'seccompProfile');
      if (profile === undefined || allowed(profile)) return [];
      const value = textOf(at(profile, 'type')) ?? '(absent)';
      return [{ part, message: 'system calls are not filtered', fix, node: profile, value }];
    });
    if (podProfile !== undefined && allowed(podProfile)) return explicit;
    const implicit = containers.flatMap(({ label, node }): Breach[] =>
      at(node, 'securityContext', 'seccompProfile') === undefined
        ? [{ part: label, message: 'no seccomp profile is set', fix, node, value: '(absent)' }]
        : [],
    );
    return [...explicit, ...implicit];
  },
};

const capabilities: PodCheck = {
  id: 'capabilities_restricted',
  breaches: (view: PodView) =>
    isWindows(view)
      ? []
      : view.containers.flatMap(({ label, node: container }): Breach[] => {
          const declared = at(container, 'securityContext', 'capabilities');
          const dropped = itemsOf(at(declared, 'drop')).map((node) => textOf(node));
          const added = itemsOf(at(declared, 'add')).filter((node) => textOf(node) !== 'NET_BIND_SERVICE');
          const notDropped: Breach = {
            part: label,
            message: 'not every capability is dropped',
            fix: 'set securityContext.capabilities.drop: ["ALL"]',
            node: declared ?? container,
            value: dropped.join(', ') || '(none)',
          };
          return [
            ...(dropped.includes('ALL') ? [] : [notDropped]),
            ...added.map((node) => ({
              part: label,
              message: 'a capability is added',
              fix: 'add none but NET_BIND_SERVICE',
              node,
              value: textOf(node) ?? '',
            })),
          ];
        }),
};

/** Every check of the restricted profile, those of baseline included. */
export const RESTRICTED: readonly PodCheck[] = [
  ...BASELINE,
  restrictedVolumes,
  allowPrivilegeEscalation,
  runAsNonRoot,
  runAsUser,
  seccompProfile,
  capabilities,
];
