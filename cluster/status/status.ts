/** What runs against what is planned and locked, workload by workload. */
import type { CronJob, Job } from 'kubernetes-types/batch/v1';
import type { Pod, PodSpec } from 'kubernetes-types/core/v1';
import { knownKind } from '../../audit/kubernetes/kinds';
import type { PlainObject } from '../../audit/kubernetes/plain';
import { podsOf, type PlannedPods } from '../pod-specs';
import { type Content, contentsOf, digestIn } from './contents';
import type { LockedDigests } from './locked-digests';

/**
 * `same` as planned, an `other` digest, planned but `missing`, running although no plan has it: `foreign`, or `waiting` for the
 * time at which it is to run as planned.
 */
export type State = 'same' | 'other' | 'missing' | 'foreign' | 'waiting';

export interface StatusRow {
  readonly namespace: string;
  /** `Deployment chat`; of foreign ones the pod: `Pod intruder`. */
  readonly workload: string;
  /** Container, or what it pulls. */
  readonly part: string;
  /** `sha256:…`; absent for what no plan has. */
  readonly expected?: string;
  /** Every digest that runs, sorted; empty where nothing does. A reference without a digest stands as it is. */
  readonly running: readonly string[];
  /** Pods that are ready, of those that are planned: `1/2`; `done` for work that has ended well, `on time` for work that waits. */
  readonly ready: string;
  readonly state: State;
}

export interface ClusterStatus {
  readonly rows: readonly StatusRow[];
  /** Digests of the plan that the lock does not name. */
  readonly unlocked: readonly string[];
}

/** What was read of a cluster. */
export interface Running {
  /** Pods of the plan's namespaces. */
  readonly pods: readonly Pod[];
  readonly jobs: readonly Job[];
  readonly cronJobs: readonly CronJob[];
}

type Labels = Readonly<Record<string, string>>;

interface Template extends PlannedPods {
  readonly kind: string;
  readonly name: string;
  readonly labels: Labels;
}

const templateLabels = (object: PlainObject, at: number): Labels => {
  const path = knownKind(object.apiVersion, object.kind)?.podTemplates?.[at] ?? [];
  const template = path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], object);
  return (template as { readonly metadata?: { readonly labels?: Labels } } | undefined)?.metadata?.labels ?? {};
};

/** Pod templates of a plan; objects that make no pods have none. */
const templatesOf = (objects: readonly PlainObject[]): Template[] =>
  objects.flatMap((object) =>
    podsOf(object).map((planned, at) => ({
      ...planned,
      kind: object.kind,
      name: object.metadata.name,
      labels: templateLabels(object, at),
    })),
  );

const belongs = ({ metadata }: Pod, { namespace, labels }: Template): boolean =>
  metadata?.namespace === namespace &&
  Object.entries(labels).every(([label, value]) => metadata.labels?.[label] === value);

