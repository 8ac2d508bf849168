/** AIR-POD-1. */
import { placeOf } from '../kubernetes/object';
import type { PodTemplate } from '../kubernetes/pods';
import { viewOf } from '../pod-security/check';
import { enforcedChecks, enforcedMinor } from '../pod-security/enforced-version';
import { type AuditContext, guard, judge, movedTo, type Rule, type Statement } from './rule';

function judgePod(pod: PodTemplate, { namespaces, site }: AuditContext): Statement[] {
  const place = placeOf(pod.object);
  const proven = 'meets the restricted profile';
  return guard(pod.subject, place, () => {
    const minor = enforcedMinor(pod.object.namespace, namespaces, site);
    const checks = enforcedChecks(minor);
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
    'sends. The version of the profile is that of the namespace’s label, as the API server reads it. Probe and lifecycle hosts are refused for every version of Kubernetes.',
  waivable: true,
  needs: ['pods'],
  evaluate: (context) => context.pods.flatMap((pod) => judgePod(pod, context)),
};
