/** AIR-DATA-2. */
import { groupedBy } from '../../core/remember';
import { objectsByName, objectsOfKind } from '../kubernetes/find-object';
import { type KubernetesObject, placeOf, subjectOf } from '../kubernetes/object';
import { containersOf, podSpec, type PodTemplate } from '../kubernetes/pods';
import { at, flagOf, itemsOf, textOf, textsOf } from '../plan/access';
import { bodiesOf } from '../plan/blocks';
import { below } from '../plan/node';
import { type AuditContext, type Complaint, guard, judge, type Rule } from './rule';
import { runsFor } from './runs-for';

const FIX = 'protect it as docs/deploy.md says: lifecycle.prevent_destroy, helm.sh/resource-policy: keep, Retain';
/** A StatefulSet keeps the claims of its replicas unless it is told otherwise (API reference, "StatefulSet"). */
const KEEPS = 'Retain';

const keepsCalls = (pod: PodTemplate, context: AuditContext): boolean =>
  runsFor(containersOf(pod), context, (user) => /^(gateway|traces)(\/|$)/.test(user));

const claimsIn = groupedBy(({ namespace }: KubernetesObject) => namespace);

const claimNames = (pod: PodTemplate): string[] =>
  itemsOf(at(podSpec(pod), 'volumes')).flatMap(
    (volume) => textOf(at(volume, 'persistentVolumeClaim', 'claimName')) ?? [],
  );

/** Whether a plan that no longer has the object leaves it where it is. */
export function outlivesPlan({ resource, root }: KubernetesObject): boolean {
  if (resource.type === 'helm_release') {
    return textsOf(at(root, 'metadata', 'annotations')).get('helm.sh/resource-policy') === 'keep';
  }
  return bodiesOf(resource.body.entries.get('lifecycle')).some(
    ({ entries }) => flagOf(entries.get('prevent_destroy')) === true,
  );
}

function destroyable(object: KubernetesObject, what: string): Complaint[] {
  if (outlivesPlan(object)) return [];
  const { body } = object.resource;
  const where = body.entries.get('lifecycle')?.where ?? below(body.where, 'lifecycle');
  return [{ check: 'destroy', message: `a plan that renames it or lacks it destroys ${what}`, fix: FIX, where }];
}

/** Claims that a StatefulSet makes, and what becomes of them when it goes or shrinks. */
const retentionComplaints = ({ object }: PodTemplate): Complaint[] =>
  object.kind !== 'StatefulSet'
    ? []
    : ['whenDeleted', 'whenScaled'].flatMap((field) => {
        const node = at(object.root, 'spec', 'persistentVolumeClaimRetentionPolicy', field);
        const value = textOf(node) ?? KEEPS;
        return value === KEEPS || node === undefined
          ? []
          : [
              {
                check: 'retention',
                message: `its claims go when it does: ${field} is ${value}`,
                fix: FIX,
                where: node.where,
                value,
              },
            ];
      });

/** A release that replaces what it finds deletes it first (hashicorp/terraform-provider-helm, docs/resources/release.md). */
const releaseComplaints = ({ object }: PodTemplate): Complaint[] =>
  ['force_update', 'recreate_pods', 'replace'].flatMap((name) => {
    const node = object.resource.type === 'helm_release' ? object.resource.body.entries.get(name) : undefined;
    return node === undefined || flagOf(node) === false
      ? []
      : [
          {
            check: 'replace',
            message: `with ${name}, Helm deletes what it finds, and makes it again`,
            fix: 'leave it out',
            where: node.where,
          },
        ];
  });

export const keptState: Rule = {
  id: 'AIR-DATA-2',
  title: 'What callers leave behind is not destroyed by accident',
  explanation:
    'Budgets, traces and their backups are evidence: a plan that renames a claim, or lacks it, must fail instead of ' +
    'destroying it. Reads every claim of every pod whose image the lock carries for the gateway or for traces, and its ' +
    'namespace: each outlives a plan without it. Claims of StatefulSets are retained, and no release replaces by deleting.',
  waivable: true,
  needs: ['pods'],
  evaluate: (context) => {
    const { pods, objects, namespaces } = context;
    return pods.flatMap((pod) =>
      guard(pod.subject, placeOf(pod.object), () => {
        if (!keepsCalls(pod, context)) return [];
        const { namespace } = pod.object;
        const named = claimNames(pod);
        const hasClaims = named.length > 0 || at(pod.object.root, 'spec', 'volumeClaimTemplates') !== undefined;
        const claims = claimsIn(objectsOfKind(objects, 'PersistentVolumeClaim'), namespace).filter(({ name }) =>
          named.includes(name),
        );
        const holders = hasClaims ? objectsByName(namespaces, namespace) : [];
        const proven = 'outlives a plan without it';
        return [
          ...judge({ subject: pod.subject, place: placeOf(pod.object), proven: 'its claims are kept' }, () => [
            ...retentionComplaints(pod),
            ...releaseComplaints(pod),
          ]),
          ...[...claims, ...holders].flatMap((object) =>
            judge({ subject: subjectOf(object), place: placeOf(object), proven }, () =>
              destroyable(object, object.kind === 'Namespace' ? 'every claim in it' : 'what is on it'),
            ),
          ),
        ];
      }),
    );
  },
};
