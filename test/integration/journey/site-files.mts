/** The site and enclave that the suites send on the journey. */
import { MINILM } from '../install/versions.mjs';
import { ENGINE_VERSION, PLATFORMS, type Upstream } from './upstream.mjs';

export const SITE_NAME = 'integration';
export const MODEL = 'minilm';

export const siteYaml = (
  upstream: Pick<Upstream, 'images' | 'file' | 'chart'>,
  name = SITE_NAME,
): string => `apiVersion: airlock/v1alpha1
kind: Site
name: ${name}
platforms: [${PLATFORMS.join(', ')}]
cluster: { distribution: rke2, kubernetesVersion: "1.34" }
kit: { baseImage: "${upstream.images.kitBase.reference}" }
pools:
  - { name: h100, accelerator: nvidia-h100-80gb, gpusPerNode: 8 }
  - { name: edge, accelerator: none }
models:
  - name: ${MODEL}
    source: { repository: ${MINILM.repository}, revision: ${MINILM.revision} }
    license: { expect: Apache-2.0, reviewedBy: counsel@integration.example, reviewedOn: 2026-11-02 }
servings:
  - { name: embed, model: ${MODEL}, engine: { name: vllm, version: ${ENGINE_VERSION} }, pool: h100, maxModelLen: 512 }
images:
  - { name: toolbox, reference: "${upstream.images.toolbox.reference}" }
files:
  - { name: probe, url: "${upstream.file.url}", sha256: ${upstream.file.sha256} }
charts:
  - { name: envelope, repository: "${upstream.chart.repository}", chart: ${upstream.chart.name}, version: ${upstream.chart.version} }
`;

export const enclaveYaml = (registry: string): string => `apiVersion: airlock/v1alpha1
kind: Enclave
site: ${SITE_NAME}
registry: ${registry}
network:
  podCidrs: [10.42.0.0/16]
  serviceCidrs: [10.43.0.0/16]
  nodeCidrs: [10.20.0.0/24]
  destinations:
    - { name: registry, cidr: 10.20.5.20/32, port: 5443, owner: platform@integration.example, reason: images and weights }
pools:
  h100: { nodes: [gpu-01] }
  edge: { nodes: [edge-01] }
`;
