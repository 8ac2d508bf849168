/** What containers are there for, by the images that they run. */
import type { Container } from '../kubernetes/pods';
import { at, textOf } from '../plan/access';
import { readImage } from './image-reference';
import type { AuditContext } from './rule';

/** Whether one of these containers runs an image that the lock has for one of these users. */
export const runsFor = (
  containers: readonly Container[],
  { enclave, locked }: AuditContext,
  isUser: (user: string) => boolean,
): boolean =>
  containers.some(({ node }) => {
    const image = readImage(textOf(at(node, 'image')) ?? '', enclave);
    return image !== undefined && locked.image(image.repository ?? '', image.digest)?.usedBy.some(isUser) === true;
  });

/** Whether one of these containers runs the image that the lock has under this name. */
export const runsImage = (containers: readonly Container[], { enclave, locked }: AuditContext, name: string): boolean =>
  containers.some(({ node }) => {
    const image = readImage(textOf(at(node, 'image')) ?? '', enclave);
    return image !== undefined && locked.image(image.repository ?? '', image.digest)?.name === name;
  });
