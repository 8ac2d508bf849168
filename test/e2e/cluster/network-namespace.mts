/** The node's address in the tier's network namespace. */
import { raiseLoopback, requireNoRoute } from '../../harness/network-namespace.mjs';
import { mustRun } from '../../harness/processes.mjs';

/** Address of the only node, on a bridge: the kernel may lack dummy devices, and the API server must not advertise loopback. */
export const NODE_ADDRESS = '172.31.255.1';

/** @returns what `ip route` shows, for the report */
export async function setUp(): Promise<string> {
  await raiseLoopback();
  await mustRun('ip', ['link', 'add', 'node0', 'type', 'bridge']);
  await mustRun('ip', ['address', 'add', `${NODE_ADDRESS}/32`, 'dev', 'node0']);
  await mustRun('ip', ['link', 'set', 'node0', 'up']);
  return requireNoRoute();
}
