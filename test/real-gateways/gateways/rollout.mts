/** A gateway as its Deployment runs and replaces it, behind a Service. */
import { setTimeout as pause } from 'node:timers/promises';
import { gatewayDeployment } from '../../../constructs/gateway/gateway-objects.js';
import type { GatewaySpec } from '../../../gateway/contract.js';
import type { GatewayPolicy } from '../../../gateway/policy.js';
import type { KeyPair } from '../../harness/certificates.mjs';
import { makeFolder } from '../../harness/scratch.mjs';
import { startClusterService } from '../world/service.mjs';
import { type GatewayProgram, type Instance, startInstance } from './gateway.mjs';

/** Between the ports of two instances: pods have an address each, and here they share one. */
const PORT_STEP = 10;

export interface Rollout {
  /** Address of the Service. */
  readonly url: string;
  /** Replaces every instance, one after the other. @returns seconds from SIGTERM to the end of the slowest */
  readonly replace: (policy: GatewayPolicy, tls?: KeyPair) => Promise<number>;
  readonly stop: () => Promise<void>;
}

/** Seconds between the end of a pod's place in the Service and SIGTERM; the new pod must be ready before. */
function leaveSeconds(spec: GatewaySpec, replicas: number): number {
  const { spec: wanted } = gatewayDeployment({
    ...{ name: 'gateway', namespace: 'gateway', image: 'gateway', platform: 'linux/amd64', labels: {}, selector: {} },
    ...{ spec, replicas },
  });
  const { type, rollingUpdate } = wanted?.strategy ?? {};
  if (type !== 'RollingUpdate' || rollingUpdate?.maxUnavailable !== 0)
    throw new Error('its Deployment ends pods before there are new ones');
  const seconds = wanted?.template.spec?.containers[0]?.lifecycle?.preStop?.sleep?.seconds;
  if (seconds === undefined) throw new Error('its pods do not wait before SIGTERM');
  return seconds;
}

export async function startRollout(
  program: GatewayProgram,
  policy: GatewayPolicy,
  certificate?: KeyPair,
): Promise<Rollout> {
  const service = await startClusterService();
  let portShift = 0;
  const start = async (wanted: GatewayPolicy, tls?: KeyPair): Promise<Instance> => {
    portShift += PORT_STEP;
    const choices = { home: await makeFolder('gateway'), ...(tls === undefined ? {} : { tls }) };
    const instance = await startInstance({ ...program, portShift }, wanted, choices);
    service.endpoints.add(instance.spec.port);
    return instance;
  };
  /** @returns seconds from SIGTERM to its end; undefined where the kubelet would have to kill it */
  const retire = async ({ spec, service: old }: Instance, seconds: number): Promise<number | undefined> => {
    // Nodes hear of it while the pod waits, and none at once.
    await pause(seconds * 500);
    service.endpoints.delete(spec.port);
    await pause(seconds * 500);
    return old.end(spec.shutdownSeconds * 1000);
  };
  let instances: Instance[] = [];
  for (let at = 0; at < policy.replicas; at += 1) instances.push(await start(policy, certificate));
  return {
    url: `${policy.tls ? 'https' : 'http'}://127.0.0.1:${String(service.port)}`,
    replace: async (next, tls) => {
      const [fresh, retiring]: [Instance[], Promise<number | undefined>[]] = [[], []];
      for (const old of instances) {
        fresh.push(await start(next, tls));
        // A pod that ends holds up no other: it is not counted as available any more.
        retiring.push(retire(old, leaveSeconds(old.spec, next.replicas)));
      }
      instances = fresh;
      const took = (await Promise.all(retiring)).filter((seconds) => seconds !== undefined);
      if (took.length < fresh.length) throw new Error('an instance was still there after the time of its contract');
      return Math.max(...took);
    },
    stop: async () => {
      service.close();
      await Promise.all(instances.map((one) => one.service.stop()));
    },
  };
}
