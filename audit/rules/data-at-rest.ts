/** AIR-DATA-1. */
import { objectsNamed } from '../kubernetes/find-object';
import { isolates, rulesOf } from '../kubernetes/network-policy';
import { placeOf, subjectOf } from '../kubernetes/object';
import { containersOf, podLabels, podSpec, type PodTemplate } from '../kubernetes/pods';
import { namedNamespaces, podRequirements } from '../kubernetes/policy-peers';
import { policiesIn, policiesSelecting } from '../kubernetes/selection';
import { at, itemsOf, textOf } from '../plan/access';
import type { PlanNode, Where } from '../plan/node';
import { mountsOf } from './verified-volumes';
import { type AuditContext, type Complaint, guard, judge, type Rule, type Statement } from './rule';
import { runsFor } from './runs-for';

const FIX =
  'name the class under storage.encryption in enclave.yaml, with who attests it and how its volumes are encrypted';

/** A claim of a pod. */
interface Claim {
  readonly name: string;
  /** Undefined where the cluster chooses. */
  readonly className: string | undefined;
  readonly where: Where;
}

/** What callers leave behind: programs whose image the lock carries for gateway and traces. */
const keepsCalls = (pod: PodTemplate, context: AuditContext): boolean =>
  runsFor(containersOf(pod), context, (user) => /^(gateway|traces)(\/|$)/.test(user));

const classOf = (claim: PlanNode): string | undefined => textOf(at(claim, 'spec', 'storageClassName'));

function claimsOf(pod: PodTemplate, { objects }: AuditContext): Claim[] {
  const templates = itemsOf(at(pod.object.root, 'spec', 'volumeClaimTemplates')).map((node): Claim => ({
    name: textOf(at(node, 'metadata', 'name')) ?? '',
    className: classOf(node),
    where: node.where,
  }));
  const named = itemsOf(at(podSpec(pod), 'volumes')).flatMap((volume): Claim[] => {
    const name = textOf(at(volume, 'persistentVolumeClaim', 'claimName'));
    if (name === undefined) return [];
    const [found] = objectsNamed(objects, 'PersistentVolumeClaim', pod.object.namespace, name);
    return [{ name, className: found === undefined ? undefined : classOf(found.root), where: volume.where }];
  });
  const ephemeral = itemsOf(at(podSpec(pod), 'volumes')).flatMap((volume): Claim[] => {
    const template = at(volume, 'ephemeral', 'volumeClaimTemplate');
    return template === undefined
      ? []
      : [{ name: textOf(at(volume, 'name')) ?? '', className: classOf(template), where: volume.where }];
  });
  return [...templates, ...named, ...ephemeral];
}

/**
 * Folders in which the programs of the platform keep what callers leave behind: a volume there must be a claim, since anything
 * else lies on the disk of a node, or ends with the pod.
 */
const KEPT_FOLDERS: readonly string[] = [
  '/data',
  '/backup',
  '/var/lib/airlock-gateway',
  '/var/lib/otelcol',
  '/var/lib/postgresql/data',
];

/** Volumes of kept folders that are no claims. */
function looseComplaints(pod: PodTemplate): Complaint[] {
  const volumes = itemsOf(at(podSpec(pod), 'volumes'));
  return containersOf(pod).flatMap((container) =>
    mountsOf(container).flatMap(({ volume, path, node }) => {
      const source = volumes.find((one) => textOf(at(one, 'name')) === volume);
      const isClaim =
        source === undefined ||
        at(source, 'persistentVolumeClaim') !== undefined ||
        at(source, 'ephemeral') !== undefined;
      return isClaim || !KEPT_FOLDERS.includes(path)
        ? []
        : [
            {
              check: 'encryption',
              message: `what callers leave behind in ${path} lies on no claim: nobody attests what holds it, or that it stays`,
              fix: 'mount a claim there',
              where: node.where,
              value: volume,
              unproven: true,
            },
          ];
    }),
  );
}

/** Drivers mount what is no claim, and may lie anywhere. */
const driverComplaints = (pod: PodTemplate): Complaint[] =>
  itemsOf(at(podSpec(pod), 'volumes')).flatMap((volume) => {
    const driver = at(volume, 'csi', 'driver');
    return driver === undefined || textOf(driver) === 'secrets-store.csi.k8s.io'
      ? []
      : [
          {
            check: 'encryption',
            message: 'what the driver mounts is no claim of a class that somebody attests',
            fix: FIX,
            where: driver.where,
            value: textOf(driver) ?? '',
            unproven: true,
          },
        ];
  });

/** Who may come in, as the policies that select the pod name them. */
function reachedBy(pod: PodTemplate, { policies }: AuditContext): string {
  const peers = policiesSelecting(policiesIn(policies, pod.object.namespace), podLabels(pod))
    .filter((policy) => isolates(policy, 'Ingress'))
    .flatMap((policy) => rulesOf(policy, 'Ingress').flatMap((rule) => itemsOf(at(rule, 'from'))))
    .map((peer) => {
      const selector = at(peer, 'namespaceSelector');
      const names = selector === undefined ? [pod.object.namespace] : (namedNamespaces(selector) ?? ['?']);
      const labels = podRequirements(peer).map(({ key, values }) => `${key}=${values.join('|')}`);
      return `${names.join(', ')} (${labels.join(', ') || 'all pods'})`;
    });
  return peers.length === 0 ? 'nobody' : [...new Set(peers)].sort().join('; ');
}

function complaints(claims: readonly Claim[], { enclave }: AuditContext): Complaint[] {
  const attested = new Set((enclave.storage?.encryption ?? []).map(({ className }) => className));
  return claims
    .filter(({ className }) => className === undefined || !attested.has(className))
    .map(({ name, className, where }) => ({
      check: 'encryption',
      message:
        className === undefined
          ? `claim ${name} takes the cluster’s default class, of which nobody says whether it is encrypted`
          : `nobody attests that class ${className} of claim ${name} is encrypted`,
      fix: FIX,
      where,
      ...(className === undefined ? {} : { value: className }),
      unproven: true,
    }));
}

export const dataAtRest: Rule = {
  id: 'AIR-DATA-1',
  title: 'What callers leave behind lies on storage that somebody attests to be encrypted',
  explanation:
    'Prompts, answers, traces, their backups and the budgets of callers outlive the calls. Reads every claim of every pod ' +
    'whose image the lock carries for the gateway or for traces; its StorageClass must be one that the enclave attests ' +
    'under storage.encryption. Each finding shows the class and who may reach the pod. How long traces are kept stands in ' +
    'the settings of the store.',
  waivable: true,
  needs: ['pods', 'policies'],
  evaluate: (context): Statement[] =>
    context.pods.flatMap((pod) =>
      guard(subjectOf(pod.object), placeOf(pod.object), () => {
        if (!keepsCalls(pod, context)) return [];
        const claims = claimsOf(pod, context);
        const loose = [...looseComplaints(pod), ...driverComplaints(pod)];
        if (claims.length === 0 && loose.length === 0) return [];
        const places = claims.map(({ name, className = 'default' }) => `${name} on ${className}`).join(', ');
        return judge(
          {
            subject: subjectOf(pod.object),
            place: placeOf(pod.object),
            proven: `${places}, attested to be encrypted; reached by ${reachedBy(pod, context)}`,
          },
          () => [...complaints(claims, context), ...loose],
        );
      }),
    ),
};
