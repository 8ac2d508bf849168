/** By which names `--upstream` knows the hosts that a site reaches: those that a person writes, not where a name leads to. */
import { badInput } from '../../core/errors';
import { parseOciReference } from '../../core/oci-reference';
import { suggest } from '../../site/reading/explain';
import type { LockRequests } from '../../site/requests/requests';

/** The Hub's own name. */
export const HUB = 'huggingface.co';

/** Hosts of Docker Hub (docs.docker.com, "Registry authentication", "docker login"): images name them docker.io. */
const DOCKER_HUB: readonly string[] = ['registry-1.docker.io', 'index.docker.io', 'registry.hub.docker.com'];

/** Where registries of providers say that the packages of the kit's own lie (answer of registry.terraform.io, `download_url`). */
const PROVIDER_PACKAGES = 'releases.hashicorp.com';

/** The name to write for a host that could not be reached. */
export const upstreamName = (host: string): string => (DOCKER_HUB.includes(host.toLowerCase()) ? 'docker.io' : host);

/**
 * Names of all hosts that lock and bundle of a site reach, sorted.
 *
 * @param urls further addresses, such as those of packages that the lock knows
 */
export function upstreamNames(
  { images, models, providers, files, charts }: LockRequests,
  urls: readonly string[] = [],
): readonly string[] {
  const addresses = [...files.map(({ url }) => url), ...charts.map(({ repository }) => repository), ...urls];
  const names = [
    ...images.map(({ reference }) => parseOciReference(reference).host),
    ...models.map(() => HUB),
    ...providers.flatMap(({ source }) => [source.split('/')[0] ?? '', PROVIDER_PACKAGES]),
    ...addresses.map((url) => new URL(url).host),
  ];
  return [...new Set(names.map((name) => name.toLowerCase()))].sort();
}

/**
 * Hosts with an upstream from which nothing is fetched, as where one list serves many sites.
 *
 * @param given hosts with an upstream @param names of those that are fetched from by it @param reached hosts that the site reaches
 * @throws AirlockError (input) for one that is reached another way, or resembles a host in use: the way that was meant would not
 *   be taken, silently
 */
export function unusedUpstreams(
  given: readonly string[],
  names: readonly string[],
  reached: readonly string[] = names,
): readonly string[] {
  const unused = given.filter((host) => !names.includes(host));
  for (const host of unused) {
    const real = upstreamName(host);
    const near = names.includes(real) ? real : suggest(host, names);
    if (near === undefined && !reached.includes(host)) continue;
    throw badInput(
      'USAGE_UNKNOWN_NAME',
      `--upstream ${host}: nothing is fetched from there`,
      `${near === undefined ? '' : `did you mean ${near}? `}this site fetches from: ${names.join(', ')}`,
    );
  }
  return unused;
}
