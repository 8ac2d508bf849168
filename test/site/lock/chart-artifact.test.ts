import { chartArtifact, chartReference } from '../../../site/lock/chart-artifact';
import { chartRepository } from '../../../site/enclave-names';
import type { LockChart } from '../../../site/generated/lock';

const chart: LockChart = {
  name: 'operator',
  repository: 'https://helm.ngc.nvidia.com/nvidia',
  chart: 'gpu-operator',
  version: 'v26.7.0+1',
  url: 'https://helm.ngc.nvidia.com/nvidia/charts/gpu-operator-v26.7.0+1.tgz',
  size: 7,
  sha256: 'a'.repeat(64),
  sha256From: 'index',
};

describe('a chart below the registry of the enclave', () => {
  it('keeps its address, and ends in its name, with a tag that registries take', () => {
    expect(chartReference(chart)).toBe('charts/helm.ngc.nvidia.com/nvidia/gpu-operator:v26.7.0_1');
    expect(chartRepository('oci://ghcr.io/Org/helm_charts', 'x')).toBe('charts/ghcr.io/org/helm-charts/x');
  });

  it('is a manifest in the form that Helm pushes, over the very bytes of the packaged chart', () => {
    const { manifest } = chartArtifact(chart);
    expect(JSON.parse(manifest.bytes.toString())).toMatchObject({
      config: { mediaType: 'application/vnd.cncf.helm.config.v1+json' },
      layers: [
        {
          mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
          digest: `sha256:${'a'.repeat(64)}`,
          size: 7,
          annotations: { 'org.opencontainers.image.title': 'gpu-operator-v26.7.0+1.tgz' },
        },
      ],
    });
  });
});
