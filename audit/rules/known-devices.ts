/** AIR-RUN-2. */
import { ACCELERATORS } from '../../catalog/accelerators';
import { objectsNamed } from '../kubernetes/find-object';
import { type KubernetesObject, placeOf, subjectOf } from '../kubernetes/object';
import { containersOf, podSpec, type PodTemplate } from '../kubernetes/pods';
import { at, entriesOf, itemsOf, textOf } from '../plan/access';
import { type AuditContext, type Complaint, judge, type Rule } from './rule';

/** Kubernetes documentation, "Resource Management for Pods and Containers". */
const SHARES = /^(?:cpu|memory|ephemeral-storage|hugepages-\d+[KMG]i)$/;

/** Extended resources of the accelerators that the kit knows, with the names that sharing gives them. */
const DEVICES: ReadonlySet<string> = new Set(
  Object.values(ACCELERATORS).flatMap(({ resource }) => (resource === undefined ? [] : [resource])),
);

const isKnown = (name: string): boolean =>
  SHARES.test(name) || DEVICES.has(name) || /^nvidia\.com\/(?:gpu\.shared|mig-\d+g\.\d+gb(?:\.me)?)$/.test(name);

/** What containerd runs pods with by itself, and what NVIDIA's container toolkit adds. */
const HANDLERS: readonly string[] = ['runc', 'nvidia'];

function deviceComplaints(pod: PodTemplate): Complaint[] {
  return containersOf(pod).flatMap(({ node, label }) =>
    ['limits', 'requests'].flatMap((side) =>
      entriesOf(at(node, 'resources', side))
        .filter(([name]) => !isKnown(name))
        .map(([name, value]) => ({
          check: 'device',
          message: `${label} asks for ${name}, and nobody knows what that opens`,
          fix: 'leave it out, or waive it with a reason',
          where: value.where,
          unproven: true,
        })),
    ),
  );
}

/** What a LimitRange puts into containers that ask for nothing themselves. */
const defaultComplaints = ({ root }: KubernetesObject): Complaint[] =>
  itemsOf(at(root, 'spec', 'limits')).flatMap((limit) =>
    ['default', 'defaultRequest'].flatMap((side) =>
      entriesOf(at(limit, side))
        .filter(([name]) => !isKnown(name))
        .map(([name, value]) => ({
          check: 'device',
          message: `every container of the namespace would ask for ${name}, and nobody knows what that opens`,
          fix: 'leave it out, or waive it with a reason',
          where: value.where,
          unproven: true,
        })),
    ),
  );

/** The runtime that starts the containers, which can give them whatever the node has. */
function runtimeComplaints(pod: PodTemplate, { objects }: AuditContext): Complaint[] {
  const node = at(podSpec(pod), 'runtimeClassName');
  const name = textOf(node);
  if (node === undefined || name === undefined) return [];
  const [made] = objectsNamed(objects, 'RuntimeClass', '', name);
  const handler = made === undefined ? undefined : textOf(at(made.root, 'handler'));
  if (handler !== undefined && HANDLERS.includes(handler)) return [];
  const message =
    made === undefined
      ? `the plan does not make the RuntimeClass ${name}, so nobody knows what starts its containers`
      : `nobody knows what the handler of RuntimeClass ${name} gives to containers`;
  return [
    {
      check: 'runtime',
      message,
      fix: `use one of: ${HANDLERS.join(', ')}`,
      where: node.where,
      value: handler ?? name,
      unproven: true,
    },
  ];
}

export const knownDevices: Rule = {
  id: 'AIR-RUN-2',
  title: 'No pod asks for a device or a runtime but those that the kit knows',
  explanation:
    'An extended resource is a door to whatever its device plugin hands out: a second network interface past every policy ' +
    '(SR-IOV), a disk of the node, another host’s bus. Reads the requests and limits of every container, and what a LimitRange ' +
    'gives those without: shares of the node, and the accelerators of the catalog, whole or shared; and the RuntimeClass of every pod, which the plan must make, with a ' +
    'handler that the kit knows.',
  waivable: true,
  needs: ['pods'],
  evaluate: (context) => [
    ...context.pods.flatMap((pod) =>
      judge(
        { subject: pod.subject, place: placeOf(pod.object), proven: 'shares of the node and known accelerators' },
        () => [...deviceComplaints(pod), ...runtimeComplaints(pod, context)],
      ),
    ),
    ...context.objects
      .filter(({ apiVersion, kind }) => apiVersion === 'v1' && kind === 'LimitRange')
      .flatMap((range) =>
        judge(
          {
            subject: subjectOf(range),
            place: placeOf(range),
            proven: 'gives shares of the node and known accelerators',
          },
          () => defaultComplaints(range),
        ),
      ),
  ],
};
