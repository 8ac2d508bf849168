/** Capabilities of containers, in the baseline and in the restricted profile. */
import { at, itemsOf, textOf } from '../plan/access';
import { type Breach, isWindows, type PodCheck, type PodView } from './check';

/** What container runtimes give by default, but for NET_RAW. */
const USUAL: readonly string[] = [
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP'],
  ...['SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
];

const addedBut = ({ containers }: PodView, allowed: readonly string[], fix: string): Breach[] =>
  containers.flatMap(({ label, node: container }) =>
    itemsOf(at(container, 'securityContext', 'capabilities', 'add'))
      .filter((node) => !allowed.includes(textOf(node) ?? ''))
      .map((node) => ({ part: label, message: 'a capability is added', fix, node, value: textOf(node) ?? '' })),
  );

export const capabilitiesBaseline: PodCheck = {
  id: 'capabilities_baseline',
  breaches: (view) => addedBut(view, USUAL, `add none but ${USUAL.join(', ')}`),
};

const notDropped = ({ containers }: PodView): Breach[] =>
  containers.flatMap(({ label, node: container }): Breach[] => {
    const declared = at(container, 'securityContext', 'capabilities');
    const dropped = itemsOf(at(declared, 'drop')).map((node) => textOf(node));
    return dropped.includes('ALL')
      ? []
      : [
          {
            part: label,
            message: 'not every capability is dropped',
            fix: 'set securityContext.capabilities.drop: ["ALL"]',
            node: declared ?? container,
            value: dropped.join(', ') || '(none)',
          },
        ];
  });

export const capabilitiesRestricted: PodCheck = {
  id: 'capabilities_restricted',
  since: 22,
  replaces: capabilitiesBaseline.id,
  breaches: (view) =>
    isWindows(view)
      ? []
      : [...notDropped(view), ...addedBut(view, ['NET_BIND_SERVICE'], 'add none but NET_BIND_SERVICE')],
};
