/** Which program of the platform a container runs, by the image that the lock carries for it. */
import type { Serving, Site } from '../../site/generated/site';
import { RATE_LIMIT_IMAGE_NAME, VALKEY_IMAGE_NAME } from '../../site/requests/gateway';
import { onceWithin } from '../../core/remember';
import type { Container } from '../kubernetes/pods';
import { at, itemsOf, textOf } from '../plan/access';
import { readImage } from '../rules/image-reference';
import type { LockedImage } from '../rules/locked-digests';
import type { AuditContext } from '../rules/rule';
import { ENGINE_BUILD, ENGINE_PROGRAMS } from './engines';
import { KIT_PROGRAMS } from './kit';
import { AGENTGATEWAY, COLLECTOR, DEVICE_PLUGIN, LITELLM, RATE_LIMIT, VALKEY } from './platform';
import type { Program } from './program';

const SERVING = 'serving/';

/**
 * `platform`: a program whose promises the audit knows; absent where the container says none of them. `configured`: one that
 * AIR-CFG-1 judges in full. `other`: an image that the site added, or that the lock does not have.
 */
export type Role =
  | { readonly kind: 'platform'; readonly program: Program | undefined; readonly engineOf?: readonly Serving[] }
  | { readonly kind: 'configured' | 'other' };

const OTHER: Role = { kind: 'other' };

/** By the user of the image in the lock, or by its name where one user has several. */
const GATEWAYS = { agentgateway: AGENTGATEWAY, litellm: LITELLM } as const;
const BY_NAME: Readonly<Record<string, Program>> = { [RATE_LIMIT_IMAGE_NAME]: RATE_LIMIT, [VALKEY_IMAGE_NAME]: VALKEY };

const firstWords = ({ node }: Container, count: number): string =>
  itemsOf(at(node, 'args'))
    .slice(0, count)
    .map((word) => textOf(word) ?? '')
    .join(' ');

const kitProgram = (container: Container): Program | undefined =>
  KIT_PROGRAMS[firstWords(container, 2)] ?? KIT_PROGRAMS[firstWords(container, 1)];

function engineRole(container: Container, servings: readonly Serving[]): Role {
  const [first] = servings;
  const builds = textOf(itemsOf(at(container.node, 'command'))[1]) === '-c';
  const program = first === undefined ? undefined : builds ? ENGINE_BUILD : ENGINE_PROGRAMS[first.engine.name];
  return { kind: 'platform', program, engineOf: servings };
}

const gatewayProgram = ({ gateway }: Site): Program | undefined =>
  gateway === undefined ? undefined : GATEWAYS[gateway.software];

/** Servings of the site that the lock has an image for. */
export const servingsOf = onceWithin(({ usedBy }: LockedImage, { servings }: Site): readonly Serving[] => {
  const users = new Set(usedBy);
  return servings.filter(({ name }) => users.has(`${SERVING}${name}`));
});

function roleOf(image: LockedImage, container: Container, site: Site): Role {
  const { usedBy, name } = image;
  const servings = servingsOf(image, site);
  if (servings.length > 0) return engineRole(container, servings);
  if (usedBy.includes('kit')) return { kind: 'platform', program: kitProgram(container) };
  if (usedBy.includes('gateway')) return { kind: 'platform', program: gatewayProgram(site) };
  if (usedBy.includes('gateway/rate-limit')) return { kind: 'platform', program: BY_NAME[name] };
  if (usedBy.includes('traces/collector')) return { kind: 'platform', program: COLLECTOR };
  if (usedBy.includes('gpu/device-plugin')) return { kind: 'platform', program: DEVICE_PLUGIN };
  return usedBy.includes('traces/store') ? { kind: 'configured' } : OTHER;
}

/** The role of a container. @throws Unproven where its image is not known */
export function containerRole(container: Container, { site, enclave, locked }: AuditContext): Role {
  const image = readImage(textOf(at(container.node, 'image')) ?? '', enclave);
  const found = image === undefined ? undefined : locked.imageByDigest(image.digest);
  return found === undefined ? OTHER : roleOf(found, container, site);
}
