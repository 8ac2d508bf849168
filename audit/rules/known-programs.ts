/** AIR-RUN-1. */
import { placeOf } from '../kubernetes/object';
import { type Container, containersOf, type PodTemplate } from '../kubernetes/pods';
import { WEIGHTS_CHECK } from '../programs/command-line';
import { programComplaints } from '../programs/program-complaints';
import { containerRole, type Role } from '../programs/role';
import { type AuditContext, type Complaint, guard, judge, type Rule, type Statement } from './rule';

const FIX = 'write the container as `cdktf synth` of the kit does, or waive it with a reason';

interface Part {
  readonly container: Container;
  readonly role: Role;
}

/** Containers of others in a pod of the platform: they share its network, and may share its volumes. */
const companyComplaints = (parts: readonly Part[]): Complaint[] =>
  parts
    .filter(({ role }) => role.kind === 'other')
    .map(({ container }) => ({
      check: 'company',
      message: `${container.label} is no part of the platform, and shares the pod, its address and its flows with what is`,
      fix: 'run it in a pod of its own',
      where: container.node.where,
      unproven: true,
    }));

function judgePart({ container, role }: Part, pod: PodTemplate, context: AuditContext): Statement[] {
  if (role.kind !== 'platform') return [];
  const subject = `${pod.subject} ${container.label}`;
  const place = placeOf(pod.object, container.node);
  const { program, engineOf } = role;
  return judge(
    { subject, place, proven: `runs ${program?.name ?? 'a program'} with nothing but what is known of it` },
    () => {
      if (program === undefined) {
        const message = 'its image is one of the platform, and what it is told is not known for that image';
        return [{ check: 'command', message, fix: FIX, where: container.node.where, unproven: true }];
      }
      return programComplaints({ program, engineOf, pod, container, context }).filter(
        ({ check }) => check !== WEIGHTS_CHECK,
      );
    },
  );
}

function judgePod(pod: PodTemplate, context: AuditContext): Statement[] {
  const parts = containersOf(pod).map((container) => ({ container, role: containerRole(container, context) }));
  if (parts.every(({ role }) => role.kind === 'other')) return [];
  const company = companyComplaints(parts);
  return [
    ...parts.flatMap((part) => guard(pod.subject, placeOf(pod.object), () => judgePart(part, pod, context))),
    ...(company.length === 0
      ? []
      : judge({ subject: pod.subject, place: placeOf(pod.object), proven: '' }, () => company)),
  ];
}

export const knownPrograms: Rule = {
  id: 'AIR-RUN-1',
  title: 'Every program of the platform is told nothing but what is known of it',
  explanation:
    'An image by digest says which programs are there, and not what they are told: a flag downloads, a variable loads code, a ' +
    'mount hides weights or a library. Reads command, arguments, variables, probes, hooks and mounts of every container whose ' +
    'image the lock carries for a serving, the gateway, its counters, the collector, the device plugin or the kit, against ' +
    'closed lists: an engine loads verified weights alone, under a name of the site, offline; what is in no list is UNPROVEN. ' +
    'Arguments that the site adds to a serving are held against the contract of its engine. Containers of others in such a ' +
    'pod are UNPROVEN. Of images that the site adds by itself it says nothing: policies confine those.',
  waivable: true,
  needs: ['pods'],
  evaluate: (context) =>
    context.pods.flatMap((pod) => guard(pod.subject, placeOf(pod.object), () => judgePod(pod, context))),
};
