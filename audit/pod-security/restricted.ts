/** Checks that the restricted profile adds to the baseline one. */
import { at, flagOf, integerOf, textOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import { type Breach, isInUserNamespace, isWindows, type PodCheck, securityContexts } from './check';

const allowPrivilegeEscalation: PodCheck = {
  id: 'allowPrivilegeEscalation',
  since: 8,
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
  breaches: (view) => {
    if (isInUserNamespace(view)) return [];
    const { spec, containers } = view;
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
  since: 23,
  breaches: (view) =>
    (isInUserNamespace(view) ? [] : securityContexts(view)).flatMap(({ part, context }): Breach[] => {
      const node = at(context, 'runAsUser');
      if (node === undefined || integerOf(node) !== 0) return [];
      return [{ part, message: 'user 0 is root', fix: 'name another numeric user', node, value: '0' }];
    }),
};

/** In the restricted profile alone, without those that replace a check of the baseline profile. */
export const RESTRICTED: readonly PodCheck[] = [allowPrivilegeEscalation, runAsNonRoot, runAsUser];
