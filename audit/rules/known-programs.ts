/** AIR-RUN-1. */
import { AirlockError } from '../../core/errors';
import { checkExtraArgs } from '../../engines/extra-args';
import { ENGINES } from '../../engines';
import type { Serving } from '../../site/generated/site';
import { placeOf } from '../kubernetes/object';
import { type Container, containersOf, type PodTemplate } from '../kubernetes/pods';
import { at, itemsOf, textOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import { commandLineComplaints, probeCommandComplaints } from '../programs/command-line';
import { environmentComplaints } from '../programs/environment';
import { mountComplaints } from '../programs/mounted';
import { placedAt, placedMounts } from '../programs/mounts';
import type { Program } from '../programs/program';
import type { ProgramScope } from '../programs/reader';
import { containerRole, type Role } from '../programs/role';
import { type AuditContext, type Complaint, guard, judge, type Rule, type Statement } from './rule';
import { type VerifiedVolume, verifiedVolumes } from './verified-volumes';

const FIX = 'write the container as `cdktf synth` of the kit does, or waive it with a reason';

interface Part {
  readonly container: Container;
  readonly role: Role;
}

/** Servings that a pod may be of: those of its engine whose model it holds, verified. */
const servingsOf = (engineOf: readonly Serving[] | undefined, verified: readonly VerifiedVolume[]): readonly Serving[] =>
  (engineOf ?? []).filter(({ model }) => verified.some(({ models }) => models.includes(model)));

/** The arguments that the site adds by itself, where the container ends with them. */
function declaredArguments({ node }: Container, servings: readonly Serving[]): { count: number; complaints: Complaint[] } {
  const list = at(node, 'args');
  const words = itemsOf(list).map((word) => textOf(word) ?? '');
  const serving = servings.find(({ extraArgs = [] }) => {
    const end = words.slice(words.length - extraArgs.length);
    return extraArgs.length > 0 && extraArgs.every((word, index) => word === end[index]);
  });
  if (serving === undefined || list === undefined) return { count: 0, complaints: [] };
  const { extraArgs = [], engine, name } = serving;
  try {
    checkExtraArgs(ENGINES[engine.name], { args: [] }, extraArgs, name);
    return { count: extraArgs.length, complaints: [] };
  } catch (error) {
    if (!(error instanceof AirlockError)) throw error;
    const complaint = { check: 'argument', message: error.message, fix: error.fix ?? FIX, where: list.where };
    return { count: extraArgs.length, complaints: [complaint] };
  }
}

const handlersOf = (container: PlanNode): readonly PlanNode[] =>
  [
    ...['livenessProbe', 'readinessProbe', 'startupProbe'].map((probe) => at(container, probe)),
    ...['postStart', 'preStop'].map((hook) => at(container, 'lifecycle', hook)),
  ].flatMap((handler) => handler ?? []);

/** What the kubelet asks, and runs. */
function handlerComplaints(program: Program, scope: ProgramScope): Complaint[] {
  return handlersOf(scope.container.node).flatMap((handler) => {
    const path = at(handler, 'httpGet', 'path');
    const value = textOf(path) ?? '/';
    const command = at(handler, 'exec', 'command');
    const asks = at(handler, 'httpGet') !== undefined && !(program.probePaths ?? []).includes(value);
    return [
      ...(asks
        ? [
            {
              check: 'probe',
              message: `the audit does not know what ${program.name} does when it is asked for this path`,
              fix: FIX,
              where: (path ?? handler).where,
              value,
              unproven: true,
            },
          ]
        : []),
      ...(command === undefined ? [] : probeCommandComplaints(command, program, scope)),
    ];
  });
}

function programComplaints(program: Program, scope: ProgramScope, verified: readonly VerifiedVolume[]): Complaint[] {
  const { container, pod, servings } = scope;
  const { count, complaints } = declaredArguments(container, servings);
  return [
    ...complaints,
    ...commandLineComplaints(program, scope, count),
    ...environmentComplaints(program, scope),
    ...handlerComplaints(program, scope),
    ...mountComplaints(placedMounts(pod, container, verified), program),
  ];
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
  return judge({ subject, place, proven: `runs ${program?.name ?? 'a program'} with nothing but what is known of it` }, () => {
    if (program === undefined) {
      const message = 'its image is one of the platform, and what it is told is not known for that image';
      return [{ check: 'command', message, fix: FIX, where: container.node.where, unproven: true }];
    }
    const verified = verifiedVolumes(pod, context);
    const servings = servingsOf(engineOf, verified);
    const placed = placedAt(pod, container, verified);
    return programComplaints(program, { context, pod, container, servings, placed }, verified);
  });
}

function judgePod(pod: PodTemplate, context: AuditContext): Statement[] {
  const parts = containersOf(pod).map((container) => ({ container, role: containerRole(container, context) }));
  if (parts.every(({ role }) => role.kind === 'other')) return [];
  const company = companyComplaints(parts);
  return [
    ...parts.flatMap((part) => guard(pod.subject, placeOf(pod.object), () => judgePart(part, pod, context))),
    ...(company.length === 0 ? [] : judge({ subject: pod.subject, place: placeOf(pod.object), proven: '' }, () => company)),
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
