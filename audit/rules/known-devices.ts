/** AIR-RUN-2. */
import { ACCELERATORS } from '../../catalog/accelerators';
import { placeOf } from '../kubernetes/object';
import { containersOf } from '../kubernetes/pods';
import { at, entriesOf } from '../plan/access';
import { judge, type Rule } from './rule';

/** Kubernetes documentation, "Resource Management for Pods and Containers". */
const SHARES = /^(?:cpu|memory|ephemeral-storage|hugepages-\d+[KMG]i)$/;

/** Extended resources of the accelerators that the kit knows, with the names that sharing gives them. */
const DEVICES: ReadonlySet<string> = new Set(
  Object.values(ACCELERATORS).flatMap(({ resource }) => (resource === undefined ? [] : [resource])),
);

const isKnown = (name: string): boolean =>
  SHARES.test(name) || DEVICES.has(name) || /^nvidia\.com\/(?:gpu\.shared|mig-\d+g\.\d+gb(?:\.me)?)$/.test(name);

export const knownDevices: Rule = {
  id: 'AIR-RUN-2',
  title: 'No container asks for a device but the accelerators that the kit knows',
  explanation:
    'An extended resource is a door to whatever its device plugin hands out: a second network interface past every policy ' +
    '(SR-IOV), a disk of the node, another host’s bus. Reads the requests and limits of every container: shares of the node, ' +
    'and the accelerators of the catalog, whole or shared.',
  waivable: true,
  needs: ['pods'],
  evaluate: ({ pods }) =>
    pods.flatMap((pod) =>
      judge({ subject: pod.subject, place: placeOf(pod.object), proven: 'shares of the node and known accelerators' }, () =>
        containersOf(pod).flatMap(({ node, label }) =>
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
        ),
      ),
    ),
};
