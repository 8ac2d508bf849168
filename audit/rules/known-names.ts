/** AIR-NET-7. */
import { isIP } from 'node:net';
import { AddressSet } from '../../core/address-set';
import { cidrOfAddress } from '../../core/cidr';
import { groupedBy, once } from '../../core/remember';
import { type KubernetesObject, placeOf, subjectOf } from '../kubernetes/object';
import { podSpec, type PodTemplate } from '../kubernetes/pods';
import { podsIn, podsServedBy } from '../kubernetes/selection';
import { at, entriesOf, itemsOf, textOf } from '../plan/access';
import { type AuditContext, type Complaint, guard, judge, type Rule, type Statement } from './rule';

const isService = ({ apiVersion, kind }: KubernetesObject): boolean => apiVersion === 'v1' && kind === 'Service';

const podsOfWorkload = groupedBy(({ object }: PodTemplate) => object.name);

/** Names of the Services of a plan. */
const serviceNames = once(
  (objects: readonly KubernetesObject[]): ReadonlySet<string> =>
    new Set(objects.filter(isService).map(({ name }) => name)),
);

/** A name behind which others stand than the workload that it is named after. */
function serviceComplaints(service: KubernetesObject, { pods }: AuditContext): Complaint[] {
  const selector = at(service.root, 'spec', 'selector');
  if (selector === undefined || entriesOf(selector).length === 0) return [];
  const found = podsServedBy(service, pods);
  const workloads = [...new Set(found.map(({ object }) => object))];
  const complaint = (message: string): Complaint => ({
    check: 'selector',
    message,
    fix: 'select the pods of one workload by their labels',
    where: selector.where,
    unproven: true,
  });
  const others = workloads.filter(({ name }) => name === service.name || name === `${service.name}-group`);
  if (workloads.length > 1)
    return [complaint(`it leads to ${workloads.map(subjectOf).join(', ')}: which of them answers is chance`)];
  // Without pods of the plan it is a name of others, which nothing of the platform calls.
  const namesake = podsOfWorkload(podsIn(pods, service.namespace), service.name).length > 0;
  return namesake && others.length === 0
    ? [
        {
          ...complaint(
            `it leads to ${workloads[0] === undefined ? 'no pod of the plan' : subjectOf(workloads[0])}, and not to the workload of its name`,
          ),
          ...(workloads[0] === undefined ? { lacks: { concern: 'pods', namespace: service.namespace } as const } : {}),
        },
      ]
    : [];
}

/** Names that a pod looks up in its own file, past every resolver. */
function aliasComplaints(pod: PodTemplate, { enclave, objects }: AuditContext): Complaint[] {
  const declared = AddressSet.ofCidrs(enclave.network.destinations.map(({ cidr }) => cidr));
  const services = serviceNames(objects);
  // The servers that the enclave names by host: registry, and the source of weights.
  const hosts = [enclave.registry, enclave.weights?.source].flatMap((host) => host?.replace(/:\d+$/, '') ?? []);
  return itemsOf(at(podSpec(pod), 'hostAliases')).flatMap((alias) => {
    const address = at(alias, 'ip');
    const ip = textOf(address) ?? '';
    const complaint = (message: string, value: string): Complaint => ({
      check: 'alias',
      message,
      fix: 'name the hosts of declared destinations alone',
      where: (address ?? alias).where,
      value,
    });
    // An IPv4-mapped address has no family of its own, and no destination is one.
    const plain = isIP(ip) !== 0 && !/^[0:]*:ffff:/i.test(ip);
    const inside = plain && AddressSet.ofCidr(cidrOfAddress(ip)).isSubsetOf(declared);
    const taken = itemsOf(at(alias, 'hostnames')).map((name) => textOf(name) ?? '');
    const own = taken.filter(
      (name) => services.has(name.split('.')[0] ?? '') && (!name.includes('.') || /\.svc(?:\.|$)/.test(name)),
    );
    const strange = taken.filter((name) => !hosts.includes(name) && !own.includes(name));
    return [
      ...strange.map((name) => complaint('the enclave names no server by this host', name)),
      ...(inside ? [] : [complaint('a name leads to an address that the enclave does not declare', ip)]),
      ...own.map((name) => complaint('the name of a Service leads to another address', name)),
    ];
  });
}

const ofService = (service: KubernetesObject, context: AuditContext): Statement[] =>
  judge({ subject: subjectOf(service), place: placeOf(service), proven: 'leads to one workload of the plan' }, () =>
    serviceComplaints(service, context),
  );

const ofPod = (pod: PodTemplate, context: AuditContext): Statement[] =>
  judge({ subject: pod.subject, place: placeOf(pod.object), proven: 'looks names up as the enclave says' }, () =>
    aliasComplaints(pod, context),
  );

export const knownNames: Rule = {
  id: 'AIR-NET-7',
  title: 'A name leads to the workload that bears it',
  explanation:
    'The gateway calls an engine by the name of its Service: a selector that chooses other pods puts another model behind a ' +
    'reviewed name. Reads the selector of every Service, which must choose the pods of one workload of the plan, and of that ' +
    'of its own name where there is one; and names that pods resolve by themselves, which must lead to declared destinations.',
  waivable: true,
  needs: ['services', 'pods'],
  evaluate: (context) => [
    ...context.objects.filter(isService).flatMap((service) => ofService(service, context)),
    ...context.pods.flatMap((pod) =>
      guard(pod.subject, placeOf(pod.object), () =>
        at(podSpec(pod), 'hostAliases') === undefined ? [] : ofPod(pod, context),
      ),
    ),
  ],
};
