/** The change from one plan to another, as steps that a person takes. */
import type { PodSpec } from 'kubernetes-types/core/v1';
import { quote } from 'shell-quote';
import type { PlainObject } from '../../audit/kubernetes/plain';
import { type NeededContent, neededContents } from '../deployments/needed-contents';
import type { PlanStack } from '../deployments/plan-tree';
import type { StackObject } from '../planned-objects';
import { podsOf } from '../pod-specs';
import { contentsOf } from '../status/contents';
import { changesBetween, type ObjectChange } from './changes';
import { type CommandOptions, destroyCommands, environmentCommand, PROGRAM, terraformCommands } from './commands';

export interface RunbookContent extends NeededContent {
  /** Where the lock tells. */
  readonly bytes?: number;
}

export interface RunbookStep {
  readonly title: string;
  /** Run as they stand, from the folder that holds the plan. */
  readonly commands: readonly string[];
  /** What must hold before the next step; each fails with an exit status. */
  readonly checks: readonly string[];
  readonly changes: readonly Omit<ObjectChange, 'before' | 'after'>[];
  /** Seconds that the transfer of contents takes at the given speed; absent where a size is not known. */
  readonly expectedSeconds?: number;
  /** Seconds after which the cluster itself gives up. */
  readonly atMostSeconds?: number;
  /** What cannot be taken back once this step is done. */
  readonly pointOfNoReturn?: string;
}

export interface Runbook {
  /** Whether something was deployed before: without, the way back is to destroy. */
  readonly first: boolean;
  /** Contents that the new plan names and the old one does not. */
  readonly fresh: readonly RunbookContent[];
  /** Contents that only the old plan names: the way back needs them. */
  readonly left: readonly NeededContent[];
  readonly steps: readonly RunbookStep[];
}

export interface RunbookOptions extends CommandOptions {
  readonly before: readonly StackObject[];
  readonly after: readonly StackObject[];
  /** Stacks of the new plan in their order. */
  readonly stacks: readonly PlanStack[];
  /** Bytes of contents by digest. */
  readonly sizes: ReadonlyMap<string, number>;
  /** Bytes a second at which weights come. @default - unknown: no durations of transfers */
  readonly speed?: number;
}

const key = ({ host, repository, digest }: NeededContent): string => `${host}/${repository}@${digest}`;
const objectsOf = (all: readonly StackObject[]): PlainObject[] => all.map(({ object }) => object);

/** Kinds that hold what no deployment brings back. */
const HOLDING = ['PersistentVolumeClaim', 'Namespace', 'Secret'];
const WAITED_FOR = ['Deployment', 'StatefulSet', 'DaemonSet'];

function loss({ action, subject, fields, before }: ObjectChange): string[] {
  if (!HOLDING.includes(before?.kind ?? '')) return [];
  if (action === 'remove') return [`${subject} and what it holds are gone`];
  // A claim grows in place and never shrinks; another class makes another claim (kubernetes.io, "Persistent Volumes").
  return before?.kind === 'PersistentVolumeClaim' && fields.some((field) => field.startsWith('spec'))
    ? [`${subject} cannot get its former specification back`]
    : [];
}

/** Bytes of weights that pods pull before they start; undefined where the size of one is not known. */
function weightBytes(objects: readonly PlainObject[], sizes: ReadonlyMap<string, number>): number | undefined {
  const pulled = objects.flatMap(podsOf).flatMap(({ spec }) => contentsOf(spec).filter(({ isImage }) => !isImage));
  const digests = new Set(pulled.flatMap(({ digest }) => digest ?? []));
  return [...digests].reduce<number | undefined>((sum, digest) => {
    const size = sizes.get(digest);
    return sum === undefined || size === undefined ? undefined : sum + size;
  }, 0);
}

/** Seconds of a transfer, where size and speed are known and there is something to transfer. */
const transfer = (bytes: number | undefined, speed: number | undefined): { expectedSeconds?: number } =>
  bytes === undefined || bytes === 0 || speed === undefined ? {} : { expectedSeconds: Math.ceil(bytes / speed) };

const patience = ({ containers }: PodSpec): number =>
  Math.max(
    0,
    ...containers.map(
      ({ startupProbe }) => (startupProbe?.failureThreshold ?? 0) * (startupProbe?.periodSeconds ?? 10),
    ),
  );

/** Seconds that a rollout may take: what the workload states, else its pods' startup. */
function deadline(object: PlainObject): number {
  const { progressDeadlineSeconds } = (object['spec'] ?? {}) as { readonly progressDeadlineSeconds?: number };
  return progressDeadlineSeconds ?? Math.max(600, ...podsOf(object).map(({ spec }) => patience(spec)));
}

