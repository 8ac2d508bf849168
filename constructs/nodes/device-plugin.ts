import { Construct } from 'constructs';
import type { DaemonSet } from 'kubernetes-types/apps/v1';
import type { ConfigMap, PodSpec, SecurityContext } from 'kubernetes-types/core/v1';
import { canonicalJson } from '../../core/canonical-json';
import { digestOf } from '../../core/digest';
import { badInput } from '../../core/errors';
import type { GpuSharing } from '../../catalog/gpu-sharing';
import type { ConfinedNamespace } from '../confinement/confined-namespace';
import { EnvelopeRelease } from '../release/envelope-release';
import type { GpuNodePool } from './gpu-node-pool';
import { selectorLabels, workloadLabels } from '../../catalog/platform/names';
import { checkProps, type Checks, lockedImage } from '../checks/props';
import { made } from '../checks/shared';

const NAME = 'nvidia-device-plugin';
/** Where the kubelet listens for device plugins (kubernetes.io, "Device Plugins"). */
const SOCKETS = '/var/lib/kubelet/device-plugins';
const CONFIG_FILE = 'config.json';
const CONFIG_FOLDER = '/config';
const CONFIG_ANNOTATION = 'airlock.dev/config';
/** So that a new node has its GPUs before anything of lower priority fills it. */
const PRIORITY_CLASS = 'system-node-critical';

/** Props of `DevicePlugin`. */
export interface DevicePluginProps {
  /** A namespace of Pod Security level `privileged`. */
  readonly namespace: ConfinedNamespace;
  /** Pool of GPUs; its `sharing` decides what the plugin publishes. */
  readonly pool: GpuNodePool;
  /** Image of NVIDIA's device plugin, by digest. */
  readonly image: string;
}

/**
 * Configuration of the plugin.
 *
 * @see https://github.com/NVIDIA/k8s-device-plugin README, "Configuring the NVIDIA device plugin binary"
 */
export function devicePluginConfig(sharing: GpuSharing): object {
  if (sharing === 'exclusive') return { version: 'v1', flags: { migStrategy: 'none' } };
  const { mig, strategy = 'mixed', timeSlicing } = sharing;
  if (mig !== undefined) return { version: 'v1', flags: { migStrategy: strategy } };
  return {
    version: 'v1',
    flags: { migStrategy: 'none' },
    sharing: {
      timeSlicing: {
        renameByDefault: true,
        failRequestsGreaterThanOne: true,
        resources: [{ name: 'nvidia.com/gpu', replicas: timeSlicing }],
      },
    },
  };
}

/** Monitoring of slices takes the one capability that NVIDIA's own chart adds for it (templates/_helpers.tpl). */
const capabilities = (slices: boolean): NonNullable<SecurityContext['capabilities']> =>
  slices ? { drop: ['ALL'], add: ['SYS_ADMIN'] } : { drop: ['ALL'] };

const CHECKS: Checks<DevicePluginProps> = { namespace: made, pool: made, image: lockedImage };

/**
 * NVIDIA's device plugin on the nodes of one pool, set up for the way in which the pool shares its GPUs.
 *
 * It must reach the kubelet's folder on the node as root, so it lives in a namespace of its own that is not `restricted`; the
 * audit shows both, and wants a waiver. It has no token, no network, and no privileges beyond that. Drivers and container
 * toolkit are on the nodes; the pool's runtime class, or a default runtime that injects GPUs, gives it NVIDIA's library.
 *
 * @see https://github.com/NVIDIA/k8s-device-plugin
 */
export class DevicePlugin extends Construct {
  /** @throws AirlockError (input) for a pool without GPUs */
  public constructor(scope: Construct, id: string, props: DevicePluginProps) {
    super(scope, id);
    checkProps('DevicePlugin', props, CHECKS);
    const { namespace, pool } = props;
    if (pool.units.resource === undefined)
      throw badInput(
        'CONSTRUCT_PROPS_INVALID',
        `pool "${pool.name}" has no GPUs for a device plugin`,
        'leave it out for pools of CPUs',
      );
    const name = `${NAME}-${pool.name}`;
    const labels = { ...workloadLabels(NAME, name, 'device-plugin') };
    const settings = canonicalJson(devicePluginConfig(pool.sharing));
    const config: ConfigMap = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: namespace.name, labels },
      data: { [CONFIG_FILE]: settings.toString('utf8') },
    };
    const plugin: DaemonSet = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name, namespace: namespace.name, labels },
      spec: {
        selector: { matchLabels: { ...selectorLabels(NAME, name) } },
        updateStrategy: { type: 'RollingUpdate' },
        template: {
          // A changed ConfigMap restarts no pod; a changed annotation does.
          metadata: { labels, annotations: { [CONFIG_ANNOTATION]: digestOf(settings) } },
          spec: this.pod(props, name),
        },
      },
    };
    new EnvelopeRelease(this, 'release', {
      name,
      namespace: namespace.name,
      objects: [config, plugin],
      dependsOn: namespace.ready,
    });
  }

  private pod({ pool, image }: DevicePluginProps, config: string): PodSpec {
    const { runtimeClassName, nodeSelector, tolerations, readOnlyRootFilesystem, units } = pool;
    const slices = units.kind === 'mig';
    return {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      priorityClassName: PRIORITY_CLASS,
      ...(runtimeClassName === undefined ? {} : { runtimeClassName }),
      nodeSelector,
      tolerations,
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'device-plugin',
          image,
          imagePullPolicy: 'IfNotPresent',
          env: [
            { name: 'CONFIG_FILE', value: `${CONFIG_FOLDER}/${CONFIG_FILE}` },
            { name: 'NVIDIA_VISIBLE_DEVICES', value: 'all' },
            { name: 'NVIDIA_DRIVER_CAPABILITIES', value: 'compute,utility' },
            ...(slices ? [{ name: 'NVIDIA_MIG_MONITOR_DEVICES', value: 'all' }] : []),
          ],
          resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '256Mi' } },
          securityContext: {
            runAsNonRoot: false,
            runAsUser: 0,
            // The API server refuses SYS_ADMIN together with false (kubernetes pkg/apis/core/validation).
            allowPrivilegeEscalation: slices,
            readOnlyRootFilesystem,
            capabilities: capabilities(slices),
          },
          volumeMounts: [
            { name: 'sockets', mountPath: SOCKETS },
            { name: 'config', mountPath: CONFIG_FOLDER, readOnly: true },
          ],
        },
      ],
      volumes: [
        { name: 'sockets', hostPath: { path: SOCKETS, type: 'Directory' } },
        { name: 'config', configMap: { name: config } },
      ],
    };
  }
}
