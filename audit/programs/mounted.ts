/** What is mounted into a program's container, and where: nothing over its code, its weights or its configuration. */
import type { Complaint } from '../rules/rule';
import { WEIGHTS_CHECK } from './command-line';
import type { PlacedMount } from './mounts';
import type { Program } from './program';

const inside = (inner: string, outer: string): boolean => inner.startsWith(`${outer.replace(/\/$/, '')}/`);

const isAt = (folder: string, path: string): boolean =>
  folder.endsWith('/*') ? inside(path, folder.slice(0, -2)) : folder === path;

const complaint = ({ mount }: PlacedMount, message: string, check = 'mount'): Complaint => ({
  check,
  message,
  fix: 'mount only what the program needs, each below a folder of its own: docs/contracts.md',
  where: mount.node.where,
  value: mount.path,
  unproven: true,
});

function placeComplaints(one: PlacedMount, { name, mounts }: Program): Complaint[] {
  const { mount, placed } = one;
  if (!/^\/[\w./-]+$/.test(mount.path) || mount.path.split('/').some((part) => part === '..' || part === '.'))
    return [complaint(one, 'the audit cannot tell what this hides')];
  const path = mount.path.replace(/(?<=.)\/+$/, '');
  const [folder, kinds] = Object.entries(mounts).find(([known]) => isAt(known, path)) ?? [];
  if (folder === undefined || kinds === undefined)
    return [complaint(one, `it hides what the image of ${name} has there`)];
  return kinds.includes(placed)
    ? []
    : [complaint(one, `what is mounted there is ${placed}; it should be ${kinds.join(' or ')}`)];
}

/** Complaints about each mount of a container, and about those that hide a part of another. */
export function mountComplaints(mounts: readonly PlacedMount[], program: Program): Complaint[] {
  const guarded = mounts.filter(({ placed }) => placed !== 'scratch');
  return mounts.flatMap((one) => {
    const hidden = guarded.find(
      (other) => other !== one && (inside(one.mount.path, other.mount.path) || one.mount.path === other.mount.path),
    );
    return [
      ...placeComplaints(one, program),
      ...(hidden === undefined
        ? []
        : [
            complaint(
              one,
              `it hides a part of what is mounted at ${hidden.mount.path}`,
              hidden.placed === 'verified' ? WEIGHTS_CHECK : 'mount',
            ),
          ]),
    ];
  });
}
