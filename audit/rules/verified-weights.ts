/** AIR-WGT-2. */
import { once } from '../../core/remember';
import type { Lock } from '../../site/generated/lock';
import type { Serving } from '../../site/generated/site';
import { type KubernetesObject, placeOf } from '../kubernetes/object';
import { type Container, containersOf, podSpec, type PodTemplate } from '../kubernetes/pods';
import { podsIn } from '../kubernetes/selection';
import { at, flagOf, itemsOf, textOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import { readImage } from './image-reference';
import { kitCommandLine } from './kit-arguments';
import type { LockedImage } from './locked-digests';
import { WEIGHTS_CHECK } from '../programs/command-line';
import { programComplaints } from '../programs/program-complaints';
import { containerRole, servingsOf } from '../programs/role';
import { type AuditContext, type Complaint, guard, judge, type Rule, type Statement } from './rule';
import {
  type Mount,
  mountsOf,
  showsVerified,
  type VerifiedVolume,
  verifiedPlace,
  verifiedVolumes,
  type VolumeLife,
} from './verified-volumes';

const SERVING = 'serving/';
/** Kinds whose pods end. */
const FINITE: readonly string[] = ['Job', 'CronJob'];

interface EngineContainer {
  readonly container: Container;
  /** Servings that this image was locked for. */
  readonly servings: readonly Serving[];
  readonly image: LockedImage;
}

interface ServingPod {
  readonly pod: PodTemplate;
  readonly engines: readonly EngineContainer[];
  readonly verified: readonly VerifiedVolume[];
}

function engineOf(container: Container, { site, enclave, locked }: AuditContext): EngineContainer[] {
  const planned = readImage(textOf(at(container.node, 'image')) ?? '', enclave);
  const image = planned === undefined ? undefined : locked.imageByDigest(planned.digest);
  if (image === undefined) return [];
  const servings = servingsOf(image, site);
  return servings.length === 0 ? [] : [{ container, servings, image }];
}

const isReadOnly = (node: PlanNode): boolean => flagOf(at(node, 'readOnly')) === true;

/** Mounts of a pod's volume that may write to it, but for those of containers that a caller trusts. */
const writableMounts = (
  pod: PodTemplate,
  volume: string,
  isTrusted: (container: Container) => boolean,
): { readonly label: string; readonly mount: Mount }[] =>
  containersOf(pod)
    .filter((container) => !isTrusted(container))
    .flatMap((container) =>
      mountsOf(container)
        .filter((mount) => mount.volume === volume && !isReadOnly(mount.node))
        .map((mount) => ({ label: container.label, mount })),
    );

/** Whether a claim's name is one that a StatefulSet gives its replicas (Kubernetes documentation, "StatefulSets"). */
const isClaimOf = (claim: string, volume: string, statefulSet: string): boolean =>
  claim.startsWith(`${volume}-${statefulSet}-`) && /^\d+$/.test(claim.slice(volume.length + statefulSet.length + 2));

/** A volume of a pod that is a claim by its name. */
interface NamedClaim {
  readonly pod: PodTemplate;
  readonly volume: string;
  readonly named: string;
  readonly source: PlanNode;
}

const claimsOf = once((pods: readonly PodTemplate[]): readonly NamedClaim[] =>
  pods.flatMap((pod) =>
    itemsOf(at(podSpec(pod), 'volumes')).flatMap((node): NamedClaim[] => {
      const source = at(node, 'persistentVolumeClaim');
      const named = textOf(at(source, 'claimName'));
      if (source === undefined || named === undefined) return [];
      return [{ pod, volume: textOf(at(node, 'name')) ?? '', named, source }];
    }),
  ),
);

/** Complaints about other pods of the plan that may write to a claim; fetching is no writing. */
function otherWriters(pod: PodTemplate, { volume, life, claim }: VerifiedVolume, context: AuditContext): Complaint[] {
  const { namespace, name } = pod.object;
  const isSame = (other: string): boolean => (life === 'shared' ? other === claim : isClaimOf(other, volume, name));
  const fetches = (container: Container): boolean =>
    verifiedPlace(container, context) !== undefined && kitCommandLine(container).command === 'weights fetch';
  return claimsOf(podsIn(context.pods, namespace))
    .filter(({ pod: other, named, source }) => other !== pod && isSame(named) && !isReadOnly(source))
    .flatMap(({ pod: other, volume: name, named }) =>
      writableMounts(other, name, fetches).map(({ label }): Complaint => ({
        check: 'writable',
        message: `${other.subject} ${label} may write to the verified weights in claim ${named}`,
        fix: 'set readOnly: true on its volumeMount',
        where: pod.root.where,
      })),
    );
}

/** Complaints about whoever could change a verified volume. */
function writerComplaints(pod: PodTemplate, verified: VerifiedVolume, context: AuditContext): Complaint[] {
  const { volume, verifier, life, claim } = verified;
  if (life === 'image') return [];
  const declared = context.enclave.weights?.claim;
  const undeclared: Complaint = {
    check: 'shared-volume',
    message: `volume ${volume} outlives the pod: another one may change the weights after they were verified`,
    fix: 'fetch into an emptyDir, or name the claim with its owner as weights.claim in enclave.yaml',
    where: verifier.node.where,
    unproven: true,
  };
  const writers = writableMounts(pod, volume, ({ node }) => node === verifier.node).map(
    ({ label, mount }): Complaint => ({
      check: 'writable',
      message: `${label} may write to the verified weights in volume ${volume}`,
      fix: 'set readOnly: true on its volumeMount',
      where: (at(mount.node, 'readOnly') ?? mount.node).where,
    }),
  );
  return [
    ...(life === 'shared' && (claim === undefined || claim !== declared?.name) ? [undeclared] : []),
    ...writers,
    ...(life === 'pod' ? [] : otherWriters(pod, verified, context)),
  ];
}

const PROOF: Readonly<Record<VolumeLife, string>> = {
  pod: 'written by the verifying init container alone',
  image: 'an image volume, which nobody can write to',
  replica: 'a claim of the replica, written by the verifying init container alone',
  shared: 'a claim that no pod of the plan writes to but by fetching; its owner in the enclave answers for others',
};

const mountsModel = ({ container, servings }: EngineContainer, verified: readonly VerifiedVolume[]): boolean => {
  const mounts = mountsOf(container);
  return verified.some(
    (volume) =>
      mounts.some((mount) => showsVerified(volume, mount)) &&
      servings.some(({ model }) => volume.models.includes(model)),
  );
};

/** Paths that the engine is told to load from, where anything else than verified weights lies. */
function pathComplaints(
  { container, servings }: EngineContainer,
  pod: PodTemplate,
  context: AuditContext,
): Complaint[] {
  const role = containerRole(container, context);
  if (role.kind !== 'platform' || role.program === undefined) return [];
  const told = programComplaints({ program: role.program, engineOf: servings, pod, container, context });
  return told.filter(({ check }) => check === WEIGHTS_CHECK).map((complaint) => ({ ...complaint, unproven: false }));
}

function judgePod({ pod, engines, verified }: ServingPod, context: AuditContext): Statement[] {
  const place = placeOf(pod.object);
  const proven = 'its weights are verified before it starts, and it cannot change them';
  const judgedEngines = engines.flatMap((engine) =>
    judge(
      {
        subject: `${pod.subject} ${engine.container.label}`,
        place: placeOf(pod.object, engine.container.node),
        proven,
      },
      () =>
        mountsModel(engine, verified)
          ? pathComplaints(engine, pod, context)
          : [
              {
                check: 'unverified',
                message: 'no init container verifies the weights of this engine into a volume that it mounts',
                fix: 'add an init container of the kit: weights fetch --mirror … --model name@sha256:… --into <volume>',
                where: engine.container.node.where,
              },
            ],
    ),
  );
  const writers = verified.flatMap((volume) => {
    const subject = `${pod.subject} volume ${volume.volume}`;
    return judge({ subject, place, proven: PROOF[volume.life] }, () => writerComplaints(pod, volume, context));
  });
  return [...judgedEngines, ...writers];
}

/** Names of the images that the lock has for each serving. */
function imagesOfServings({ images }: Lock): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { name, usedBy } of images) {
    for (const user of usedBy) {
      if (!user.startsWith(SERVING)) continue;
      const serving = user.slice(SERVING.length);
      found.set(serving, [...(found.get(serving) ?? []), name]);
    }
  }
  return found;
}

