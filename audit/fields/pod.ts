/** Fields of a pod's `spec` (API reference, `PodSpec`). */
import { CONTAINER, POD_SECURITY_CONTEXT } from './container';
import {
  ANY_TEXT,
  below,
  type FieldTable,
  FLAG,
  harmless,
  judged,
  judgedAs,
  NAME,
  oneOf,
  orElse,
  QUANTITY,
  WHOLE_NUMBER,
} from './disposition';
import { PLACED, placed, selector } from './metadata';

const POD_SECURITY = judged('AIR-POD-1');
const OF_NODE = orElse(judgedAs(FLAG, 'AIR-POD-1'), 'false, as without it');
/** Rules judge a volume by what mounts it. */
const UNMOUNTED = 'a volume that nothing mounts is none, and the API server takes one source for each';
const VOLUME = orElse(
  judgedAs(NAME, 'AIR-RUN-1', 'AIR-WGT-2', 'AIR-POD-1'),
  'a volume that nothing mounts is none, and one that is missing stops the pod',
);
const MODE = harmless(WHOLE_NUMBER, 'it decides who in the pod may read the file, and all of the pod is one user');
const KEY = harmless(ANY_TEXT, 'which of its keys a pod reads: AIR-CFG-1 reads all of them');

const expression = (path: string): FieldTable => ({
  [`${path}.key`]: PLACED,
  [`${path}.operator`]: PLACED,
  [`${path}.values[]`]: PLACED,
});

const NODE_TERM: FieldTable = { ...expression('matchExpressions[]'), ...expression('matchFields[]') };
const POD_TERM: FieldTable = {
  ...below('labelSelector', selector(PLACED)),
  ...below('namespaceSelector', selector(PLACED)),
  'matchLabelKeys[]': PLACED,
  'namespaces[]': PLACED,
  topologyKey: PLACED,
};

const podAffinity = (kind: string): FieldTable => ({
  ...below(`${kind}.requiredDuringSchedulingIgnoredDuringExecution[]`, POD_TERM),
  ...below(`${kind}.preferredDuringSchedulingIgnoredDuringExecution[].podAffinityTerm`, POD_TERM),
  [`${kind}.preferredDuringSchedulingIgnoredDuringExecution[].weight`]: placed(WHOLE_NUMBER),
});

const AFFINITY: FieldTable = {
  ...below('nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[]', NODE_TERM),
  ...below('nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[].preference', NODE_TERM),
  'nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[].weight': placed(WHOLE_NUMBER),
  ...podAffinity('podAffinity'),
  ...podAffinity('podAntiAffinity'),
};

/** Fields of a volume; sources that AIR-POD-1 or AIR-PLAN-1 refuse are named, so that those speak of them alone. */
const VOLUMES: FieldTable = {
  name: VOLUME,
  'emptyDir.sizeLimit': harmless(QUANTITY, 'it bounds what the pod may write'),
  'emptyDir.medium': harmless(oneOf('', 'Memory'), 'both end with the pod'),
  'configMap.name': orElse(judgedAs(NAME, 'AIR-CFG-1'), 'without its map the pod does not start'),
  'configMap.optional': orElse(judgedAs(FLAG, 'AIR-CFG-1'), UNMOUNTED),
  'configMap.defaultMode': MODE,
  'configMap.items[].key': KEY,
  'configMap.items[].path': orElse(judgedAs(ANY_TEXT, 'AIR-CFG-1'), UNMOUNTED),
  'configMap.items[].mode': MODE,
  'secret.secretName': orElse(judgedAs(NAME, 'AIR-RUN-1', 'AIR-CFG-1'), UNMOUNTED),
  'secret.optional': harmless(FLAG, 'without its Secret the program does not start'),
  'secret.defaultMode': MODE,
  'secret.items[].key': KEY,
  'secret.items[].path': KEY,
  'secret.items[].mode': MODE,
  'persistentVolumeClaim.claimName': VOLUME,
  'persistentVolumeClaim.readOnly': orElse(
    judgedAs(FLAG, 'AIR-RUN-1', 'AIR-WGT-2'),
    'read-only, a pod writes less; that nobody else writes to verified weights, AIR-WGT-2 asks',
  ),
  'csi.driver': harmless(
    oneOf('secrets-store.csi.k8s.io'),
    'it brings secrets of the site into the pod, and mounts nothing else',
  ),
  'csi.readOnly': harmless(FLAG, 'the driver keeps nothing that is written'),
  'csi.volumeAttributes.secretProviderClass': harmless(NAME, 'which secrets of the site'),
  'image.reference': judged('AIR-IMG-1'),
  'image.pullPolicy': harmless(
    oneOf('Always', 'IfNotPresent', 'Never'),
    'an image by digest is the same from anywhere',
  ),
  'hostPath.path': POD_SECURITY,
  'hostPath.type': POD_SECURITY,
  'projected.defaultMode': MODE,
  'projected.sources[].configMap.**': orElse(judged('AIR-CFG-1', 'AIR-RUN-1'), UNMOUNTED),
  'projected.sources[].secret.**': orElse(judged('AIR-RUN-1', 'AIR-CFG-1'), UNMOUNTED),
  'projected.sources[].downwardAPI.**': harmless(ANY_TEXT, 'it tells the pod what the plan says of it'),
  'projected.sources[].serviceAccountToken.**': judged('AIR-RBAC-1'),
  'projected.sources[].clusterTrustBundle.**': orElse(judged('AIR-RUN-1', 'AIR-CFG-1'), UNMOUNTED),
  'projected.sources[].podCertificate.**': judged('AIR-RBAC-1'),
  'downwardAPI.**': harmless(ANY_TEXT, 'it tells the pod what the plan says of it'),
};

