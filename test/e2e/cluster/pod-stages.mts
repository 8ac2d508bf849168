/** What KWOK makes of pods, where they are to take their time to end (kwok.sigs.k8s.io, "Stages"). */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

const stage = (
  name: string,
  operator: 'Exists' | 'DoesNotExist',
  spec: object,
  more: readonly object[] = [],
): object => ({
  apiVersion: 'kwok.x-k8s.io/v1alpha1',
  kind: 'Stage',
  metadata: { name },
  spec: {
    resourceRef: { apiGroup: 'v1', kind: 'Pod' },
    selector: { matchExpressions: [{ key: '.metadata.deletionTimestamp', operator }, ...more] },
    ...spec,
  },
});

/** The least that the API server and the controllers take for a pod that runs. */
const RUNNING = `
{{ $now := Now }}
phase: Running
startTime: {{ $now | Quote }}
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
podIP: {{ PodIPWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) | Quote }}
conditions:
- { type: Initialized, status: "True", lastTransitionTime: {{ $now | Quote }} }
- { type: Ready, status: "True", lastTransitionTime: {{ $now | Quote }} }
- { type: ContainersReady, status: "True", lastTransitionTime: {{ $now | Quote }} }
`;

/**
 * Writes a configuration of KWOK by which pods are Ready as soon as they have a node, and are gone so long after they were
 * told to end, as those of engines are that finish their answers.
 *
 * @returns its path
 */
export async function writeSlowEnds(folder: string, seconds: number): Promise<string> {
  const stages = [
    stage('pod-ready', 'DoesNotExist', { next: { statusTemplate: RUNNING } }, [
      { key: '.status.podIP', operator: 'DoesNotExist' },
    ]),
    // Not its finalizers: they are for who set them.
    stage('pod-delete', 'Exists', { delay: { durationMilliseconds: seconds * 1000 }, next: { delete: true } }),
  ];
  const file = path.join(folder, 'kwok.yaml');
  await writeFile(file, stages.map((one) => JSON.stringify(one)).join('\n---\n'));
  return file;
}