function rollout({ after }: ObjectChange): string[] {
  if (after === undefined || !WAITED_FOR.includes(after.kind)) return [];
  const { name, namespace = 'default' } = after.metadata;
  const what = `${after.kind.toLowerCase()}/${name}`;
  return [`kubectl rollout status --namespace ${namespace} ${what} --timeout=${String(deadline(after))}s`];
}

function stackStep(stack: PlanStack, changes: readonly ObjectChange[], options: RunbookOptions): RunbookStep {
  const { plan, sizes, speed } = options;
  const started = changes.flatMap(({ after }) => (after !== undefined && podsOf(after).length > 0 ? [after] : []));
  const losses = changes.flatMap(loss);
  return {
    title: `deploy stack ${stack.name}`,
    commands: terraformCommands(`${plan}/${stack.folder}`),
    checks: changes.flatMap(rollout),
    changes: changes.map(({ stack: of, subject, action, fields }) => ({ stack: of, subject, action, fields })),
    ...transfer(weightBytes(started, sizes), speed),
    ...(started.length === 0 ? {} : { atMostSeconds: Math.max(...started.map(deadline)) }),
    ...(losses.length === 0 ? {} : { pointOfNoReturn: losses.join('; ') }),
  };
}

/** A stack that is left out of the new plan goes with the configuration of the old one; what builds on others goes first. */
function removedStacks(changes: readonly ObjectChange[], options: RunbookOptions): RunbookStep[] {
  const known = new Set(options.stacks.map(({ name }) => name));
  const order = (options.previous?.stacks ?? []).map(({ name }) => name);
  const gone = [...new Set(changes.map(({ stack }) => stack))]
    .filter((name) => !known.has(name))
    .sort((a, b) => order.indexOf(b) - order.indexOf(a));
  return gone.map((name) => {
    const own = changes.filter(({ stack }) => stack === name);
    const losses = own.flatMap(loss);
    const commands = destroyCommands(name, options);
    return {
      title: `destroy stack ${name}, with the plan that still has it${commands.length > 0 ? '' : '; --from <plan> says how'}`,
      commands,
      checks: [],
      changes: own.map(({ stack, subject, action, fields }) => ({ stack, subject, action, fields })),
      ...(losses.length === 0 ? {} : { pointOfNoReturn: losses.join('; ') }),
    };
  });
}

function contentStep(fresh: readonly RunbookContent[], { speed }: RunbookOptions): RunbookStep[] {
  if (fresh.length === 0) return [];
  const known = fresh.every(({ bytes }) => bytes !== undefined);
  const bytes = known ? fresh.reduce((sum, content) => sum + (content.bytes ?? 0), 0) : undefined;
  return [
    {
      title: 'see that the registry has what is new; where it has not, import the bundle that brings it',
      commands: [],
      checks: fresh.map(
        ({ host, repository, digest }) =>
          `curl --fail --silent --show-error --head --header 'Accept: */*' https://${host}/v2/${repository}/manifests/${digest}`,
      ),
      changes: [],
      ...transfer(bytes, speed),
    },
  ];
}

/** The steps from one plan to another; none where nothing differs. The same plans give the same steps. */
export function runbookOf(options: RunbookOptions): Runbook {
  const { before, after, stacks, sizes, plan, program = PROGRAM } = options;
  const changes = changesBetween(before, after);
  const [old, now] = [neededContents(objectsOf(before)), neededContents(objectsOf(after))];
  const fresh = now
    .filter((content) => !old.some((one) => key(one) === key(content)))
    .map((content) => ({
      ...content,
      ...(sizes.has(content.digest) ? { bytes: sizes.get(content.digest) ?? 0 } : {}),
    }));
  const left = old.filter((content) => !now.some((one) => key(one) === key(content)));
  if (changes.length === 0) return { first: before.length === 0, fresh, left, steps: [] };
  const folder = quote([plan]);
  const deploying = stacks.flatMap((stack) => {
    const own = changes.filter((change) => change.stack === stack.name);
    return own.length === 0 ? [] : [stackStep(stack, own, options)];
  });
  const first: RunbookStep = {
    title: 'judge the plan and the cluster before anything changes',
    commands: [environmentCommand(plan)],
    checks: [`${program} audit ${folder}`, `${program} preflight ${folder}`],
    changes: [],
  };
  const last: RunbookStep = {
    title: 'see that what runs is what is planned, and keep it',
    commands: [`${program} deployed ${folder}`],
    checks: [`${program} status ${folder}`, `${program} drift ${folder}`],
    changes: [],
  };
  return {
    first: before.length === 0,
    fresh,
    left,
    steps: [...contentStep(fresh, options), first, ...deploying, ...removedStacks(changes, options), last],
  };
}