export const POD: FieldTable = {
  activeDeadlineSeconds: harmless(WHOLE_NUMBER, 'it ends the pod'),
  ...below('affinity', AFFINITY),
  automountServiceAccountToken: judged('AIR-RBAC-1'),
  ...below('containers[]', CONTAINER),
  ...below('initContainers[]', CONTAINER),
  ...below('ephemeralContainers[]', CONTAINER),
  dnsPolicy: harmless(oneOf('ClusterFirst'), 'the resolver of the cluster, which the enclave names'),
  enableServiceLinks: harmless(
    FLAG,
    'it tells the pod the addresses of Services of its namespace, which DNS tells as well',
  ),
  'hostAliases[].hostnames[]': orElse(judged('AIR-NET-7'), 'without it the pod asks the resolver'),
  'hostAliases[].ip': orElse(judged('AIR-NET-7'), 'an address of a declared destination'),
  hostIPC: OF_NODE,
  hostNetwork: OF_NODE,
  hostPID: OF_NODE,
  'imagePullSecrets[].name': harmless(NAME, 'the kubelet shows it to the registry of an image that AIR-IMG-1 judges'),
  'nodeSelector.*': PLACED,
  'os.name': orElse(judgedAs(oneOf('linux', 'windows'), 'AIR-POD-1'), 'Linux, as without it'),
  priorityClassName: harmless(NAME, 'it decides which pods go first where there is no room'),
  restartPolicy: harmless(oneOf('Always', 'OnFailure', 'Never'), 'it decides whether a container starts again'),
  runtimeClassName: judged('AIR-RUN-2'),
  ...below('securityContext', POD_SECURITY_CONTEXT),
  serviceAccountName: harmless(NAME, 'AIR-RBAC-1 judges what an account may, and that no pod holds its token'),
  subdomain: harmless(NAME, 'it gives the pod a name in the cluster’s own DNS'),
  hostname: harmless(NAME, 'it gives the pod a name in the cluster’s own DNS'),
  terminationGracePeriodSeconds: harmless(WHOLE_NUMBER, 'it decides how long a pod has to end'),
  'tolerations[].effect': PLACED,
  'tolerations[].key': PLACED,
  'tolerations[].operator': PLACED,
  'tolerations[].tolerationSeconds': placed(WHOLE_NUMBER),
  'tolerations[].value': PLACED,
  ...below('topologySpreadConstraints[].labelSelector', selector(PLACED)),
  'topologySpreadConstraints[].matchLabelKeys[]': PLACED,
  'topologySpreadConstraints[].maxSkew': placed(WHOLE_NUMBER),
  'topologySpreadConstraints[].minDomains': placed(WHOLE_NUMBER),
  'topologySpreadConstraints[].nodeAffinityPolicy': PLACED,
  'topologySpreadConstraints[].nodeTaintsPolicy': PLACED,
  'topologySpreadConstraints[].topologyKey': PLACED,
  'topologySpreadConstraints[].whenUnsatisfiable': PLACED,
  ...below('volumes[]', VOLUMES),
};
