/** Everything the tier installs, pinned. Debian revisions float below an upstream version, since security fixes replace them. */
import type { GoProgram } from '../../harness/go.mjs';

export const KUBERNETES_VERSION = 'v1.34.4';

export const DEBIAN_PACKAGES = [
  'curl=7.88*',
  'etcd-server=3.4.23*',
  'iproute2=6.1*',
  'openssl=3.0*',
  'postgresql-15=15.*',
] as const;

export const KWOK = {
  name: 'kwok',
  module: 'sigs.k8s.io/kwok/cmd/kwok',
  version: 'v0.7.0',
} as const satisfies GoProgram;

/** The controller of LeaderWorkerSets. */
export const LWS = {
  name: 'lws',
  module: 'sigs.k8s.io/lws/cmd',
  version: 'v0.8.0',
  copyOf: 'sigs.k8s.io/lws',
} as const satisfies GoProgram;

export interface DefinitionSource {
  readonly module: string;
  readonly version: string;
  /** File in the module: YAML, or a template whose definitions are plain YAML. */
  readonly file: string;
  /** Name of the definition, `<plural>.<group>`. */
  readonly name: string;
}

const CILIUM_FOLDER = 'pkg/k8s/apis/cilium.io/client/crds/v2';

/** Definitions of the kinds that the kit writes and Kubernetes does not have, and the modules that publish them. */
export const DEFINITIONS: readonly DefinitionSource[] = [
  {
    module: LWS.copyOf,
    version: LWS.version,
    file: 'config/crd/bases/leaderworkerset.x-k8s.io_leaderworkersets.yaml',
    name: 'leaderworkersets.leaderworkerset.x-k8s.io',
  },
  {
    module: 'sigs.k8s.io/network-policy-api',
    version: 'v0.3.0',
    file: 'config/crd/standard/policy.networking.k8s.io_clusternetworkpolicies.yaml',
    name: 'clusternetworkpolicies.policy.networking.k8s.io',
  },
  {
    module: 'github.com/cilium/cilium',
    version: 'v1.20.2',
    file: `${CILIUM_FOLDER}/ciliumclusterwidenetworkpolicies.yaml`,
    name: 'ciliumclusterwidenetworkpolicies.cilium.io',
  },
  // Calico's own module is not needed for it: kops carries the manifest as Calico released it.
  {
    module: 'k8s.io/kops',
    version: 'v1.30.0',
    file: 'upup/models/cloudup/resources/addons/networking.projectcalico.org.canal/k8s-1.25.yaml.template',
    name: 'globalnetworkpolicies.crd.projectcalico.org',
  },
];
