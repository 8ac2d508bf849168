/** AIR-CFG-1. */
import { mountedFiles, variablesFromMaps } from '../configuration/files';
import { CONFIGURED, programComplaints } from '../configuration/judge-program';
import { type Role, roleOf } from '../configuration/roles';
import { isLookedFor, monitoringComplaints } from '../configuration/monitoring';
import { unreadMaps } from '../configuration/unread-maps';
import { placeOf, subjectOf } from '../kubernetes/object';
import { type Container, containersOf, type PodTemplate } from '../kubernetes/pods';
import { type AuditContext, type Complaint, guard, judge, type Rule, type Statement } from './rule';

/** Where the kit reads an authority that a site may bring by itself: what it fetches is held against a digest whoever sends it. */
const KIT_AUTHORITIES = '/etc/airlock/ca';

interface Configured {
  readonly container: Container;
  readonly role: Role;
}

const rolesIn = (pod: PodTemplate, context: AuditContext): Configured[] =>
  containersOf(pod).flatMap((container) => {
    const role = roleOf(container, context);
    return role === undefined ? [] : [{ container, role }];
  });

/** Undefined where nothing configures it. */
function complaintsAbout({ container, role }: Configured, context: AuditContext): readonly Complaint[] | undefined {
  const { files, complaints } = mountedFiles(
    container,
    context,
    ({ path }) => role === 'kit' && path.replace(/\/+$/, '') === KIT_AUTHORITIES,
  );
  // Where every variable is judged, one in a ConfigMap is found there.
  const variables = role === 'trace-store' || role === 'trace-database' ? [] : variablesFromMaps(container);
  const isUnconfigured = files.length + complaints.length + variables.length === 0 && !CONFIGURED.includes(role);
  if (isUnconfigured) return undefined;
  return [...complaints, ...variables, ...programComplaints(role, { container, files, context })];
}

const PROVEN: Readonly<Partial<Record<Role, string>>> = {
  gateway: 'who calls is known, may call what the enclave says, and personal data is treated as the site says',
  'rate-limit': 'it counts the budgets that the enclave gives',
  collector: 'every span is redacted before it goes to the one place that is declared',
  'trace-store': 'it is closed, calls nobody, and forgets after the days of the enclave',
  'trace-database': 'it asks for a password, and logs no statement',
  'device-plugin': 'it hands out GPUs as the pool says',
};

function judgeContainer(configured: Configured, context: AuditContext): Statement[] {
  const { container, role } = configured;
  const subject = `${container.pod.subject} ${container.label}`;
  const place = placeOf(container.pod.object, container.node);
  const proven = PROVEN[role] ?? 'what it reads is as locked';
  return guard(subject, place, () => {
    const complaints = complaintsAbout(configured, context);
    return complaints === undefined ? [] : judge({ subject, place, proven }, () => complaints);
  });
}

/** Of maps that no pod reads; those that nothing looks for are notes. */
const mapStatements = ({ objects }: AuditContext): Statement[] =>
  unreadMaps(objects).flatMap((object) => {
    const [subject, place] = [subjectOf(object), placeOf(object)];
    const proven = 'what finds it by its labels watches the platform, and is told to call nobody else';
    return guard(subject, place, () =>
      isLookedFor(object) ? judge({ subject, place, proven }, () => monitoringComplaints(object)) : [],
    );
  });

export const configuration: Rule = {
  id: 'AIR-CFG-1',
  title: 'What configures the gateway, the counters, the traces and the mirror keeps every promise',
  explanation:
    'A program behind every policy is still only what its configuration says. Which program a container is, is told by its locked ' +
    'image. Reads every file of a ConfigMap that such a container mounts, and the whole environment of trace store and ' +
    'database: each key must be known, with a value that keeps what site and enclave say about callers, budgets, servings, ' +
    'redaction, doors, where traces go and how long they stay. Programs that travel as text are known by digest. A file, key ' +
    'or value that nobody knows is UNPROVEN; one that is known to break a promise is VIOLATED. A ConfigMap that no pod of the ' +
    'plan reads, with a label by which something else may find it, holds rules, scrape jobs and dashboards for what watches ' +
    'the platform, or is UNPROVEN.',
  waivable: true,
  needs: ['pods', 'services'],
  evaluate: (context): Statement[] => [
    ...context.pods.flatMap((pod) =>
      guard(pod.subject, placeOf(pod.object), () =>
        rolesIn(pod, context).flatMap((configured) => judgeContainer(configured, context)),
      ),
    ),
    ...mapStatements(context),
  ],
};
