/** AIR-IMG-1. */
import { containersOf, podSpec, type PodTemplate } from '../kubernetes/pods';
import { at, itemsOf, textOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import { placeOf } from '../kubernetes/object';
import { readImage } from './image-reference';
import { type AuditContext, type Complaint, guard, judge, type Rule, type Statement } from './rule';

function complaintsAbout(reference: PlanNode | undefined, holder: PlanNode, context: AuditContext): Complaint[] {
  const { enclave, locked } = context;
  const form = `write ${enclave.registry}/<repository>@sha256:… with a digest of airlock.lock.json`;
  const value = textOf(reference);
  const where = (reference ?? holder).where;
  if (value === undefined || value === '') {
    return [{ check: 'missing', message: 'no image is named', fix: form, where }];
  }
  const image = readImage(value, enclave);
  if (image === undefined) {
    return [{ check: 'digest', message: 'the image is not named by a SHA-256 digest', fix: form, where, value }];
  }
  if (image.repository === undefined) {
    const message = `the image is not on the enclave's registry ${enclave.registry}`;
    return [{ check: 'registry', message, fix: form, where, value }];
  }
  if (locked.image(image.repository, image.digest) !== undefined) return [];
  const other = locked.imageByDigest(image.digest);
  const message = image.repository.includes(':')
    ? 'the image is named by a tag beside its digest'
    : other === undefined
      ? 'the lock has no image with this digest'
      : `the lock has this digest in the repository ${other.repository}`;
  return [{ check: 'lock', message, fix: form, where, value }];
}

function judgePod(pod: PodTemplate, context: AuditContext): Statement[] {
  const proven = 'a digest of the lock, on the registry of the enclave';
  const containers = containersOf(pod).map((container) => ({
    subject: `${pod.subject} ${container.label}`,
    holder: container.node,
    reference: at(container.node, 'image'),
  }));
  const volumes = itemsOf(at(podSpec(pod), 'volumes')).flatMap((volume) => {
    const image = at(volume, 'image');
    const name = textOf(at(volume, 'name')) ?? '';
    return image === undefined
      ? []
      : [{ subject: `${pod.subject} image volume ${name}`, holder: image, reference: at(image, 'reference') }];
  });
  return [...containers, ...volumes].flatMap(({ subject, holder, reference }) =>
    judge({ subject, place: placeOf(pod.object, reference ?? holder), proven }, () =>
      complaintsAbout(reference, holder, context),
    ),
  );
}

export const imageDigests: Rule = {
  id: 'AIR-IMG-1',
  title: 'Every image is a digest of the lock on the registry of the enclave',
  explanation:
    'A tag can be moved, and a registry outside the enclave cannot be reached or trusted. Reads the image of every ' +
    'container, init container, ephemeral container and image volume of every workload kind; the pair of repository ' +
    'and digest must stand in the lock: a platform manifest, or an index all of whose children are carried.',
  waivable: false,
  needs: ['pods'],
  evaluate: (context) =>
    context.pods.flatMap((pod) => guard(pod.subject, placeOf(pod.object), () => judgePod(pod, context))),
};
