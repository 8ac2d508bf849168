/** Pod Security Standard "restricted", written down from the Kubernetes documentation, against every pod we make. */
import type { Container, PodSpec } from 'kubernetes-types/core/v1';
import { podOf, releasesOf, synth } from '../../stacks/synthesized';

const RESTRICTED_VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

const faultsOfContainer = (container: Container, pod: PodSpec): string[] => {
  const context = container.securityContext ?? {};
  const hosts = [container.startupProbe, container.readinessProbe, container.livenessProbe].map(
    (probe) => probe?.httpGet?.host,
  );
  return [
    context.allowPrivilegeEscalation === false ? '' : 'allowPrivilegeEscalation',
    context.capabilities?.drop?.includes('ALL') === true && context.capabilities.add === undefined
      ? ''
      : 'capabilities',
    (context.runAsNonRoot ?? pod.securityContext?.runAsNonRoot) === true ? '' : 'runAsNonRoot',
    (context.runAsUser ?? pod.securityContext?.runAsUser ?? 0) > 0 ? '' : 'runAsUser',
    (context.seccompProfile ?? pod.securityContext?.seccompProfile)?.type === 'RuntimeDefault' ? '' : 'seccompProfile',
    context.privileged === true ? 'privileged' : '',
    container.ports?.some(({ hostPort }) => hostPort !== undefined) === true ? 'hostPort' : '',
    hosts.some((host) => host !== undefined) ? 'probe host' : '',
    context.readOnlyRootFilesystem === true ? '' : 'readOnlyRootFilesystem',
  ];
};

describe('every pod of the platform', () => {
  const { stack } = synth();
  const pods = ['mirror', 'serving'].flatMap((name) =>
    releasesOf(stack(name)).map((release) => [release, podOf(stack(name), release)] as const),
  );

  it('is one of three', () => {
    expect(pods.map(([name]) => name)).toEqual([
      'weight-mirror_release',
      'serving-chat_release',
      'serving-small_release',
    ]);
  });

  it.each(pods)('%s meets the restricted standard in each container', (_name, pod) => {
    const containers = [...(pod.initContainers ?? []), ...pod.containers];
    expect(containers.flatMap((container) => faultsOfContainer(container, pod)).filter(Boolean)).toEqual([]);
    expect([pod.hostNetwork, pod.hostPID, pod.hostIPC]).toEqual([undefined, undefined, undefined]);
    for (const volume of pod.volumes ?? []) {
      expect(RESTRICTED_VOLUMES).toContain(Object.keys(volume).find((key) => key !== 'name'));
    }
  });

  it.each(pods)('%s gets no service account token and no service variables', (_name, pod) => {
    expect([pod.automountServiceAccountToken, pod.enableServiceLinks]).toEqual([false, false]);
  });
});
