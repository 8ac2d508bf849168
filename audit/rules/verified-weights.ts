/** AIR-WGT-2. */
import type { Serving } from '../../site/generated/site';
import { placeOf } from '../kubernetes/object';
import { type Container, containersOf, type PodTemplate } from '../kubernetes/pods';
import { at, flagOf, textOf } from '../plan/access';
import { readImage } from './image-reference';
import type { LockedImage } from './locked-digests';
import { type AuditContext, type Complaint, guard, judge, type Rule, type Statement } from './rule';
import { mountsOf, type VerifiedVolume, verifiedVolumes } from './verified-volumes';

const SERVING = 'serving/';

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
  const servings = site.servings.filter(({ name }) => image.usedBy.includes(`${SERVING}${name}`));
  return servings.length === 0 ? [] : [{ container, servings, image }];
}

/** Complaints about containers that could change a verified volume. */
function writerComplaints(pod: PodTemplate, { volume, fetch, ownedByPod }: VerifiedVolume): Complaint[] {
  const shared: Complaint = {
    check: 'shared-volume',
    message: `volume ${volume} outlives the pod: another one may change the weights after they were verified`,
    fix: 'fetch into an emptyDir',
    where: fetch.node.where,
    unproven: true,
  };
  const writers = containersOf(pod)
    .filter((container) => container.node !== fetch.node)
    .flatMap(({ label, node, ...container }) =>
      mountsOf({ ...container, label, node })
        .filter((mount) => mount.volume === volume && flagOf(at(mount.node, 'readOnly')) !== true)
        .map((mount): Complaint => ({
          check: 'writable',
          message: `${label} may write to the verified weights in volume ${volume}`,
          fix: 'set readOnly: true on its volumeMount',
          where: (at(mount.node, 'readOnly') ?? mount.node).where,
        })),
    );
  return [...(ownedByPod ? [] : [shared]), ...writers];
}

const mountsModel = ({ container, servings }: EngineContainer, verified: readonly VerifiedVolume[]): boolean => {
  const mounted = new Set(mountsOf(container).map(({ volume }) => volume));
  return verified.some(
    ({ volume, models }) => mounted.has(volume) && servings.some(({ model }) => models.includes(model)),
  );
};

function judgePod({ pod, engines, verified }: ServingPod): Statement[] {
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
          ? []
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
    return judge({ subject, place, proven: 'written by the verifying init container alone' }, () =>
      writerComplaints(pod, volume),
    );
  });
  return [...judgedEngines, ...writers];
}

/** Servings of one engine image and one model need as many workloads as there are of them. */
function servingStatements({ site, lock }: AuditContext, pods: readonly ServingPod[]): Statement[] {
  const count = new Map<string, number>();
  return site.servings.map((serving): Statement => {
    const subject = `serving ${serving.name}`;
    const images = lock.images
      .filter(({ usedBy }) => usedBy.includes(`${SERVING}${serving.name}`))
      .map(({ name }) => name);
    const running = pods.filter(({ engines, verified }) =>
      engines.some(
        (engine) =>
          images.includes(engine.image.name) &&
          verified.some(
            ({ volume, models }) =>
              models.includes(serving.model) && mountsOf(engine.container).some((mount) => mount.volume === volume),
          ),
      ),
    );
    const key = [...images, serving.model].join(' ');
    const rank = (count.get(key) ?? 0) + 1;
    count.set(key, rank);
    const workload = running[rank - 1];
    if (workload !== undefined) {
      const message = 'a workload runs its engine on its model';
      return { verdict: 'PROVEN', subject, message, place: placeOf(workload.pod.object) };
    }
    return {
      verdict: 'VIOLATED',
      subject,
      check: 'missing',
      message: `no workload of the plan runs ${serving.engine.name} ${serving.engine.version} on ${serving.model}`,
      fix: 'synthesize the plan from this site, or remove the serving',
    };
  });
}

export const verifiedWeights: Rule = {
  id: 'AIR-WGT-2',
  title: 'Engines start on verified weights, and every serving of the site has a workload',
  explanation:
    'An engine is any container whose image the lock carries for a serving. Its pod must hold an init container that runs ' +
    'to its end, is the locked kit, and fetches and verifies a model of such a serving into a volume that the engine ' +
    'mounts; every other container may mount that volume only read-only. Whether an engine’s own arguments point there ' +
    'is the contract of the engine, not of this rule.',
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
    const judged = pods.flatMap((pod) => guard(pod.pod.subject, placeOf(pod.pod.object), () => judgePod(pod)));
    return [...unread, ...judged, ...servingStatements(context, pods)];
  },
};
