/** A Service of the cluster: connections go to its endpoints in turn, and those that stand stay where they are. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface ClusterService {
  readonly port: number;
  /** Ports of the pods that get new connections. */
  readonly endpoints: Set<number>;
  readonly close: () => void;
}

export async function startClusterService(): Promise<ClusterService> {
  const endpoints = new Set<number>();
  const open = new Set<Socket>();
  let turn = 0;
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const ports = [...endpoints];
    const pod = connect({ host: '127.0.0.1', port: ports[turn++ % ports.length] ?? 0, allowHalfOpen: true });
    for (const [one, other] of [
      [client, pod],
      [pod, client],
    ] as const) {
      open.add(one);
      one.once('close', () => open.delete(one));
      // A broken connection is broken at both ends.
      one.once('error', () => other.resetAndDestroy());
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    endpoints,
    close: () => {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}
