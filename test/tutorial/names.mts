/** Names and addresses of Services in a namespace of its own for mounts: `/etc/hosts`, and a relay for each port. */
import { writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import path from 'node:path';
import { mustRun } from '../harness/processes.mjs';
import { makeFolder } from '../harness/scratch.mjs';

/** @param names address by name; nobody outside of the mount namespace sees them */
export async function writeHosts(names: Readonly<Record<string, string>>): Promise<void> {
  const file = path.join(await makeFolder('hosts'), 'hosts');
  const lines = Object.entries({ localhost: '127.0.0.1', ...names }).map(([name, address]) => `${address} ${name}\n`);
  await writeFile(file, lines.join(''));
  await mustRun('mount', ['--bind', file, '/etc/hosts']);
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
