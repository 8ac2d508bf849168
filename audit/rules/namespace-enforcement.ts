/** AIR-POD-2. */
import { placeOf } from '../kubernetes/object';
import { at, textOf } from '../plan/access';
import {
  checksMissingAt,
  clusterMinor,
  ENFORCE_VERSION as VERSION,
  pinnedMinor,
} from '../pod-security/enforced-version';
import { type Complaint, judge, type Rule } from './rule';
import { usedNamespaces } from './used-namespaces';

const ENFORCE = 'pod-security.kubernetes.io/enforce';

export const namespaceEnforcement: Rule = {
  id: 'AIR-POD-2',
  title: 'Every namespace enforces Pod Security "restricted" at a pinned version',
  explanation:
    'The plan shows the pods that it makes; admission sees all of them. The label `enforce: restricted` makes the API ' +
    'server refuse any other pod, and a pinned `enforce-version` keeps an upgrade of the cluster from changing what that ' +
    'means (kubernetes.io, "Pod Security Admission").',
  waivable: true,
  needs: ['namespaces'],
  evaluate: ({ plan, objects, namespaces, site }) => {
    const made = new Set(namespaces.map(({ name }) => name));
    const foreign = [...usedNamespaces(plan, objects)].filter(([name]) => !made.has(name));
    return [
      ...namespaces.flatMap((namespace) =>
        judge(
          { subject: `Namespace ${namespace.name}`, place: placeOf(namespace), proven: 'restricted, version pinned' },
          () => {
            const labels = at(namespace.root, 'metadata', 'labels');
            const level = at(labels, ENFORCE);
            const version = at(labels, VERSION);
            const where = (labels ?? namespace.root).where;
            const complaints: Complaint[] = [];
            if (textOf(level) !== 'restricted') {
              const value = textOf(level) ?? '(absent)';
              const fix = `set the label ${ENFORCE} to "restricted"`;
              complaints.push({
                check: 'enforce',
                message: 'restricted is not enforced',
                fix,
                where: (level ?? { where }).where,
                value,
              });
            }
            const pinned = pinnedMinor(textOf(version));
            const missing = pinned === undefined ? [] : checksMissingAt(pinned, clusterMinor(site));
            if (missing.length > 0) {
              complaints.push({
                check: 'enforce-version',
                message: `a policy as old as that lacks checks of the profile: ${missing.join(', ')}`,
                fix: `set the label ${VERSION} to the cluster's version`,
                where: (version ?? { where }).where,
                value: textOf(version) ?? '',
              });
            }
            if (pinned === undefined) {
              const value = textOf(version) ?? '(absent)';
              const fix = `set the label ${VERSION} to the cluster's version, e.g. "v1.34"`;
              complaints.push({
                check: 'enforce-version',
                message: 'the version of the policy is not pinned',
                fix,
                where: (version ?? { where }).where,
                value,
              });
            }
            return complaints;
          },
        ),
      ),
      ...foreign.map(([name, place]) => ({
        verdict: 'UNPROVEN' as const,
        subject: `Namespace ${name}`,
        check: 'foreign',
        message: 'the plan does not create this namespace, so its labels are not known',
        fix: 'create it in the plan, with both labels',
        place,
        lacks: { concern: 'namespaces' as const, namespace: name },
      })),
    ];
  },
};
