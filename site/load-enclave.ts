/** Loads enclave.yaml, and holds it against the site it runs. */
import { type AirlockError, badInput } from '../core/errors';
import { isAtLeast } from '../core/version';
import { checkAddresses } from './checks/addresses';
import { callersOfSiteFaults, checkCallers } from './checks/callers';
import { checkDeployment } from './checks/deployment';
import { Faults, type Place } from './checks/faults';
import { checkPeers } from './checks/peers';
import type { Enclave } from './generated/enclave';
import type { Site } from './generated/site';
import { readTextFile } from './reading/read-file';
import { enclaveValidator } from './reading/validators';
import { YamlDocument } from './reading/yaml-document';

/** Which fields belong to which backend, and which it cannot do without. */
const STATE_FIELDS = {
  directory: { backend: 'local', required: false },
  namespace: { backend: 'kubernetes', required: false },
  address: { backend: 'http', required: true },
  schema: { backend: 'pg', required: false },
} as const;

function checkState(document: YamlDocument, { state }: Enclave): void {
  if (state === undefined) return;
  for (const field of Object.keys(STATE_FIELDS) as (keyof typeof STATE_FIELDS)[]) {
    const { backend, required } = STATE_FIELDS[field];
    const given = state[field] !== undefined;
    if (given && backend !== state.backend) {
      document.fault(['state', field], `${field} belongs to backend ${backend}, not ${state.backend}`, 'remove it');
    }
    if (!given && required && backend === state.backend) {
      document.fault(['state'], `backend ${backend} needs ${field}`, `add ${field} under state`);
    }
  }
}

function checkWeights(document: YamlDocument, { weights }: Enclave): void {
  if (weights?.sourceCa !== undefined && weights.source === undefined)
    document.fault(['weights', 'sourceCa'], 'sourceCa without source', 'write the CA of the registry as registryCa');
}

/** First releases with what an image volume of ours needs. */
const IMAGE_VOLUMES = {
  /** On by default since 1.35 (Kubernetes documentation, "Feature Gates", ImageVolume). */
  kubernetes: '1.35',
  /** Image volumes came with 2.1, `subPath` of them with 2.2 (containerd, release notes). */
  containerd: '2.2',
} as const;

/** What keeps a pool from getting its weights the way it wants; each by itself. */
function poolWeightsFaults({ pools, weights }: Enclave, { cluster, pools: sitePools }: Site): [Place, AirlockError][] {
  return sitePools.flatMap(({ name, weights: way }, at): [Place, AirlockError][] => {
    const here: Place = { file: 'site.yaml', path: `pools[${at}].weights` };
    const { kubernetes, containerd: least } = IMAGE_VOLUMES;
    const containerd = pools[name]?.containerd;
    const isOld = way === 'image' && !isAtLeast(cluster.kubernetesVersion, kubernetes);
    const isOldThere = way === 'image' && (containerd === undefined || !isAtLeast(containerd, least));
    const lacksClaim = way === 'claim' && weights?.claim === undefined;
    return [
      ...(isOld
        ? [
            badInput(
              'VERSION_UNSUPPORTED',
              `pools "${name}" has weights: image, but cluster.kubernetesVersion is ${cluster.kubernetesVersion}`,
              `image volumes need Kubernetes ${kubernetes}: upgrade, or write weights: cache`,
            ),
          ]
        : []),
      ...(isOldThere
        ? [
            badInput(
              'VERSION_UNSUPPORTED',
              `pools "${name}" has weights: image, but pools.${name}.containerd in enclave.yaml is ${containerd ?? 'absent'}`,
              `write the version of containerd on its nodes; image volumes need ${least}`,
            ),
          ]
        : []),
      ...(lacksClaim
        ? [
            badInput(
              'ENCLAVE_INCOMPLETE',
              `pools "${name}" has weights: claim, but the enclave names no weights.claim`,
              'add weights: { claim: { name: <claim>, owner: <who>, reason: <why nobody else writes to it> } }',
            ),
          ]
        : []),
    ].map((error) => [here, error]);
  });
}

/** A node registers with the label of one pool. */
function checkNodes(document: YamlDocument, { pools }: Enclave): void {
  const found = new Map<string, string>();
  for (const [pool, { nodes }] of Object.entries(pools)) {
    nodes.forEach((node, at) => {
      const before = found.get(node);
      if (before === undefined) found.set(node, pool);
      else
        document.fault(
          ['pools', pool, 'nodes', at],
          `node "${node}" is already in pool "${before}"`,
          'name each node once: it registers with the label of one pool',
        );
    });
  }
}

/**
 * Parses the text of an enclave file.
 *
 * @throws AirlockError (input) with every fault, its line and column
 */
export function parseEnclave(text: string, file: string): Enclave {
  const document = new YamlDocument(text, file);
  const enclave = document.validate(enclaveValidator());
  if (enclave !== undefined) {
    checkAddresses(document, enclave);
    checkState(document, enclave);
    checkWeights(document, enclave);
    checkNodes(document, enclave);
    checkCallers(document, enclave);
    checkPeers(document, enclave);
    checkDeployment(document, enclave);
  }
  document.throwFaults('ENCLAVE_FILE_INVALID', 'enclave');
  return enclave as Enclave;
}

/** Reads and parses an enclave file; see {@link parseEnclave}. */
export const loadEnclave = async (file: string): Promise<Enclave> =>
  parseEnclave(await readTextFile(file, '`airlock init` writes a first enclave.yaml'), file);

/** Pools that only one of the two files has. */
function poolFaults({ pools }: Enclave, site: Site): [Place, AirlockError][] {
  const known = site.pools.map((pool) => pool.name);
  const strange = Object.keys(pools).filter((name) => !known.includes(name));
  const missing = known.filter((name) => pools[name] === undefined);
  return [
    ...(strange.length === 0
      ? []
      : [
          badInput(
            'SITE_LACKS_NAME',
            `the enclave has pools that the site lacks: ${strange.join(', ')}`,
            `pools of the site: ${known.join(', ')}`,
          ),
        ]),
    ...(missing.length === 0
      ? []
      : [
          badInput(
            'ENCLAVE_INCOMPLETE',
            `the enclave names no nodes for: ${missing.join(', ')}`,
            'add them under pools in enclave.yaml',
          ),
        ]),
  ].map((error) => [{ file: 'enclave.yaml', path: 'pools' }, error]);
}

/** @throws AirlockError (input) when they are of different sites: what else they say to each other means nothing then */
export function demandSameSite(enclave: Enclave, site: Site): void {
  if (enclave.site === site.name) return;
  throw badInput(
    'SITE_MISMATCH',
    `the enclave is for site "${enclave.site}", the site is "${site.name}"`,
    'pass the files of one site',
  );
}

/** Notes where an enclave and its site exclude each other. */
export function noteEnclave(enclave: Enclave, site: Site, faults: Faults): void {
  for (const [place, error] of [
    ...poolFaults(enclave, site),
    ...poolWeightsFaults(enclave, site),
    ...callersOfSiteFaults(enclave, site),
  ])
    faults.note(place, error);
}

/**
 * Holds an enclave against its site.
 *
 * @throws AirlockError (input) when they are of different sites, disagree on pools, or the cluster cannot
 *   do what a pool wants; all faults at once, once they are of one site
 */
export function checkEnclave(enclave: Enclave, site: Site): void {
  demandSameSite(enclave, site);
  const faults = new Faults();
  noteEnclave(enclave, site, faults);
  faults.throwAll();
}
