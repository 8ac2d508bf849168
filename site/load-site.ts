/** Loads site.yaml: schema first, then the references inside the file. */
import { ACCELERATORS } from '../catalog/accelerators';
import { gpuUnits } from '../catalog/gpu-sharing';
import { operatorRelease } from '../catalog/gpu-software';
import { OLDEST_KUBERNETES } from '../catalog/kubernetes';
import { parseOciReference } from '../core/oci-reference';
import { isAtLeast } from '../core/version';
import { checkNamed } from './checks/named';
import { checkWorkflows } from './checks/workflows';
import type { Pool, Site } from './generated/site';
import { readTextFile } from './reading/read-file';
import { gpuPools } from './requests/gpu';
import { siteValidator } from './reading/validators';
import { YamlDocument } from './reading/yaml-document';

function checkUnique(document: YamlDocument, list: string, items: readonly { readonly name: string }[]): void {
  const first = new Map<string, number>();
  items.forEach((item, at) => {
    const before = first.get(item.name);
    if (before === undefined) first.set(item.name, at);
    else
      document.fault(
        [list, at, 'name'],
        `"${item.name}" is already the name of ${list}[${String(before)}]`,
        'give each a name of its own',
      );
  });
}

function checkReference(document: YamlDocument, path: readonly (string | number)[], reference: string): void {
  document.attempt(path, () => parseOciReference(reference));
}

/** Profiles are those of the accelerator, and CPU pools have nothing to share and no driver. */
function checkSharing(document: YamlDocument, { accelerator, sharing, ...pool }: Pool, at: number): void {
  const found = ACCELERATORS[accelerator];
  if (found === undefined) return;
  document.attempt(['pools', at, 'sharing'], () => gpuUnits(found, sharing));
  if (found.resource !== undefined && pool.gpusPerNode === undefined)
    document.fault(
      ['pools', at],
      `pool "${pool.name}" has accelerators, but no gpusPerNode`,
      'state how many each node carries',
    );
  if (found.resource !== undefined) return;
  for (const field of ['toolkitVersion', 'driverVersion'] as const) {
    if (pool[field] !== undefined)
      document.fault(['pools', at, field], `a pool without accelerator has no ${field}`, 'remove it');
  }
}

/** What makes the cluster see GPUs goes with pools of them, in a release that is known. */
function checkGpu(document: YamlDocument, site: Site): void {
  const { gpu, cluster } = site;
  if (gpu === undefined) return;
  if (gpuPools(site).length === 0)
    document.fault(['gpu'], 'the site has no pool with GPUs', 'remove gpu, or name the accelerator of a pool');
  if (cluster.distribution === 'openshift')
    document.fault(['gpu'], 'OpenShift installs the certified GPU Operator from its own catalog', 'remove gpu');
  const { operator } = gpu;
  if (operator === undefined) return;
  document.attempt(['gpu', 'operator', 'version'], () => operatorRelease(operator.version));
  const strategies = site.pools.map(({ sharing }) =>
    typeof sharing === 'object' && sharing.mig !== undefined ? (sharing.strategy ?? 'mixed') : undefined,
  );
  const first = strategies.find((strategy) => strategy !== undefined);
  strategies.forEach((strategy, at) => {
    if (strategy !== undefined && strategy !== first)
      document.fault(
        ['pools', at, 'sharing'],
        'pools name MIG slices in two ways, and the GPU Operator knows one for the cluster',
        `write strategy: ${first ?? ''}, or use the device plugin`,
      );
  });
}

/** Policies that refuse an unlocked image are part of the cluster, or nothing would refuse one. */
function checkCluster(document: YamlDocument, { cluster }: Site): void {
  const { kubernetesVersion } = cluster;
  if (isAtLeast(kubernetesVersion, OLDEST_KUBERNETES)) return;
  document.fault(
    ['cluster', 'kubernetesVersion'],
    `Kubernetes ${kubernetesVersion} has no admission policies, so nothing would refuse an unlocked image`,
    `run Kubernetes ${OLDEST_KUBERNETES} or later and write it as cluster.kubernetesVersion`,
  );
}

function checkReferences(document: YamlDocument, site: Site): void {
  checkCluster(document, site);
  for (const list of ['pools', 'models', 'servings', 'workflows', 'images', 'files', 'charts'] as const)
    checkUnique(document, list, site[list] ?? []);
  const models = site.models.map((model) => model.name);
  const pools = site.pools.map((pool) => pool.name);
  const images = (site.images ?? []).map((image) => image.name);
  site.servings.forEach((serving, at) => {
    checkNamed(document, ['servings', at, 'model'], 'model', serving.model, models);
    checkNamed(document, ['servings', at, 'pool'], 'pool', serving.pool, pools);
    if (serving.engine.image !== undefined) {
      checkNamed(document, ['servings', at, 'engine', 'image'], 'image', serving.engine.image, images);
    }
    serving.adapters?.forEach((adapter, index) => {
      checkNamed(document, ['servings', at, 'adapters', index, 'model'], 'model', adapter.model, models);
    });
  });
  site.pools.forEach((pool, at) => {
    if (pool.platform !== undefined && !site.platforms.includes(pool.platform)) {
      document.fault(
        ['pools', at, 'platform'],
        `${pool.platform} is not a platform of this site`,
        `platforms: ${site.platforms.join(', ')}`,
      );
    }
    if (pool.accelerator === 'none' && pool.gpusPerNode !== undefined) {
      document.fault(
        ['pools', at, 'gpusPerNode'],
        'a pool without accelerator has no GPUs',
        'remove gpusPerNode or name the accelerator',
      );
    }
  });
  site.pools.forEach((pool, at) => {
    checkSharing(document, pool, at);
  });
  checkGpu(document, site);
  checkWorkflows(document, site);
  site.images?.forEach((image, at) => checkReference(document, ['images', at, 'reference'], image.reference));
  if (site.kit?.baseImage !== undefined) checkReference(document, ['kit', 'baseImage'], site.kit.baseImage);
}

/**
 * Parses the text of a site file.
 *
 * @param file name to show in faults
 * @throws AirlockError (input) with every fault, its line and column
 */
export function parseSite(text: string, file: string): Site {
  const document = new YamlDocument(text, file);
  const site = document.validate(siteValidator());
  if (site !== undefined) checkReferences(document, site);
  document.throwFaults('SITE_FILE_INVALID', 'site');
  return site as Site;
}

/** Reads and parses a site file; see {@link parseSite}. */
export const loadSite = async (file: string): Promise<Site> =>
  parseSite(
    await readTextFile(
      file,
      '`airlock init` writes a first one, `airlock bundle extract-record` takes it out of a bundle',
    ),
    file,
  );
