/** Configuration of NVIDIA's device plugin: GPUs are shared as the pool of its nodes says. */
import type { GpuSharing } from '../../catalog/gpu-sharing';
import { podSpec } from '../kubernetes/pods';
import { at, itemsOf, textOf, textsOf } from '../plan/access';
import type { Complaint } from '../rules/rule';
import { type Fault, type Reader, strange } from './fault';
import { aboutJson, type Program, unreadFiles, withoutFile } from './program';
import { exactly, oneItem, record } from './readers';

const CONFIG_VARIABLE = 'CONFIG_FILE';

const flags = (strategy: string): Reader =>
  record({ migStrategy: exactly(strategy, 'slices are handed out in another way than the pool says') });

/** @see https://github.com/NVIDIA/k8s-device-plugin README, "Configuring the NVIDIA device plugin binary" */
function reader(sharing: GpuSharing): Reader {
  const version = exactly('v1', 'the plugin reads another form');
  if (sharing === 'exclusive') return record({ version, flags: flags('none') });
  const { mig, strategy = 'mixed', timeSlicing } = sharing;
  if (mig !== undefined) return record({ version, flags: flags(strategy) });
  return record({
    version,
    flags: flags('none'),
    sharing: record({
      timeSlicing: record({
        renameByDefault: exactly(true, 'what asks for a whole GPU would get a turn'),
        failRequestsGreaterThanOne: exactly(true, 'several turns look like several GPUs'),
        resources: oneItem(
          record({
            name: exactly('nvidia.com/gpu', 'the pool shares no such resource'),
            replicas: exactly(timeSlicing, 'more or fewer pods take turns than the pool says'),
          }),
        ),
      }),
    }),
  });
}

/** The pool whose nodes the pod is bound to. */
function sharingOf({ container, context }: Program): GpuSharing | undefined {
  const values = [...textsOf(at(podSpec(container.pod), 'nodeSelector')).values()];
  const pools = context.site.pools.filter(({ name }) => values.includes(name));
  return pools.length === 1 ? (pools[0]?.sharing ?? 'exclusive') : undefined;
}

/** What the whole document says. */
export const devicePluginFaults = (value: unknown, sharing: GpuSharing): readonly Fault[] => reader(sharing)(value, '');

/** @throws Unproven where only Terraform knows a value */
export function devicePluginComplaints(program: Program): Complaint[] {
  const { container, files } = program;
  const variable = itemsOf(at(container.node, 'env')).find((one) => textOf(at(one, 'name')) === CONFIG_VARIABLE);
  const path = textOf(at(variable, 'value'));
  const config = files.find((file) => file.path === path);
  if (config === undefined) return [withoutFile(program, 'the configuration of the device plugin')];
  const sharing = sharingOf(program);
  const unbound = strange('', 'nobody knows on which pool it runs', 'select the nodes of one pool');
  return [
    ...aboutJson(config, (value) => (sharing === undefined ? [unbound] : devicePluginFaults(value, sharing))),
    ...unreadFiles(files, [config]),
  ];
}
