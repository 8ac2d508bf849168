/** The objects that the kit renders for every distribution, taken by the API server, with every pod Ready. */
import { type CniName } from '../../../catalog/cni.js';
import { type DistributionName, DISTRIBUTIONS } from '../../../catalog/distributions/index.js';
import { type Suite } from '../../harness/report.mjs';
import { deploy, readyPods } from '../cluster/deploy.mjs';
import { type SiteFiles, withWorld } from '../cluster/world.mjs';
import { namespacesOf, plannedPods } from './examples.mjs';
import { plainFixture } from './fixture.mjs';

/** Network plugins of sites whose distribution brings none that enforces, chosen so that each kind of tier is rendered. */
const PLUGINS: Readonly<Record<string, CniName>> = { kubeadm: 'cilium', talos: 'cilium' };

function onDistribution({ site, enclave, lock }: SiteFiles, distribution: DistributionName): SiteFiles {
  const cni = PLUGINS[distribution];
  const { kubernetesVersion } = site.cluster;
  const cluster: SiteFiles['site']['cluster'] = {
    distribution,
    kubernetesVersion,
    ...(cni === undefined ? {} : { cni }),
    ...(distribution === 'k3s' ? { policyTier: 'cluster-network-policy' } : {}),
  };
  return { site: { ...site, cluster }, enclave, lock };
}

export async function distributions(suite: Suite): Promise<void> {
  const files = await plainFixture();
  for (const name of Object.keys(DISTRIBUTIONS) as DistributionName[]) {
    await suite.check(`${name}: all objects are applied, every pod is Ready`, () =>
      withWorld(onDistribution(files, name), async (world) => {
        const objects = await deploy(world);
        const pods = await readyPods(world, plannedPods(world), namespacesOf(world));
        const kinds = [...new Set(world.planned.objects.map(({ kind }) => kind))];
        const tier = kinds.filter((kind) => /Policy$/.test(kind) && !/^(Network|Validating)/.test(kind));
        return `${String(objects)} objects, ${String(pods.length)} pods, ${tier[0] ?? 'no tier'}`;
      }),
    );
  }
}
