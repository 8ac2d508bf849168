/** Masks of /proc, in the baseline and in the restricted profile. */
import { at, textOf } from '../plan/access';
import { type Breach, isInUserNamespace, type PodCheck, type PodView } from './check';

const unmasked = ({ containers }: PodView): Breach[] =>
  containers.flatMap(({ label, node: container }): Breach[] => {
    const node = at(container, 'securityContext', 'procMount');
    const value = textOf(node);
    if (node === undefined || value === 'Default') return [];
    return [{ part: label, message: '/proc is unmasked', fix: 'remove procMount', node, value: value ?? '' }];
  });

export const procMountBaseline: PodCheck = {
  id: 'procMount',
  breaches: (view) => (isInUserNamespace(view) ? [] : unmasked(view)),
};

/** Before, the baseline check was as strict. */
export const procMountRestricted: PodCheck = {
  id: 'procMount_restricted',
  since: 35,
  replaces: procMountBaseline.id,
  breaches: unmasked,
};
