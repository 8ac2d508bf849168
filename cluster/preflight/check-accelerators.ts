/** Whether the GPUs that nodes report are those that the site declares. */
import type { Node } from 'kubernetes-types/core/v1';
import { ACCELERATORS } from '../../catalog/accelerators';
import { driverBranch } from '../../catalog/nvidia-host';
import type { Enclave } from '../../site/generated/enclave';
import type { Pool, Site } from '../../site/generated/site';
import type { ClusterFacts } from './facts';
import { fail, type Finding, ok, warn } from './finding';
import { awaitsPlan, devicesOf, offeredDevices } from './planned-devices';

/** Labels of GPU feature discovery (NVIDIA/k8s-device-plugin docs/gpu-feature-discovery). */
const PRODUCT = 'nvidia.com/gpu.product';
const DRIVER = 'nvidia.com/cuda.driver-version';
/** What sharing appends to the product, unless resources are renamed. */
const SUFFIX = /(-MIG-[0-9a-z.+]+|-SHARED)$/;

function productFinding(subject: string, found: string, declared: string | undefined): Finding[] {
  if (declared === undefined || found.replace(SUFFIX, '') === declared) return [];
  const message = `its GPUs are ${found}, the site says ${declared}`;
  return [warn('accelerators', subject, message, 'memory and profiles may differ: name the accelerator that it has')];
}

function driverFinding(subject: string, labels: Readonly<Record<string, string>>, declared: string): Finding[] {
  const found = labels[`${DRIVER}.full`] ?? labels[`${DRIVER}.major`];
  if (found === undefined || driverBranch(found) >= driverBranch(declared)) return [];
  const message = `its driver is ${found}, the site says ${declared}: images that synthesis let pass may not start`;
  return [
    fail('accelerators', subject, message, `upgrade the driver, or write driverVersion: "${found}" and synthesize`),
  ];
}

/** Resource names tell how the device plugin is set up. */
function resourceFinding(subject: string, node: Node, pool: Pool, site: Site): Finding[] {
  const devices = devicesOf(pool);
  if (devices === undefined) return [];
  const { resource, amount } = devices;
  const offered = offeredDevices(node);
  const found = offered.get(resource) ?? 0;
  if (found >= amount) return [];
  if (awaitsPlan(site, node)) {
    const message = `it offers no GPUs yet: the plan brings what publishes ${String(amount)} ${resource}`;
    return [warn('accelerators', subject, message, 'deploy the stack accelerators, and run preflight again')];
  }
  const others = [...offered].map(([name, count]) => `${String(count)} ${name}`).sort();
  const message = `it offers ${others.join(', ') || 'no GPUs'}; the site says ${String(amount)} ${resource}`;
  const fix = 'set up the device plugin as sharing of the pool says, or change sharing';
  // Fewer than meant is for placement to judge: a sick GPU blocks no deployment that does without it.
  return [(found === 0 && others.length > 0 ? fail : warn)('accelerators', subject, message, fix)];
}

/** Labels are judged where nodes carry them; a node that is gone is for other checks. */
export function checkAccelerators({ nodes }: ClusterFacts, site: Site, enclave: Enclave): Finding[] {
  const byName = new Map(nodes.map((node) => [node.metadata?.name ?? '', node]));
  return site.pools.flatMap((pool) => {
    const accelerator = ACCELERATORS[pool.accelerator];
    if (accelerator?.resource === undefined) return [];
    return (enclave.pools[pool.name]?.nodes ?? []).flatMap((name) => {
      const node = byName.get(name);
      if (node === undefined) return [];
      const subject = `node ${name} of pool ${pool.name}`;
      const labels = node.metadata?.labels ?? {};
      const product = labels[PRODUCT];
      const findings = [
        ...(product === undefined ? [] : productFinding(subject, product, accelerator.product)),
        ...(pool.driverVersion === undefined ? [] : driverFinding(subject, labels, pool.driverVersion)),
        ...resourceFinding(subject, node, pool, site),
      ];
      return findings.length > 0 ? findings : [ok('accelerators', subject, 'as the site declares')];
    });
  });
}
