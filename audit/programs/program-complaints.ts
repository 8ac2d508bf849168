/** What a container of the platform is told, held against the closed lists of its program. */
import { AirlockError } from '../../core/errors';
import { checkExtraArgs } from '../../engines/extra-args';
import { ENGINES } from '../../engines';
import type { Serving } from '../../site/generated/site';
import type { Container, PodTemplate } from '../kubernetes/pods';
import { at, itemsOf, textOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import type { AuditContext, Complaint } from '../rules/rule';
import { type VerifiedVolume, verifiedVolumes } from '../rules/verified-volumes';
import { commandLineComplaints, probeCommandComplaints } from './command-line';
import { environmentComplaints } from './environment';
import { mountComplaints } from './mounted';
import { placedAt, placedMounts } from './mounts';
import type { Program } from './program';
import type { ProgramScope } from './reader';

const FIX = 'write the container as `cdktf synth` of the kit does, or waive it with a reason';

/** Servings that a pod may be of: those of its engine whose model it holds, verified. */
const servingsOf = (
  engineOf: readonly Serving[] | undefined,
  verified: readonly VerifiedVolume[],
): readonly Serving[] => (engineOf ?? []).filter(({ model }) => verified.some(({ models }) => models.includes(model)));

/** The arguments that the site adds by itself, where the container ends with them. */
function declaredArguments(
  { node }: Container,
  servings: readonly Serving[],
): { count: number; complaints: Complaint[] } {
  const list = at(node, 'args');
  const words = itemsOf(list).map((word) => textOf(word) ?? '');
  const serving = servings.find(({ extraArgs = [] }) => {
    const end = words.slice(words.length - extraArgs.length);
    return extraArgs.length > 0 && extraArgs.every((word, index) => word === end[index]);
  });
  if (serving === undefined || list === undefined) return { count: 0, complaints: [] };
  const { extraArgs = [], engine, name } = serving;
  try {
    checkExtraArgs(ENGINES[engine.name], { args: words.slice(0, words.length - extraArgs.length) }, extraArgs, name);
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

/** A container with the program that it should run. */
export interface PlannedProgram {
  readonly program: Program;
  /** Servings that its image is locked for, of an engine. */
  readonly engineOf: readonly Serving[] | undefined;
  readonly pod: PodTemplate;
  readonly container: Container;
  readonly context: AuditContext;
}

/**
 * Complaints about all that a container is told: command, arguments, variables, probes, hooks and mounts.
 *
 * @throws Unproven where the plan does not say it
 */
export function programComplaints({ program, engineOf, pod, container, context }: PlannedProgram): Complaint[] {
  const verified = verifiedVolumes(pod, context);
  const servings = servingsOf(engineOf, verified);
  const scope: ProgramScope = {
    context,
    pod,
    container,
    servings,
    placed: placedAt(pod, container, verified, context),
  };
  const { count, complaints } = declaredArguments(container, servings);
  return [
    ...complaints,
    ...commandLineComplaints(program, scope, count),
    ...environmentComplaints(program, scope),
    ...handlerComplaints(program, scope),
    ...mountComplaints(placedMounts(pod, container, verified, context), program),
  ];
}
