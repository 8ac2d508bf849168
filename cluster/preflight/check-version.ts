/** Whether the API server is of the version that the plan was made for. */
import type { Site } from '../../site/generated/site';
import type { ClusterFacts } from './facts';
import { fail, type Finding, ok } from './finding';

/** Pod Security versions, image volumes and admission policies of the plan are those of the site's version. */
export function checkVersion({ version }: ClusterFacts, { cluster }: Site): Finding[] {
  const minor = /^v?(\d+\.\d+)/.exec(version)?.[1];
  return [
    minor === cluster.kubernetesVersion
      ? ok('version', 'API server', version)
      : fail(
          'version',
          'API server',
          `it is ${version}, the site says ${cluster.kubernetesVersion}`,
          `write cluster.kubernetesVersion: "${minor ?? '?'}" in site.yaml and synthesize afresh, or upgrade the cluster`,
        ),
  ];
}
