/** What a process asks of the network, written down by strace from its first instruction. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { startService } from './processes.mjs';
import { makeFolder } from './scratch.mjs';

export interface NetworkCalls {
  /** Addresses with port that something was bound to, `0` where the kernel chose the port. */
  readonly bound: readonly string[];
  /** Addresses with port that something was sent or connected to. */
  readonly called: readonly string[];
}

export interface Trace {
  /** Ends the trace and returns what it saw. */
  readonly finish: () => Promise<NetworkCalls>;
}

const ADDRESS = /htons\((\d+)\).*?(?:inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)")/;

/** Only internet sockets: containerd and its shims speak through Unix sockets. */
function addressesOf(lines: readonly string[], call: RegExp): string[] {
  const found = lines
    .filter((line) => call.test(line))
    .flatMap((line) => {
      const [, port, v4, v6] = ADDRESS.exec(line) ?? [];
      return port === undefined ? [] : [v4 === undefined ? `[${v6 ?? ''}]:${port}` : `${v4}:${port}`];
    });
  return [...new Set(found)].sort();
}

/** Attaches to a process and all that it will start. */
export async function startTrace(pid: number): Promise<Trace> {
  const file = path.join(await makeFolder('trace'), 'calls');
  const calls = 'trace=connect,bind,sendto,sendmsg,sendmmsg';
  const service = await startService('strace', ['-f', '-e', calls, '-o', file, '-p', String(pid)], {
    ready: (output) => output.includes('attached'),
  });
  return {
    finish: async () => {
      await service.stop();
      const lines = (await readFile(file, 'utf8')).split('\n');
      return { bound: addressesOf(lines, / bind\(/), called: addressesOf(lines, / (?:connect|send\w+)\(/) };
    },
  };
}