const runs = (image: string, model: string): string => `${image}\u0000${model}`;

/**
 * Workloads by the image and the model that an engine of theirs runs. One with several templates is still one, and a Job that
 * uses the image on the way serves nothing.
 */
function workloadsByRun(pods: readonly ServingPod[]): ReadonlyMap<string, readonly KubernetesObject[]> {
  const found = new Map<string, Set<KubernetesObject>>();
  for (const { pod, engines, verified } of pods) {
    if (FINITE.includes(pod.object.kind)) continue;
    for (const { container, image } of engines) {
      const mounts = mountsOf(container);
      const shown = verified.filter((volume) => mounts.some((mount) => showsVerified(volume, mount)));
      for (const model of shown.flatMap(({ models }) => models)) {
        const key = runs(image.name, model);
        found.set(key, (found.get(key) ?? new Set()).add(pod.object));
      }
    }
  }
  return new Map([...found].map(([key, objects]) => [key, [...objects]]));
}

/** Workloads of several lists in the order of the plan, each once. */
function inOrder(
  lists: readonly (readonly KubernetesObject[])[],
  pods: readonly ServingPod[],
): readonly KubernetesObject[] {
  const [only = [], ...more] = lists;
  if (more.length === 0) return only;
  const among = new Set(lists.flat());
  return [...new Set(pods.map(({ pod }) => pod.object))].filter((object) => among.has(object));
}

