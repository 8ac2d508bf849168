/** A plan without a cluster: its pods as programs, its Services as names and relays. */
import type { Container, ServiceSpec } from 'kubernetes-types/core/v1.js';
import type { PlainObject } from '../../audit/kubernetes/plain.js';
import { plannedObjects } from '../../cluster/planned-objects.js';
import { LLAMA_SERVER } from '../real-engines/install/llama-server.mjs';
import { LITELLM } from '../real-gateways/gateways/litellm.mjs';
import { type Hosts, type Place, relay } from './names.mjs';
import { type Pod, podsOf, startPod } from './pods.mjs';

/** Who waits for whom: engines for the mirror, the gateway for engines. */
const ORDER = ['airlock-mirror', 'airlock-serving', 'airlock-gateway'];
const rank = ({ name }: Pod): number => ORDER.indexOf(name.split('/')[0] ?? '');

const nameOf = ({ metadata }: PlainObject): string => `${metadata.name}.${metadata.namespace ?? ''}.svc`;

const isBehind = ({ labels }: Pod, { selector = {} }: ServiceSpec): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);

/** Port of a pod by the name that a Service has for it. */
const portOf = ({ spec }: Pod, target: string | number | undefined): number =>
  spec.containers.flatMap(({ ports = [] }) => ports).find(({ name }) => name === target)?.containerPort ??
  Number(target);

export interface PlanOptions {
  /** `airlock.mjs`, which is what the kit's image runs. */
  readonly kit: string;
  readonly hosts: Hosts;
  /** Where the gateway answers beside its Service. */
  readonly forwarded: Place;
}

/** @returns the pods that run */
export async function runPlan(plan: string, { kit, hosts, forwarded }: PlanOptions): Promise<string> {
  const { objects } = await plannedObjects(plan);
  const services = objects
    .filter(({ kind }) => kind === 'Service')
    .map((service, at) => ({
      name: nameOf(service),
      spec: service['spec'] as ServiceSpec,
      address: `127.2.0.${String(at + 1)}`,
    }));
  await hosts.add(Object.fromEntries(services.map(({ name, address }) => [name, address])));
  const programOf = ({ image = '' }: Container): readonly string[] | undefined => {
    if (image.includes('/airlock/kit@')) return [process.execPath, kit];
    if (image.includes('/llama.cpp@')) return [LLAMA_SERVER];
    return image.includes('/litellm') ? [LITELLM.command] : undefined;
  };
  const pods = podsOf(objects).sort((a, b) => rank(a) - rank(b));
  for (const [at, pod] of pods.entries()) {
    const address = `127.1.0.${String(at + 1)}`;
    await startPod(pod, { objects, programOf, address });
    for (const { name, spec, address: own } of services.filter(({ spec }) => isBehind(pod, spec)))
      for (const { port, targetPort } of spec.ports ?? []) {
        const to = { host: address, port: portOf(pod, targetPort) };
        await relay({ host: own, port }, to);
        if (name.startsWith('gateway.')) await relay(forwarded, to);
      }
  }
  return pods.map(({ name }) => name).join(', ');
}
