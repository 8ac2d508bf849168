/** Names and addresses of Services in a namespace of its own for mounts: `/etc/hosts`, and a relay for each port. */
import { appendFile, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import path from 'node:path';
import { mustRun } from '../harness/processes.mjs';
import { makeFolder } from '../harness/scratch.mjs';

export interface Hosts {
  readonly add: (names: Readonly<Record<string, string>>) => Promise<void>;
  readonly end: () => Promise<void>;
}

/** `/etc/hosts` with localhost and what is added, address by name; nobody outside of the mount namespace sees it. */
export async function ownHosts(): Promise<Hosts> {
  const file = path.join(await makeFolder('hosts'), 'hosts');
  await writeFile(file, '127.0.0.1 localhost\n');
  await mustRun('mount', ['--bind', file, '/etc/hosts']);
  return {
    add: (names) =>
      appendFile(
        file,
        Object.entries(names)
          .map(([name, address]) => `${address} ${name}\n`)
          .join(''),
      ),
    end: async () => {
      await mustRun('umount', ['/etc/hosts']);
    },
  };
}

export interface Place {
  readonly host: string;
  readonly port: number;
}

/** Passes connections on, as a Service does to its pod, or `kubectl port-forward` to a Service. */
export function relay(from: Place, to: Place): Promise<Server> {
  const server = createServer((incoming) => {
    const outgoing = connect(to);
    incoming.on('error', () => outgoing.destroy()).pipe(outgoing);
    outgoing.on('error', () => incoming.destroy()).pipe(incoming);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(from.port, from.host, () => resolve(server));
  });
}
