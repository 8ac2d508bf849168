/** OpenShift: https://docs.redhat.com/en/documentation/openshift_container_platform. */
import { stringify } from 'yaml';
import { digestOf, hexOf } from '../../core/digest';
import { byPath, type Distribution, type NodeFile, type NodeRegistration } from './distribution';

const NAME = 'airlock-registry-ca';
const yaml = (...documents: readonly object[]): string =>
  documents.map((document) => stringify(document, { lineWidth: 0 })).join('---\n');

/**
 * Ids that pods of the kit may run with. SCC `restricted-v2` takes fixed ids only from the ranges that these annotations
 * state, and an `fsGroup` only if it is the first of its range (openshift/apiserver-library-go, sccmatching/matcher.go). The
 * allocator leaves a namespace alone that has a range (openshift/cluster-policy-controller,
 * namespace_scc_allocation_controller.go), so all three are written, the SELinux level among them.
 */
const USERS = {
  /** 1000 to 65532: the users of the engines' images and of the kit's. */
  'openshift.io/sa.scc.uid-range': '1000/64533',
  'openshift.io/sa.scc.supplemental-groups': '65532/1',
};

/** Pairs with the highest category are never reached by the allocator, which counts up from `c1,c0`. */
const HIGHEST_CATEGORY = 1023;

/** "Configuring image registry repository mirroring": ImageDigestMirrorSet. */
const mirrorSet = ({ registry, mirrors }: NodeRegistration): object => ({
  apiVersion: 'config.openshift.io/v1',
  kind: 'ImageDigestMirrorSet',
  metadata: { name: 'airlock' },
  spec: {
    imageDigestMirrors: mirrors.map(({ host, folder }) => ({
      source: host,
      mirrors: [`${registry}/${folder}`],
      mirrorSourcePolicy: 'NeverContactSource',
    })),
  },
});

/** "Configuring additional trust stores for image registry access": two dots stand for the colon of a port. */
const trust = (registry: string, ca: string): object[] => [
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: NAME, namespace: 'openshift-config' },
    data: { [registry.replace(':', '..')]: ca },
  },
  {
    apiVersion: 'config.openshift.io/v1',
    kind: 'Image',
    metadata: { name: 'cluster' },
    spec: { additionalTrustedCA: { name: NAME } },
  },
];

export const openshift: Distribution = {
  // openshift/cluster-dns-operator assets/dns/daemonset.yaml; its container port is 5353.
  dns: {
    namespace: 'openshift-dns',
    podLabels: { 'dns.operator.openshift.io/daemonset-dns': 'default' },
    port: 5353,
  },
  howTo:
    'oc apply --server-side -f the registry files, once for the cluster; oc patch machineset <name> --type=merge --patch-file the MachineSet patch, before it makes machines',
  namespaceAnnotations: (namespace) => {
    const category = parseInt(hexOf(digestOf(namespace)).slice(0, 8), 16) % HIGHEST_CATEGORY;
    return { ...USERS, 'openshift.io/sa.scc.mcs': `s0:c${String(HIGHEST_CATEGORY)},c${String(category)}` };
  },
  // Its allocator and its label syncer (openshift/cluster-policy-controller) annotate every namespace.
  foreignAnnotations: ['^(security\\.)?openshift\\.io/'],
  nodeFiles(registration) {
    const { labels, taints, registry, registryCa, mirrors } = registration;
    // Machine API, "MachineSet": machines hand these to their nodes.
    const machineSet = {
      spec: { template: { spec: { metadata: { labels }, ...(taints.length === 0 ? {} : { taints }) } } },
    };
    const files: NodeFile[] = [{ path: 'openshift/machineset-patch.yaml', content: yaml(machineSet) }];
    if (mirrors.length > 0)
      files.push({ path: 'openshift/registry-mirrors.yaml', content: yaml(mirrorSet(registration)) });
    if (registryCa !== undefined)
      files.push({ path: 'openshift/registry-trust.yaml', content: yaml(...trust(registry, registryCa)) });
    return files.sort(byPath);
  },
};
