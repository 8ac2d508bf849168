/** AIR-POD-1. */
import { placeOf } from '../kubernetes/object';
import { containersOf, type PodTemplate } from '../kubernetes/pods';
import type { PodView } from '../pod-security/check';
import { specOf } from '../pod-security/check';
import { RESTRICTED } from '../pod-security/restricted';
import { guard, judge, movedTo, type Rule, type Statement } from './rule';

function judgePod(pod: PodTemplate, minor: number): Statement[] {
  const place = placeOf(pod.object);
  const proven = 'meets the restricted profile';
  return guard(pod.subject, place, () => {
    const view: PodView = { pod, spec: specOf(pod), containers: containersOf(pod), minor };
    if (view.containers.length === 0) {
      const complaint = { check: 'containers', message: 'a pod without containers', fix: 'write them out' };
      return judge({ subject: pod.subject, place, proven }, () => [
        { ...complaint, where: view.spec.where, unproven: true },
      ]);
    }
    const found = RESTRICTED.flatMap(({ id, breaches }) =>
      guard(pod.subject, place, () =>
        breaches(view).map(({ part, node, ...breach }): Statement => ({
          ...breach,
          verdict: 'VIOLATED',
          subject: part === '' ? pod.subject : `${pod.subject} ${part}`,
          check: id,
          place: movedTo(place, node.where),
        })),
      ),
    );
    return found.length > 0 ? found : [{ verdict: 'PROVEN', subject: pod.subject, message: proven, place }];
  });
}

export const podSecurity: Rule = {
  id: 'AIR-POD-1',
  title: 'Every pod meets the restricted profile of the Pod Security Standards',
  explanation:
    'A container that can reach the node can reach everything the node can, past every policy. Reads the pod template ' +
    'of every workload kind with every container in it; typed resources with the defaults that the Terraform provider ' +
    'sends. Probe and lifecycle hosts are refused for every version of Kubernetes.',
  waivable: true,
  needs: ['pods'],
  evaluate: ({ pods, site }) => {
    const minor = Number(site.cluster.kubernetesVersion.split('.')[1] ?? Number.NaN);
    return pods.flatMap((pod) => judgePod(pod, minor));
  },
};