const isReady = ({ status }: Pod): boolean =>
  status?.phase === 'Succeeded' ||
  (status?.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True');

/** Pods that were evicted or deleted still lie there, and run nothing. */
const runs = ({ status, metadata }: Pod): boolean =>
  status?.phase !== 'Failed' && metadata?.deletionTimestamp === undefined;

/** Runtimes write a reference with a digest, a digest, or its bare digits (kubernetes cri-api, Image.id). */
function pulledDigest(imageID: string): string {
  const [, digits] = /(?:^|sha256:)([0-9a-f]{64})$/.exec(imageID) ?? [];
  return digits === undefined ? imageID : `sha256:${digits}`;
}

/**
 * What one pod runs of a part: for images what the runtime says it pulled (`imageID`), else what its specification names.
 * Undefined while nothing has been pulled.
 */
function runningIn({ spec, status }: Pod, part: string): string | undefined {
  const content = (spec === undefined ? [] : contentsOf(spec)).find((one) => one.part === part);
  if (content === undefined) return undefined;
  if (!content.isImage) return content.digest ?? 'no digest';
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const { imageID = '' } = statuses.find(({ name }) => name === part) ?? {};
  if (imageID === '') return undefined;
  return pulledDigest(imageID);
}

function stateOf(expected: string, running: readonly string[], locked: LockedDigests): State {
  if (running.length === 0) return 'missing';
  return running.every((digest) => locked.same(expected, digest)) ? 'same' : 'other';
}

/** What tells in place of pods what ran, or will run. */
interface StandIn {
  readonly spec: PodSpec | undefined;
  readonly ready: string;
  /** State where it has the planned digests. */
  readonly same: State;
}

/** A job that has ended tells what ran, since its template cannot be changed any more; a cron job what its next run will be. */
function standInOf({ kind, name, namespace }: Template, { jobs, cronJobs }: Running): StandIn | undefined {
  const isIt = ({ metadata }: Job | CronJob): boolean => metadata?.name === name && metadata.namespace === namespace;
  if (kind === 'Job') {
    const done = jobs.find((job) => isIt(job) && (job.status?.succeeded ?? 0) > 0);
    return done && { spec: done.spec?.template.spec, ready: 'done', same: 'same' };
  }
  const scheduled = kind === 'CronJob' ? cronJobs.find(isIt) : undefined;
  return scheduled && { spec: scheduled.spec?.jobTemplate.spec?.template.spec, ready: 'on time', same: 'waiting' };
}

/** Pods of a template. Those of a cron job's earlier runs lie there with what was planned then. */
const podsFor = (template: Template, pods: readonly Pod[]): Pod[] =>
  pods.filter(
    (pod) => runs(pod) && belongs(pod, template) && !(template.kind === 'CronJob' && pod.status?.phase === 'Succeeded'),
  );

function rowsOf(template: Template, running: Running, locked: LockedDigests): StatusRow[] {
  const mine = podsFor(template, running.pods);
  if (template.replicas === 0 && mine.length === 0) return [];
  const standIn = template.kind === 'CronJob' && mine.length > 0 ? undefined : standInOf(template, running);
  const wanted = template.replicas ?? mine.length;
  const ready = standIn?.ready ?? `${String(mine.filter(isReady).length)}/${String(wanted)}`;
  const digests = ({ part }: Content): string[] => {
    const found = mine.flatMap((pod) => runningIn(pod, part) ?? []);
    if (found.length === 0 && standIn?.spec !== undefined)
      found.push(...contentsOf(standIn.spec).flatMap((one) => (one.part === part ? (one.digest ?? 'no digest') : [])));
    return [...new Set(found)].sort();
  };
  return contentsOf(template.spec).map((content) => {
    const { part, digest: expected = 'no digest' } = content;
    const found = digests(content);
    const state = stateOf(expected, found, locked);
    return {
      ...{ namespace: template.namespace, workload: `${template.kind} ${template.name}`, part, expected },
      ...{ running: found, ready, state: state === 'same' ? (standIn?.same ?? state) : state },
    };
  });
}

/** Parts of a pod that no template has: the whole pod, or containers that somebody put into it, ephemeral ones too. */
function foreignRows(pod: Pod, templates: readonly Template[]): StatusRow[] {
  const { metadata, spec, status } = pod;
  if (spec === undefined || !runs(pod)) return [];
  const mine = templates.filter((template) => belongs(pod, template));
  const planned = new Set(mine.flatMap((template) => contentsOf(template.spec).map(({ part }) => part)));
  const ephemeral = (spec.ephemeralContainers ?? []).map(({ name, image = '' }) => ({
    part: `ephemeral ${name}`,
    running:
      digestIn((status?.ephemeralContainerStatuses ?? []).find((one) => one.name === name)?.imageID ?? '') ?? image,
  }));
  const parts = contentsOf(spec).flatMap(({ part, digest }) => {
    if (planned.has(part)) return [];
    const image = [...(spec.initContainers ?? []), ...spec.containers].find(({ name }) => name === part)?.image;
    return [{ part, running: runningIn(pod, part) ?? digest ?? image ?? 'no digest' }];
  });
  return [...parts, ...ephemeral].map(({ part, running }) => ({
    namespace: metadata?.namespace ?? '',
    workload: `Pod ${metadata?.name ?? ''}`,
    part,
    running: [running],
    ready: isReady(pod) ? '1/1' : '0/1',
    state: 'foreign',
  }));
}

/**
 * Compares what runs with what is planned.
 *
 * @param objects of the plan; what runs in their namespaces must be theirs
 */
export function statusOf(objects: readonly PlainObject[], running: Running, locked: LockedDigests): ClusterStatus {
  const templates = templatesOf(objects);
  const rows = templates.flatMap((template) => rowsOf(template, running, locked));
  const digests = templates.flatMap(({ spec }) => contentsOf(spec).flatMap(({ digest }) => digest ?? []));
  return {
    rows: [...rows, ...running.pods.flatMap((pod) => foreignRows(pod, templates))],
    unlocked: [...new Set(digests)].filter((digest) => !locked.has(digest)).sort(),
  };
}

/** Whether a row is as planned. */
export const isAsPlanned = ({ state }: StatusRow): boolean => state === 'same' || state === 'waiting';

/** Whether everything that is planned runs, and nothing else. */
export const isSame = ({ rows, unlocked }: ClusterStatus): boolean => unlocked.length === 0 && rows.every(isAsPlanned);
