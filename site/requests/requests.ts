/** What a site asks the lock for: a pure function of the site, and so the measure of whether a lock still fits. */
import { ACCELERATORS } from '../../catalog/accelerators';
import { DEFAULT_KIT_BASE_IMAGE, KIT_BASE_IMAGE_NAME } from '../../catalog/defaults';
import { engineImage } from '../../catalog/engines';
import { operatorChart } from '../../catalog/gpu-software';
import { sideArtifacts } from '../../catalog/side-artifacts';
import { TERRAFORM_PROVIDERS, type TerraformProvider } from '../../catalog/terraform-providers';
import { badInput } from '../../core/errors';
import { formatOciReference, parseOciReference } from '../../core/oci-reference';
import type { Pool, Serving, Site } from '../generated/site';
import { gatewayImages } from './gateway';
import { gpuImages, gpuPools, OPERATOR_CHART_NAME } from './gpu';
import type { StoreRequest } from '../lock/ollama-store';

export interface ImageRequest {
  readonly name: string;
  /** Normalized reference. */
  readonly reference: string;
  /** os/architecture, sorted. */
  readonly platforms: readonly string[];
  /** Who needs it, sorted: `serving/<name>`, `images/<name>`, `kit`. */
  readonly usedBy: readonly string[];
}

export interface ModelRequest {
  readonly name: string;
  readonly repository: string;
  readonly revision: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly expectedLicense: string;
}

export interface ProviderRequest extends TerraformProvider {
  readonly platforms: readonly string[];
}

export interface FileRequest {
  readonly name: string;
  readonly url: string;
  readonly sha256: string;
  /** Servings whose engine needs it, sorted: `serving/<name>`; absent where only the site lists it. */
  readonly usedBy?: readonly string[];
}

export interface ChartRequest {
  readonly name: string;
  /** `https://…` or `oci://…`. */
  readonly repository: string;
  readonly chart: string;
  readonly version: string;
}

export interface LockRequests {
  readonly site: string;
  readonly platforms: readonly string[];
  readonly images: readonly ImageRequest[];
  readonly models: readonly ModelRequest[];
  readonly providers: readonly ProviderRequest[];
  readonly files: readonly FileRequest[];
  readonly charts: readonly ChartRequest[];
  readonly stores: readonly StoreRequest[];
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);

/** Platform of a pool's nodes: its own, else the first of the site. */
export const poolPlatform = (site: Site, pool: Pool): string => pool.platform ?? site.platforms[0] ?? 'linux/amd64';

/** Name under which the lock carries the image of a serving's engine, in the pool that the serving names. */
export function engineImageName({ engine }: Pick<Serving, 'engine'>, { accelerator }: Pool): string {
  if (engine.image !== undefined) return engine.image;
  const vendor = ACCELERATORS[accelerator]?.vendor ?? 'none';
  return `engine-${engine.name}-${engine.version}-${vendor === 'none' ? 'cpu' : vendor}`.toLowerCase();
}

/** Charts that the site lists, and that of the GPU Operator. */
function chartRequests({ charts = [], gpu }: Site): ChartRequest[] {
  const operator =
    gpu?.operator === undefined ? [] : [{ name: OPERATOR_CHART_NAME, ...operatorChart(gpu.operator.version) }];
  const taken = charts.find(({ name }) => operator.some((own) => own.name === name));
  if (taken !== undefined)
    throw badInput(
      'SITE_NAME_TAKEN',
      `chart "${taken.name}" of the site has the name of the kit's own`,
      'remove it: gpu.operator brings it',
    );
  return [...charts.map((chart) => ({ ...chart })), ...operator].sort(byName);
}

