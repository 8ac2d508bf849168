/** What a pod of the plan is in the platform, by the images that stay in it. */
import {
  COLLECTOR_IMAGE_NAME,
  PHOENIX_IMAGE_NAME,
  POSTGRES_IMAGE_NAME,
  RATE_LIMIT_IMAGE_NAME,
  VALKEY_IMAGE_NAME,
} from '../../site/requests/gateway';
import { onceWithin } from '../../core/remember';
import { type Container, containersOf, type PodTemplate } from '../kubernetes/pods';
import { at, itemsOf, textOf } from '../plan/access';
import { readImage } from '../rules/image-reference';
import type { AuditContext } from '../rules/rule';

/** Parts of the platform; `other` is what the site adds, and what the lock does not have. */
export type PodRole =
  | 'engine'
  | 'gateway'
  | 'rate-limit'
  | 'rate-limit-store'
  | 'trace-collector'
  | 'trace-store'
  | 'trace-database'
  | 'trace-backup'
  | 'weight-mirror'
  | 'weight-fetch'
  | 'other';

const BY_NAME: Readonly<Record<string, PodRole>> = {
  [RATE_LIMIT_IMAGE_NAME]: 'rate-limit',
  [VALKEY_IMAGE_NAME]: 'rate-limit-store',
  [COLLECTOR_IMAGE_NAME]: 'trace-collector',
  [PHOENIX_IMAGE_NAME]: 'trace-store',
};
/** By the first word of what the kit is told; a Job of its own fills a shared claim. */
const KIT_ROLES: Readonly<Record<string, PodRole>> = { mirror: 'weight-mirror', weights: 'weight-fetch' };
/** Kinds whose pods end. */
const FINITE: readonly string[] = ['Job', 'CronJob'];

/** Containers that stay: init containers end, unless they are sidecars (KEP-753). */
const staying = (pod: PodTemplate): Container[] =>
  containersOf(pod).filter(({ list, node }) => list !== 'initContainers' || at(node, 'restartPolicy') !== undefined);

function containerRole({ pod, node }: Container, { enclave, locked }: AuditContext): PodRole {
  const image = readImage(textOf(at(node, 'image')) ?? '', enclave);
  const found = image === undefined ? undefined : locked.image(image.repository ?? '', image.digest);
  if (found === undefined) return 'other';
  const { name, usedBy } = found;
  if (usedBy.some((user) => user.startsWith('serving/'))) return 'engine';
  if (usedBy.includes('gateway')) return 'gateway';
  if (usedBy.includes('kit')) return KIT_ROLES[textOf(itemsOf(at(node, 'args'))[0]) ?? ''] ?? 'other';
  if (name === POSTGRES_IMAGE_NAME) return FINITE.includes(pod.object.kind) ? 'trace-backup' : 'trace-database';
  return BY_NAME[name] ?? 'other';
}

/** The role of a pod: that of all of its containers, or none. */
export const podRole = onceWithin((pod: PodTemplate, context: AuditContext): PodRole => {
  const [first = 'other', ...rest] = new Set(staying(pod).map((container) => containerRole(container, context)));
  return rest.length === 0 ? first : 'other';
});
