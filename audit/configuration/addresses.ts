/** Which pods of the plan an address leads to, by the Services of the plan. */
import type { Serving } from '../../site/generated/site';
import { objectsNamed } from '../kubernetes/find-object';
import type { KubernetesObject, Lack } from '../kubernetes/object';
import { type Container, containersOf, type PodTemplate } from '../kubernetes/pods';
import { podsServedBy } from '../kubernetes/selection';
import { at, integerOf, itemsOf, textOf } from '../plan/access';
import { readImage } from '../rules/image-reference';
import type { AuditContext } from '../rules/rule';
import { verifiedVolumes } from '../rules/verified-volumes';
import { broken, type Fault } from './fault';
import { type Role, roleOf } from './roles';

/** An address as a program writes it. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Host and port of `http://host[:port]` with this path and nothing else; undefined for any other text. */
export function addressOf(url: string, path: string): Address | undefined {
  const [, host, port = '80', rest] = /^http:\/\/([a-z0-9.-]+)(?::(\d{1,5}))?(.*)$/s.exec(url) ?? [];
  return host === undefined || rest !== path ? undefined : { host, port: Number(port) };
}

/** Host and port of `host:port`. */
export function hostPort(text: string): Address | undefined {
  const [, host, port] = /^([a-z0-9.-]+):(\d{1,5})$/.exec(text) ?? [];
  return host === undefined ? undefined : { host, port: Number(port) };
}

/** `name`, `name.namespace` and `name.namespace.svc`. */
const HOST = /^([a-z0-9-]+)(?:\.([a-z0-9-]+)(?:\.svc)?)?$/;

/** Namespace of a host that is a Service's; undefined for any other. */
const namespaceOfHost = (host: string, own: string): string | undefined => {
  const [whole, , of = own] = HOST.exec(host) ?? [];
  return whole === undefined ? undefined : of;
};

/** Names of Services that pods look up without the cluster's domain (kubernetes.io, "DNS for Services and Pods"). */
function serviceAt(
  { host, port }: Address,
  namespace: string,
  { objects }: AuditContext,
): KubernetesObject | undefined {
  const [, name, of = namespace] = HOST.exec(host) ?? [];
  return objectsNamed(objects, 'Service', of, name ?? '').find(
    (object) =>
      object.apiVersion === 'v1' &&
      !object.hook &&
      itemsOf(at(object.root, 'spec', 'ports')).some((one) => integerOf(at(one, 'port')) === port),
  );
}

/** Containers of a pod that stay. */
const staying = (pod: PodTemplate): Container[] => containersOf(pod).filter(({ list }) => list === 'containers');

const ofRole =
  (role: Role) =>
  (pod: PodTemplate, context: AuditContext): boolean =>
    staying(pod).some((container) => roleOf(container, context) === role);

/** Pods whose engine the lock has for a serving, on the model of that serving. */
const ofServing =
  ({ name, model }: Serving) =>
  (pod: PodTemplate, context: AuditContext): boolean =>
    staying(pod).some(({ node }) => {
      const planned = readImage(textOf(at(node, 'image')) ?? '', context.enclave);
      const image = planned === undefined ? undefined : context.locked.imageByDigest(planned.digest);
      return image?.usedBy.includes(`serving/${name}`) === true;
    }) && verifiedVolumes(pod, context).some(({ models }) => models.includes(model));

/** Where an address should lead. */
export interface Goal {
  readonly what: string;
  readonly isMet: (pod: PodTemplate, context: AuditContext) => boolean;
}

export const toServing = (serving: Serving): Goal => ({
  what: `serving ${serving.name}`,
  isMet: ofServing(serving),
});
export const toRole = (role: Role, what: string): Goal => ({ what, isMet: ofRole(role) });

/** A program that looks up names. */
export interface Caller {
  readonly namespace: string;
  readonly context: AuditContext;
}

/** What is not there of a Service and the pods behind it; undefined where both are. */
function lackOf(address: Address | undefined, { namespace, context }: Caller): Lack | undefined {
  const of = address === undefined ? undefined : namespaceOfHost(address.host, namespace);
  if (address === undefined || of === undefined) return undefined;
  const service = serviceAt(address, namespace, context);
  if (service === undefined) return { concern: 'services', namespace: of };
  return podsServedBy(service, context.pods).length === 0 ? { concern: 'pods', namespace: of } : undefined;
}

/** Whether every pod behind an address is one of those that it should lead to. */
export function leadsTo(address: Address | undefined, goal: Goal, { namespace, context }: Caller): boolean {
  const service = address === undefined ? undefined : serviceAt(address, namespace, context);
  const pods = service === undefined ? [] : podsServedBy(service, context.pods);
  return pods.length > 0 && pods.every((pod) => goal.isMet(pod, context));
}

/** A fault where an address leads elsewhere. */
export function addressFaults(
  address: Address | undefined,
  goal: Goal,
  caller: Caller,
  pointer: string,
  value: unknown,
): Fault[] {
  if (leadsTo(address, goal, caller)) return [];
  const lacks = lackOf(address, caller);
  const fault = broken(
    pointer,
    `the address does not lead to ${goal.what} alone`,
    `write the address of a Service of the plan that selects ${goal.what}`,
    value,
  );
  return [{ ...fault, ...(lacks === undefined ? {} : { lacks }) }];
}
