/** Fields of a container (API reference, `Container`), init containers and ephemeral ones included. */
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
  PORT,
  QUANTITY,
  WHOLE_NUMBER,
} from './disposition';

const PROGRAM = orElse(
  judgedAs(ANY_TEXT, 'AIR-RUN-1'),
  'the closed list of the program knows the value, or one of its form; what it does without, too',
);
const RESTRICTED = 'it still meets the restricted profile: pod or container says it, and says no less';
const POD_SECURITY = orElse(judgedAs(ANY_TEXT, 'AIR-POD-1'), RESTRICTED);
const MOUNTS = orElse(
  judgedAs(ANY_TEXT, 'AIR-WGT-2', 'AIR-RUN-1'),
  'it hides nothing of the image, and shows what is known there; what lacks a part, the API server refuses',
);
const WAITING = harmless(
  WHOLE_NUMBER,
  'it decides when the container counts as ready or failed, and nothing that it may do',
);

const SECRET = 'the Secret is one of the enclave: whatever it is called, the plan holds no value of it';
/** Of any key; which keys there may be, AIR-RUN-2 judges. */
const SHARE = 'it bounds what the container takes of the node; AIR-RUN-2 judges of what';

const ASKED_PORT = harmless(PORT, 'the kubelet asks the pod itself; for which path, AIR-RUN-1 judges');

const PROBE: FieldTable = {
  'exec.command[]': PROGRAM,
  'httpGet.path': PROGRAM,
  'httpGet.port': ASKED_PORT,
  'httpGet.scheme': harmless(oneOf('HTTP', 'HTTPS'), 'the kubelet asks the pod itself'),
  'httpGet.host': POD_SECURITY,
  'tcpSocket.port': ASKED_PORT,
  'tcpSocket.host': POD_SECURITY,
  'grpc.port': ASKED_PORT,
  'grpc.service': harmless(ANY_TEXT, 'the kubelet asks the pod itself'),
  initialDelaySeconds: WAITING,
  periodSeconds: WAITING,
  timeoutSeconds: WAITING,
  successThreshold: WAITING,
  failureThreshold: WAITING,
};

const HOOK: FieldTable = {
  'exec.command[]': PROGRAM,
  'httpGet.host': POD_SECURITY,
  'tcpSocket.host': POD_SECURITY,
  'sleep.seconds': harmless(WHOLE_NUMBER, 'it waits before the container ends'),
};

const SECURITY_CONTEXT: FieldTable = {
  allowPrivilegeEscalation: orElse(judgedAs(FLAG, 'AIR-POD-1'), RESTRICTED),
  privileged: orElse(judgedAs(FLAG, 'AIR-POD-1'), RESTRICTED),
  procMount: POD_SECURITY,
  readOnlyRootFilesystem: harmless(FLAG, 'what a container writes to its own root ends with it'),
  runAsGroup: harmless(WHOLE_NUMBER, 'groups are of the container alone: no volume of a pod is the node’s'),
  runAsNonRoot: orElse(judgedAs(FLAG, 'AIR-POD-1'), RESTRICTED),
  runAsUser: orElse(judgedAs(WHOLE_NUMBER, 'AIR-POD-1'), RESTRICTED),
  'appArmorProfile.type': POD_SECURITY,
  'capabilities.add[]': POD_SECURITY,
  'capabilities.drop[]': POD_SECURITY,
  'seLinuxOptions.level': harmless(ANY_TEXT, 'a level separates pods from each other'),
  'seLinuxOptions.role': POD_SECURITY,
  'seLinuxOptions.type': POD_SECURITY,
  'seLinuxOptions.user': POD_SECURITY,
  'seccompProfile.type': POD_SECURITY,
  'seccompProfile.localhostProfile': POD_SECURITY,
  'windowsOptions.hostProcess': POD_SECURITY,
};

