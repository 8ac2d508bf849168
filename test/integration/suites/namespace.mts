/** Runs commands where no network is, and writes down every socket they ask for. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Ran, run, type RunOptions } from '../../harness/processes.mjs';
import { makeFolder } from '../../harness/scratch.mjs';

export interface Watched extends Ran {
  /** System calls on internet sockets, as strace prints them. */
  readonly internet: readonly string[];
}

const CALLS = 'trace=socket,connect,bind,sendto,sendmsg,sendmmsg';

/** Anything but Unix sockets and pipes counts; netlink asks the kernel about interfaces and reaches nobody. */
const internetCalls = (trace: string): string[] =>
  trace.split('\n').filter((line) => line.includes('AF_') && !/AF_(UNIX|LOCAL|NETLINK)\b/.test(line));

/** Runs a command under strace, on this machine's network. */
export async function watched(command: string, args: readonly string[], options: RunOptions = {}): Promise<Watched> {
  const trace = path.join(await makeFolder('trace'), 'calls');
  const ran = await run('strace', ['-f', '-qq', '-e', CALLS, '-o', trace, command, ...args], options);
  return { ...ran, internet: internetCalls(await readFile(trace, 'utf8')) };
}

/** Runs a command under strace in a network namespace that has only loopback; what it starts ends with it. */
export async function isolated(command: string, args: readonly string[], options: RunOptions = {}): Promise<Watched> {
  const trace = path.join(await makeFolder('trace'), 'calls');
  const script = 'ip link set lo up && strace -f -qq -e "$0" -o "$1" "${@:2}"';
  const namespace = ['--net', '--pid', '--fork', '--kill-child', '--mount-proc', 'bash', '-c', script];
  const ran = await run('unshare', [...namespace, CALLS, trace, command, ...args], options);
  return { ...ran, internet: internetCalls(await readFile(trace, 'utf8').catch(() => '')) };
}

/** Addresses that calls name, other than loopback: empty is what is wanted. */
export const beyondLoopback = (calls: readonly string[]): string[] =>
  calls.filter((line) => {
    const address = /inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"/.exec(line);
    const named = address?.[1] ?? address?.[2];
    return named !== undefined && !/^(127\.|::1$|::ffff:127\.)/.test(named);
  });
