/** A Helm chart as one OCI manifest, in the form that Helm itself pushes. */
import { canonicalJson } from '../../core/canonical-json';
import { fromHex } from '../../core/digest';
import { ANNOTATION_TITLE, HELM_CHART, HELM_CONFIG } from '../../core/media-types';
import { chartRepository } from '../enclave-names';
import type { LockChart } from '../generated/lock';
import { type MadeArtifact, madeArtifact, madeContent } from './model-artifact';

/** Name of the packaged chart (helm/helm pkg/chartutil/save.go). */
export const chartFile = ({ chart, version }: Pick<LockChart, 'chart' | 'version'>): string =>
  `${chart}-${version}.tgz`;

/** Tags have no plus sign; Helm writes an underscore (helm.sh, "Use OCI-based registries"). */
export const chartTag = (version: string): string => version.replaceAll('+', '_');

/**
 * The config holds what Chart.yaml says of the chart's identity; Helm reads the rest from the chart. The layer is the chart's
 * own file, byte for byte.
 *
 * @see helm/helm pkg/registry/client.go, Push
 */
export function chartArtifact(chart: LockChart): MadeArtifact {
  const config = madeContent(
    HELM_CONFIG,
    canonicalJson({ apiVersion: 'v2', name: chart.chart, version: chart.version }),
  );
  return madeArtifact(HELM_CONFIG, config, [
    {
      mediaType: HELM_CHART,
      digest: fromHex(chart.sha256),
      size: chart.size,
      annotations: { [ANNOTATION_TITLE]: chartFile(chart) },
    },
  ]);
}

/** `repository:tag` under which the mirror serves it. */
export const chartReference = ({ repository, chart, version }: LockChart): string =>
  `${chartRepository(repository, chart)}:${chartTag(version)}`;

/** Where a chart of a registry lies upstream: `host/path/chart:tag`. */
export const upstreamReference = ({
  repository,
  chart,
  version,
}: Pick<LockChart, 'repository' | 'chart' | 'version'>): string =>
  `${repository.replace(/^oci:\/\//, '')}/${chart}:${chartTag(version)}`;