/** Servings of one engine image and one model need as many workloads as there are of them. */
function servingStatements({ site, lock }: AuditContext, pods: readonly ServingPod[]): Statement[] {
  const count = new Map<string, number>();
  const images = imagesOfServings(lock);
  const running = workloadsByRun(pods);
  const known = new Map<string, readonly KubernetesObject[]>();
  return site.servings.map((serving): Statement => {
    const subject = `serving ${serving.name}`;
    const own = images.get(serving.name) ?? [];
    const key = [...own, serving.model].join(' ');
    const workloads =
      known.get(key) ??
      inOrder(
        own.map((image) => running.get(runs(image, serving.model)) ?? []),
        pods,
      );
    known.set(key, workloads);
    const rank = (count.get(key) ?? 0) + 1;
    count.set(key, rank);
    const workload = workloads[rank - 1];
    if (workload !== undefined) {
      const message = 'a workload runs its engine on its model';
      return { verdict: 'PROVEN', subject, message, place: placeOf(workload) };
    }
    return {
      verdict: 'VIOLATED',
      subject,
      check: 'missing',
      message: `no workload of the plan runs ${serving.engine.name} ${serving.engine.version} on ${serving.model}`,
      fix: 'synthesize the plan from this site, or remove the serving',
      lacks: { concern: 'pods' },
    };
  });
}

export const verifiedWeights: Rule = {
  id: 'AIR-WGT-2',
  title: 'Engines start on verified weights, and every serving of the site has a workload',
  explanation:
    'An engine is any container whose image the lock carries for a serving. Its pod must hold an init container that runs ' +
    'to its end, is the locked kit, and either fetches and verifies a model of such a serving into a volume that the ' +
    'engine mounts, or verifies the folder of an image volume or claim that the engine mounts by the same subPath. Every ' +
    'other container may mount that volume only read-only, and no other pod of the plan may write to its claim; a shared ' +
    'claim must be named in the enclave, with who answers for it. Whatever an engine is told to load, by argument or ' +
    'variable, must lie there, and nothing may be mounted over or into it.',
  waivable: true,
  needs: ['pods'],
  evaluate: (context) => {
    const pods: ServingPod[] = [];
    const unread = context.pods.flatMap((pod) =>
      guard(pod.subject, placeOf(pod.object), () => {
        const engines = containersOf(pod).flatMap((container) => engineOf(container, context));
        pods.push({ pod, engines, verified: verifiedVolumes(pod, context) });
        return [];
      }),
    );
    const judged = pods.flatMap((pod) => guard(pod.pod.subject, placeOf(pod.pod.object), () => judgePod(pod, context)));
    return [...unread, ...judged, ...servingStatements(context, pods)];
  },
};