export const CONTAINER: FieldTable = {
  name: harmless(NAME, 'a container is known by its image'),
  image: judged('AIR-IMG-1'),
  imagePullPolicy: harmless(oneOf('Always', 'IfNotPresent', 'Never'), 'an image by digest is the same from anywhere'),
  'command[]': PROGRAM,
  'args[]': PROGRAM,
  'env[].name': PROGRAM,
  'env[].value': PROGRAM,
  'env[].valueFrom.secretKeyRef.name': harmless(NAME, SECRET),
  'env[].valueFrom.secretKeyRef.key': harmless(ANY_TEXT, SECRET),
  'env[].valueFrom.secretKeyRef.optional': PROGRAM,
  'env[].valueFrom.configMapKeyRef.name': PROGRAM,
  'env[].valueFrom.configMapKeyRef.key': PROGRAM,
  'env[].valueFrom.configMapKeyRef.optional': PROGRAM,
  'env[].valueFrom.fieldRef.apiVersion': PROGRAM,
  'env[].valueFrom.fieldRef.fieldPath': PROGRAM,
  'env[].valueFrom.resourceFieldRef.resource': PROGRAM,
  'env[].valueFrom.resourceFieldRef.containerName': PROGRAM,
  'env[].valueFrom.resourceFieldRef.divisor': PROGRAM,
  'ports[].name': harmless(NAME, 'policies speak of the port that a connection goes to, and deny any other'),
  'ports[].containerPort': harmless(WHOLE_NUMBER, 'it informs; a port is open because a process listens on it'),
  'ports[].protocol': harmless(oneOf('TCP', 'UDP', 'SCTP'), 'it informs; policies name the protocols that may pass'),
  'ports[].hostPort': POD_SECURITY,
  'ports[].hostIP': POD_SECURITY,
  ...below('livenessProbe', PROBE),
  ...below('readinessProbe', PROBE),
  ...below('startupProbe', PROBE),
  ...below('lifecycle.preStop', HOOK),
  ...below('lifecycle.postStart', HOOK),
  'resources.limits.*': harmless(QUANTITY, SHARE),
  'resources.requests.*': harmless(QUANTITY, SHARE),
  restartPolicy: orElse(
    judgedAs(oneOf('Always', 'OnFailure', 'Never'), 'AIR-WGT-2', 'AIR-NET-5'),
    'of a container that is no init container it decides whether it starts again',
  ),
  ...below('securityContext', SECURITY_CONTEXT),
  'volumeMounts[].name': MOUNTS,
  'volumeMounts[].mountPath': MOUNTS,
  'volumeMounts[].readOnly': orElse(
    judgedAs(FLAG, 'AIR-WGT-2', 'AIR-RUN-1'),
    'it writes less, or writes where these rules let it',
  ),
  'volumeMounts[].subPath': MOUNTS,
  'volumeMounts[].subPathExpr': MOUNTS,
};

export const POD_SECURITY_CONTEXT: FieldTable = {
  fsGroup: harmless(WHOLE_NUMBER, 'it owns the volumes of the pod, none of which is the node’s'),
  fsGroupChangePolicy: harmless(oneOf('OnRootMismatch', 'Always'), 'it decides when ownership is set'),
  'supplementalGroups[]': harmless(WHOLE_NUMBER, 'groups are of the pod alone: none of its volumes is the node’s'),
  runAsGroup: harmless(WHOLE_NUMBER, 'groups are of the pod alone: none of its volumes is the node’s'),
  runAsNonRoot: orElse(judgedAs(FLAG, 'AIR-POD-1'), RESTRICTED),
  runAsUser: orElse(judgedAs(WHOLE_NUMBER, 'AIR-POD-1'), RESTRICTED),
  'appArmorProfile.type': POD_SECURITY,
  'seLinuxOptions.level': harmless(ANY_TEXT, 'a level separates pods from each other'),
  'seLinuxOptions.role': POD_SECURITY,
  'seLinuxOptions.type': POD_SECURITY,
  'seLinuxOptions.user': POD_SECURITY,
  'seccompProfile.type': POD_SECURITY,
  'seccompProfile.localhostProfile': POD_SECURITY,
  'sysctls[].name': POD_SECURITY,
  'sysctls[].value': harmless(ANY_TEXT, 'AIR-POD-1 takes only sysctls that are of the pod alone'),
  'windowsOptions.hostProcess': POD_SECURITY,
};
