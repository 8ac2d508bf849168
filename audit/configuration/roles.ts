/** What a container is there for, by the locked image that it runs. */
import { PHOENIX_IMAGE_NAME, POSTGRES_IMAGE_NAME, RATE_LIMIT_IMAGE_NAME } from '../../site/requests/gateway';
import type { Container } from '../kubernetes/pods';
import { at, textOf } from '../plan/access';
import { readImage } from '../rules/image-reference';
import type { AuditContext } from '../rules/rule';

/** Programs of the platform; `quiet` is one that reads no file of a ConfigMap. */
export type Role =
  | 'gateway'
  | 'rate-limit'
  | 'collector'
  | 'trace-store'
  | 'trace-database'
  | 'device-plugin'
  | 'kit'
  | 'engine'
  | 'quiet';

const BY_NAME: Readonly<Record<string, Role>> = {
  [RATE_LIMIT_IMAGE_NAME]: 'rate-limit',
  [PHOENIX_IMAGE_NAME]: 'trace-store',
  [POSTGRES_IMAGE_NAME]: 'trace-database',
};

const BY_USER: readonly (readonly [RegExp, Role])[] = [
  [/^gateway$/, 'gateway'],
  [/^traces\/collector$/, 'collector'],
  [/^gpu\/device-plugin$/, 'device-plugin'],
  [/^kit$/, 'kit'],
  [/^serving\//, 'engine'],
  [/^(?:gateway|traces|gpu)\//, 'quiet'],
];

/** Undefined for what is no program of the platform. */
export function roleOf({ node }: Container, { enclave, locked }: AuditContext): Role | undefined {
  const planned = readImage(textOf(at(node, 'image')) ?? '', enclave);
  const image = planned === undefined ? undefined : locked.image(planned.repository ?? '', planned.digest);
  if (image === undefined) return undefined;
  const named = BY_NAME[image.name];
  // A name alone says little: a site may call an image of its own like one of the platform.
  if (named !== undefined && image.usedBy.some((user) => /^(?:gateway|traces)\//.test(user))) return named;
  return BY_USER.find(([user]) => image.usedBy.some((one) => user.test(one)))?.[1];
}
