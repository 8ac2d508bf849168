/** A machine of the far side: a network namespace without a route, a few tools of the system, no npm, no home, no Node. */
import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { mustRun, type Ran, run } from '../harness/processes.mjs';
import { makeFolder } from '../harness/scratch.mjs';

/** All that is on the PATH: openssl and what a minimal system has. */
const TOOLS =
  'sh openssl sha256sum find grep sed cut sort uniq mktemp rm basename base64 wc cat cp date head tr ls tar gzip kill sleep';

export interface Enclave {
  /** Runs shell commands there, as somebody types them; `set -eu` holds. */
  readonly type: (folder: string, script: string, variables?: Readonly<Record<string, string>>) => Promise<Ran>;
}

export async function makeEnclave(): Promise<Enclave> {
  const bin = await makeFolder('tools');
  await mkdir(bin, { recursive: true });
  for (const tool of TOOLS.split(' ')) {
    const { stdout } = await mustRun('sh', ['-c', `command -v ${tool} || true`]);
    // `kill` may be the shell's own.
    if (stdout.startsWith('/')) await symlink(stdout.trim(), path.join(bin, tool));
  }
  const inside = 'ip link set lo up && exec env -i PATH="$0" "${@:2}" sh -eu -c "$1"';
  const namespace = ['--net', '--pid', '--fork', '--kill-child', '--mount-proc', 'bash', '-c', inside];
  return {
    type: (folder, script, variables = {}) =>
      run('unshare', [...namespace, bin, script, ...Object.entries(variables).map((pair) => pair.join('='))], {
        cwd: folder,
        timeoutMs: 300_000,
      }),
  };
}
