/** AIR-POD-1. */
import { placeOf } from '../kubernetes/object';
import type { PodTemplate } from '../kubernetes/pods';
import { hostProbes } from '../pod-security/baseline';
import { type PodCheck, viewOf } from '../pod-security/check';
import { checksOf } from '../pod-security/profile';
import { guard, judge, movedTo, type Rule, type Statement } from './rule';

/** The restricted profile of a version, and what a policy of a later one would refuse for what it opens. */
const checksFor = (minor: number): readonly PodCheck[] => [...new Set([...checksOf('restricted', minor), hostProbes])];

function judgePod(pod: PodTemplate, minor: number, checks: readonly PodCheck[]): Statement[] {
  const place = placeOf(pod.object);
  const proven = 'meets the restricted profile';
  return guard(pod.subject, place, () => {
    const view = viewOf(pod, minor);
    if (view.containers.length === 0) {
      const complaint = { check: 'containers', message: 'a pod without containers', fix: 'write them out' };
      return judge({ subject: pod.subject, place, proven }, () => [
        { ...complaint, where: view.spec.where, unproven: true },
      ]);
    }
    const found = checks.flatMap(({ id, breaches }) =>
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
    const checks = checksFor(minor);
    return pods.flatMap((pod) => judgePod(pod, minor, checks));
  },
};
