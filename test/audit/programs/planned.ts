/** Containers of the platform, as the kit's own stacks and contracts write them, each with the program that it should run. */
import { at, Unproven } from '../../../audit/plan/access';
import { below, jsonNode, type ObjectNode, type PlanNode } from '../../../audit/plan/node';
import { auditContext } from '../../../audit/evaluate';
import type { KubernetesObject } from '../../../audit/kubernetes/object';
import { plainValue } from '../../../audit/kubernetes/plain';
import {
  type Container,
  type ContainerList,
  containersOf,
  podSpec,
  podTemplatesOf,
} from '../../../audit/kubernetes/pods';
import { buildPlan } from '../../../audit/plan/build-plan';
import type { Program } from '../../../audit/programs/program';
import { programComplaints } from '../../../audit/programs/program-complaints';
import { containerRole } from '../../../audit/programs/role';
import type { AuditContext, Complaint } from '../../../audit/rules/rule';
import { blueprintOf } from '../../../blueprint/blueprint';
import type { Serving } from '../../../site/generated/site';
import { synthesize } from '../../../stacks/app';
import { readPlanFiles } from '../../../audit/plan/read-files';
import { type Inputs, withFolderLater } from '../../stacks/synthesized';

/** An object of JSON, to change in place. */
export type Json = Record<string, unknown>;

/** A container in its pod, and what it is held against. */
export interface Planned {
  /** For titles, e.g. `vllm serve in Deployment airlock-serving/chat`. */
  readonly title: string;
  readonly program: Program;
  readonly engineOf: readonly Serving[] | undefined;
  readonly context: AuditContext;
  readonly object: KubernetesObject;
  /** The object as JSON. */
  readonly json: Json;
  /** Which of its pod templates, by subject; and which container there. */
  readonly subject: string;
  readonly list: ContainerList;
  readonly index: number;
}

/** One complaint, with its place from the container. */
export interface Said {
  readonly check: string;
  readonly at: string;
  readonly unproven: boolean;
  readonly message: string;
}

/** A change of the container, or of its pod. */
export type Change = (container: Json, pod: Json) => unknown;

/** The container as it stands in its pod; of a planned one it never changes, so it is read once. */
const unchanged = new WeakMap<Planned, Container>();

function containerOf(planned: Planned): Container {
  const known = unchanged.get(planned);
  if (known !== undefined) return known;
  const { object, json, subject, list, index } = planned;
  const root = jsonNode(json, { pointer: '' });
  const pod = podTemplatesOf({ ...object, root }).find((one) => one.subject === subject);
  const container = (pod === undefined ? [] : containersOf(pod)).filter((one) => one.list === list)[index];
  if (container === undefined) throw new Error(`${subject} has lost its container`);
  unchanged.set(planned, container);
  return container;
}

const withEntry = (node: PlanNode | undefined, key: string, value: PlanNode): ObjectNode => {
  if (node?.kind !== 'object') throw new Error(`there is no object to hold ${key}`);
  return { ...node, entries: new Map([...node.entries, [key, value]]) };
};

/** The container changed: what stays as it is, is not read again. */
function changed(planned: Planned, change: Change): Container {
  const before = containerOf(planned);
  const spec = podSpec(before.pod);
  const json = plainValue(before.node) as Json;
  const volumes = at(spec, 'volumes');
  const pod: Json = { volumes: volumes === undefined ? [] : plainValue(volumes) };
  change(json, pod);
  const node = jsonNode(json, before.node.where);
  const list = at(spec, before.list);
  if (list?.kind !== 'list' || spec === undefined) throw new Error('the pod has lost its containers');
  const containers: PlanNode = { ...list, items: list.items.map((item) => (item === before.node ? node : item)) };
  const held = withEntry(
    withEntry(spec, before.list, containers),
    'volumes',
    jsonNode(pod['volumes'], below(spec.where, 'volumes')),
  );
  return { ...before, node, pod: { ...before.pod, root: withEntry(before.pod.root, 'spec', held) } };
}

/** Complaints; what the plan does not say is one, as rules have it. */
function complaintsOf(
  { program, engineOf, context }: Planned,
  container: Container,
): Pick<Complaint, 'check' | 'where' | 'unproven' | 'message'>[] {
  try {
    return programComplaints({ program, engineOf, pod: container.pod, container, context });
  } catch (error) {
    if (!(error instanceof Unproven)) throw error;
    return [{ check: 'unknown', where: error.where, unproven: true, message: error.message }];
  }
}

/** What the audit says of the container, as it is or changed. */
export function said(planned: Planned, change?: Change): Said[] {
  const container = change === undefined ? containerOf(planned) : changed(planned, change);
  const base = container.node.where.pointer;
  return complaintsOf(planned, container).map(({ check, where: { pointer }, unproven = false, message }) => ({
    check,
    at: pointer.startsWith(base) ? pointer.slice(base.length) : pointer,
    unproven,
    message,
  }));
}

/** Every container of a site's plan that runs a program of the platform. */
export async function plannedOf(files: Inputs): Promise<Planned[]> {
  const context = await withFolderLater(async (folder) => {
    synthesize({ blueprint: blueprintOf(files), outdir: folder });
    return auditContext(buildPlan(await readPlanFiles(folder), new Map()), files);
  });
  return context.pods.flatMap((pod) => {
    const counts = new Map<ContainerList, number>();
    return containersOf(pod).flatMap((container): Planned[] => {
      const index = counts.get(container.list) ?? 0;
      counts.set(container.list, index + 1);
      const role = containerRole(container, context);
      if (role.kind !== 'platform' || role.program === undefined) return [];
      const { program, engineOf } = role;
      const json = plainValue(pod.object.root) as Json;
      const title = `${program.name} in ${pod.subject} ${container.label}`;
      const { list } = container;
      return [{ title, program, engineOf, context, object: pod.object, json, subject: pod.subject, list, index }];
    });
  });
}