function imageRequests(site: Site): ImageRequest[] {
  const found = new Map<string, { reference: string; platforms: Set<string>; usedBy: Set<string> }>();
  const want = (name: string, reference: string, platforms: readonly string[], user: string): void => {
    const normalized = formatOciReference(parseOciReference(reference));
    const entry = found.get(name) ?? { reference: normalized, platforms: new Set(), usedBy: new Set() };
    if (entry.reference !== normalized) {
      throw badInput(
        'SITE_NAME_TAKEN',
        `image name "${name}" stands for two references`,
        `rename one of them: ${entry.reference}, ${normalized}`,
      );
    }
    for (const platform of platforms) entry.platforms.add(platform);
    entry.usedBy.add(user);
    found.set(name, entry);
  };
  want(KIT_BASE_IMAGE_NAME, site.kit?.baseImage ?? DEFAULT_KIT_BASE_IMAGE, site.platforms, 'kit');
  const pools = new Map(site.pools.map((pool) => [pool.name, pool]));
  for (const serving of site.servings) {
    const pool = pools.get(serving.pool);
    if (pool === undefined) continue; // reported by the loader with line and column
    const { name, version, image } = serving.engine;
    const vendor = ACCELERATORS[pool.accelerator]?.vendor ?? 'none';
    const derived = site.images?.find((candidate) => candidate.name === image);
    if (image !== undefined && derived === undefined) continue; // reported by the loader
    const reference = derived?.reference ?? engineImage(name, version, vendor);
    want(engineImageName(serving, pool), reference, [poolPlatform(site, pool)], `serving/${serving.name}`);
  }
  for (const { name, reference, user } of gpuImages(site)) {
    const platforms = gpuPools(site).map((pool) => poolPlatform(site, pool));
    if (platforms.length > 0) want(name, reference, platforms, user);
  }
  // They run on nodes of the site's first platform.
  for (const { name, reference, user } of gatewayImages(site)) want(name, reference, site.platforms.slice(0, 1), user);
  for (const image of site.images ?? []) want(image.name, image.reference, site.platforms, `images/${image.name}`);
  return [...found]
    .map(([name, entry]) => ({
      name,
      reference: entry.reference,
      platforms: [...entry.platforms].sort(),
      usedBy: [...entry.usedBy].sort(),
    }))
    .sort(byName);
}

/** Files that the site lists, and those that the engines of its servings need without anybody listing them. */
function fileRequests(site: Site): FileRequest[] {
  const found = new Map<string, { name: string; url: string; sha256: string; usedBy?: string[] }>();
  for (const { name, url, sha256 } of site.files ?? []) found.set(name, { name, url, sha256 });
  for (const serving of site.servings) {
    const model = site.models.find((candidate) => candidate.name === serving.model);
    if (model === undefined) continue; // reported by the loader with line and column
    const needed = sideArtifacts(serving.engine.name, model.source.repository).flatMap(({ files }) => files);
    for (const { name, url, sha256 } of needed) {
      const before = found.get(name);
      if (before !== undefined && before.sha256 !== sha256) {
        throw badInput(
          'SITE_NAME_TAKEN',
          `file "${name}" of the site is not the one that serving "${serving.name}" needs`,
          `rename it, or take ${url} with SHA-256 ${sha256}`,
        );
      }
      const entry = before ?? { name, url, sha256 };
      (entry.usedBy ??= []).push(`serving/${serving.name}`);
      found.set(name, entry);
    }
  }
  return [...found.values()]
    .map(({ usedBy, ...file }) => ({ ...file, ...(usedBy === undefined ? {} : { usedBy: usedBy.sort() }) }))
    .sort(byName);
}

/** Ollama finds its models in a store of its own. */
const storeRequests = (site: Site): StoreRequest[] =>
  site.servings
    .filter(({ engine }) => engine.name === 'ollama')
    .map(({ name, servedName = name, model, file }) => ({
      name,
      servedName,
      model,
      ...(file === undefined ? {} : { file }),
    }))
    .sort(byName);

/**
 * Everything that `airlock lock` has to resolve for a site, sorted by name.
 *
 * @throws AirlockError (input) for a malformed reference, an engine without an image for its pool, or one name for two
 *   things.
 */
export function lockRequests(site: Site): LockRequests {
  const platforms = [...site.platforms].sort();
  return {
    site: site.name,
    platforms,
    images: imageRequests(site),
    models: site.models
      .map((model) => ({
        name: model.name,
        repository: model.source.repository,
        revision: model.source.revision,
        include: [...(model.source.include ?? [])].sort(),
        exclude: [...(model.source.exclude ?? [])].sort(),
        expectedLicense: model.license.expect,
      }))
      .sort(byName),
    providers: TERRAFORM_PROVIDERS.map((provider) => ({ ...provider, platforms })),
    files: fileRequests(site),
    charts: chartRequests(site),
    stores: storeRequests(site),
  };
}
