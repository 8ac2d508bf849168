/** What a container is there for, by the locked image that it runs. */
import { POSTGRES_IMAGE_NAME, VALKEY_IMAGE_NAME } from '../../site/requests/gateway';
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

/** Users with several programs, told apart by what the lock calls the image; what is called otherwise is the stricter one. */
const BY_NAME: Readonly<Record<string, { readonly names: Readonly<Record<string, Role>>; readonly otherwise: Role }>> =
  {
    'gateway/rate-limit': { names: { [VALKEY_IMAGE_NAME]: 'quiet' }, otherwise: 'rate-limit' },
    'traces/store': { names: { [POSTGRES_IMAGE_NAME]: 'trace-database' }, otherwise: 'trace-store' },
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
  const named = image.usedBy.flatMap((user) => (Object.hasOwn(BY_NAME, user) ? (BY_NAME[user] ?? []) : []))[0];
  if (named !== undefined) return named.names[image.name] ?? named.otherwise;
  return BY_USER.find(([user]) => image.usedBy.some((one) => user.test(one)))?.[1];
}
