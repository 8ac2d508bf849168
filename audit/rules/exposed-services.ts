/** AIR-NET-3. */
import { type KubernetesObject, placeOf, subjectOf } from '../kubernetes/object';
import { at, entriesOf, itemsOf, textOf } from '../plan/access';
import { type AuditContext, type Complaint, judge, type Rule } from './rule';

const OUTSIDE_TYPES: readonly string[] = ['NodePort', 'LoadBalancer'];

const isService = ({ apiVersion, kind }: KubernetesObject): boolean => apiVersion === 'v1' && kind === 'Service';

const isEndpoints = ({ apiVersion, kind }: KubernetesObject): boolean =>
  (apiVersion === 'v1' && kind === 'Endpoints') ||
  (apiVersion.startsWith('discovery.k8s.io/') && kind === 'EndpointSlice');

function serviceComplaints({ root, namespace, name }: KubernetesObject, { enclave }: AuditContext): Complaint[] {
  const spec = at(root, 'spec');
  const type = at(spec, 'type');
  const typeName = textOf(type) ?? 'ClusterIP';
  const where = (type ?? spec ?? root).where;
  if (typeName === 'ExternalName') {
    const message = 'an ExternalName Service leads to whatever its name resolves to, past every policy by address';
    const fix = 'declare a destination in the enclave, and let clients name it themselves';
    return [{ check: 'external-name', message, fix, where, value: textOf(at(spec, 'externalName')) ?? '' }];
  }
  const complaints: Complaint[] = [];
  const addresses = at(spec, 'externalIPs');
  if (addresses !== undefined && itemsOf(addresses).length > 0) {
    const message = 'externalIPs draw traffic of the whole cluster to these addresses (CVE-2020-8554)';
    complaints.push({ check: 'external-ips', message, fix: 'remove them', where: addresses.where });
  }
  const selector = at(spec, 'selector');
  if (entriesOf(selector).length === 0) {
    const message = 'without a selector, whoever writes its endpoints decides where clients go';
    complaints.push({
      check: 'selector',
      message,
      fix: 'select the pods it is for',
      where: (selector ?? spec ?? root).where,
    });
  }
  const declared = (enclave.exposure ?? []).some(
    (exposed) => exposed.namespace === namespace && exposed.service === name && exposed.type === typeName,
  );
  if (OUTSIDE_TYPES.includes(typeName) && !declared) {
    const message = `the Service is reachable from outside of the cluster, and the enclave does not declare it`;
    const fix = `use ClusterIP, or declare it under exposure in enclave.yaml, with owner and reason`;
    complaints.push({ check: 'exposure', message, fix, where, value: typeName });
  }
  if (typeName !== 'ClusterIP' && !OUTSIDE_TYPES.includes(typeName)) {
    const message = 'a type of Service that the audit does not know';
    complaints.push({ check: 'type', message, fix: 'use ClusterIP', where, value: typeName, unproven: true });
  }
  return complaints;
}

const endpointComplaints = ({ root }: KubernetesObject): Complaint[] => [
  {
    check: 'endpoints',
    message: 'addresses behind a Service that are written by hand may lie anywhere (CVE-2021-25740)',
    fix: 'remove the object; the cluster writes the endpoints of a Service with a selector',
    where: root.where,
  },
];

export const exposedServices: Rule = {
  id: 'AIR-NET-3',
  title: 'No Service opens a door that the enclave does not declare',
  explanation:
    'A network policy speaks of pods and addresses; a Service can lead past it. Reads every Service, Endpoints and ' +
    'EndpointSlice: names and addresses of others (ExternalName, externalIPs), node ports and load balancers that the ' +
    'enclave does not declare under exposure, and endpoints that no selector makes.',
  waivable: true,
  needs: ['services'],
  evaluate: (context) =>
    context.objects
      .filter((object) => isService(object) || isEndpoints(object))
      .flatMap((object) =>
        judge(
          {
            subject: subjectOf(object),
            place: placeOf(object),
            proven: 'reachable inside the cluster alone, or declared',
          },
          () => (isService(object) ? serviceComplaints(object, context) : endpointComplaints(object)),
        ),
      ),
};
