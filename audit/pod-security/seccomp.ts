/** Filters of system calls, in the baseline and in the restricted profile. */
import { at, entriesOf, textOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import { type Breach, isWindows, type PodCheck, type PodView, securityContexts } from './check';

/** The first policy that reads fields; those before read annotations. */
const READS_FIELDS = 19;
const POD_ANNOTATION = 'seccomp.security.alpha.kubernetes.io/pod';
const CONTAINER_ANNOTATION = 'container.seccomp.security.alpha.kubernetes.io/';
const FIX = 'set securityContext.seccompProfile.type: RuntimeDefault';

const SECCOMP_TYPES: readonly string[] = ['RuntimeDefault', 'Localhost'];

const isAllowed = (profile: PlanNode): boolean => SECCOMP_TYPES.includes(textOf(at(profile, 'type')) ?? '');

/** Profiles that are named, and filter nothing. */
const badFields = (view: PodView): Breach[] =>
  securityContexts(view).flatMap(({ part, context }): Breach[] => {
    const profile = at(context, 'seccompProfile');
    if (profile === undefined || isAllowed(profile)) return [];
    const value = textOf(at(profile, 'type')) ?? '(absent)';
    return [{ part, message: 'system calls are not filtered', fix: FIX, node: profile, value }];
  });

function badAnnotations({ pod, containers }: PodView): Breach[] {
  const own = new Map([
    [POD_ANNOTATION, ''],
    ...containers.map(({ node, label }): [string, string] => [
      `${CONTAINER_ANNOTATION}${textOf(at(node, 'name')) ?? ''}`,
      label,
    ]),
  ]);
  return entriesOf(at(pod.root, 'metadata', 'annotations')).flatMap(([key, node]): Breach[] => {
    const part = own.get(key);
    const value = textOf(node) ?? '';
    if (part === undefined || /^(?:(?:runtime|docker)\/default$|localhost\/)/.test(value)) return [];
    return [{ part, message: 'system calls are not filtered', fix: 'use runtime/default', node, value }];
  });
}

export const seccompBaseline: PodCheck = {
  id: 'seccompProfile_baseline',
  breaches: (view) => (view.minor < READS_FIELDS ? badAnnotations(view) : badFields(view)),
};

export const seccompRestricted: PodCheck = {
  id: 'seccompProfile_restricted',
  since: READS_FIELDS,
  replaces: seccompBaseline.id,
  breaches: (view) => {
    if (isWindows(view)) return [];
    const { spec, containers } = view;
    const explicit = badFields(view);
    const podProfile = at(spec, 'securityContext', 'seccompProfile');
    if (podProfile !== undefined && isAllowed(podProfile)) return explicit;
    const implicit = containers.flatMap(({ label, node }): Breach[] =>
      at(node, 'securityContext', 'seccompProfile') === undefined
        ? [{ part: label, message: 'no seccomp profile is set', fix: FIX, node, value: '(absent)' }]
        : [],
    );
    return [...explicit, ...implicit];
  },
};
