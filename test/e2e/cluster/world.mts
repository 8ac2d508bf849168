/** A cluster as a site found it before the first deployment: control plane, definitions, nodes and storage, and a plan for it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DISTRIBUTIONS } from '../../../catalog/distributions/index.js';
import { type PlannedObjects, plannedObjects } from '../../../cluster/planned-objects.js';
import type { Enclave } from '../../../site/generated/enclave.js';
import type { Lock } from '../../../site/generated/lock.js';
import type { Site } from '../../../site/generated/site.js';
import { blueprintOf } from '../../../blueprint/blueprint.js';
import { synthesize } from '../../../stacks/app.js';
import { definitions } from '../install/definitions.mjs';
import { resolver } from './resolver.mjs';
import { type ControlPlane, startControlPlane, USERS } from './control-plane.mjs';
import { NODE_ADDRESS } from './network-namespace.mjs';
import { nodesOf, startNodes } from './nodes.mjs';
import { writeSlowEnds } from './pod-stages.mjs';
import { provision, storageClasses } from './volumes.mjs';

/** What a site is made from, as its three files hold it. */
export interface SiteFiles {
  readonly site: Site;
  readonly enclave: Enclave;
  readonly lock: Lock;
}

export interface World extends ControlPlane {
  readonly files: SiteFiles;
  /** Folder of the three files, and of the plan below it. */
  readonly folder: string;
  /** What `cdktf synth` wrote. */
  readonly plan: string;
  readonly planned: PlannedObjects;
}

const PROVISION_EVERY_MS = 500;

const classesOf = ({ storage = {} }: Enclave): string[] => [
  ...new Set([storage.className ?? 'standard', storage.cacheClassName ?? storage.className ?? 'standard']),
];

/** Synthesizes the site for the deployer of the test. */
async function writePlan(folder: string, { site, enclave, lock }: SiteFiles): Promise<string> {
  const plan = path.join(folder, 'cdktf.out');
  const files = { 'site.yaml': site, 'enclave.yaml': enclave, 'airlock.lock.json': lock };
  for (const [name, content] of Object.entries(files))
    await writeFile(path.join(folder, name), JSON.stringify(content));
  synthesize({ blueprint: blueprintOf({ site, enclave, lock }), outdir: plan });
  return plan;
}

export interface WorldOptions {
  /**
   * Seconds that pods take to end.
   *
   * @default - none
   */
  readonly leaveSeconds?: number;
}

/** Makes a world, lets `work` use it, and ends it. */
export async function withWorld<T>(
  files: SiteFiles,
  work: (world: World) => Promise<T>,
  { leaveSeconds }: WorldOptions = {},
): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'airlock-e2e-'));
  const [serviceCidr = '', podCidr = ''] = [files.enclave.network.serviceCidrs[0], files.enclave.network.podCidrs[0]];
  const deployed = { ...files, enclave: { ...files.enclave, deployers: [USERS.deployer.name] } };
  const plane = await startControlPlane({ folder, address: NODE_ADDRESS, serviceCidr, podCidr });
  let timer: NodeJS.Timeout | undefined;
  let provisioning = Promise.resolve();
  try {
    const admin = plane.kubectl('admin');
    await admin.apply([...(await definitions()), ...storageClasses(classesOf(files.enclave))], 'e2e');
    const config = leaveSeconds === undefined ? undefined : await writeSlowEnds(folder, leaveSeconds);
    const kwok = await startNodes(plane, nodesOf(files.site, files.enclave), config);
    await admin.apply(resolver(DISTRIBUTIONS[files.site.cluster.distribution].dns), 'e2e');
    timer = setInterval(() => {
      // A claim that got no volume shows in pods that stay Pending.
      provisioning = provisioning.then(() => provision(admin)).catch(() => undefined);
    }, PROVISION_EVERY_MS);
    const plan = await writePlan(folder, deployed);
    const planned = await plannedObjects(plan);
    try {
      return await work({ ...plane, files: deployed, folder, plan, planned });
    } finally {
      await kwok.stop();
    }
  } finally {
    clearInterval(timer);
    await provisioning;
    await plane.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
