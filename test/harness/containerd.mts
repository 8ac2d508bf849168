/** A containerd of a suite's own: root, state, socket and configuration in a temporary folder. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mustRun, type Ran, run, startService } from './processes.mjs';

export interface Containerd {
  readonly pid: number;
  /** `ctr` against this containerd, demanding success. */
  readonly ctr: (args: readonly string[]) => Promise<Ran>;
  /** The same, whatever it ends with: `ctr run` ends with the status of the container. */
  readonly attempt: (args: readonly string[]) => Promise<Ran>;
  /** Folder for `--hosts-dir`. */
  readonly hosts: string;
  readonly stop: () => Promise<void>;
}

/** `native` copies files: it needs no overlay file system, so it also works inside a container. */
export const SNAPSHOTTER = ['--snapshotter', 'native'] as const;

const configuration = (folder: string): string => `version = 2
root = "${folder}/root"
state = "${folder}/state"
disabled_plugins = [
  "io.containerd.grpc.v1.cri",
  "io.containerd.internal.v1.opt",
  "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs",
]
[grpc]
  address = "${folder}/containerd.sock"
[ttrpc]
  address = "${folder}/containerd.sock.ttrpc"
`;

export async function startContainerd(folder: string): Promise<Containerd> {
  const config = path.join(folder, 'containerd.toml');
  const hosts = path.join(folder, 'hosts');
  await mkdir(hosts);
  await writeFile(config, configuration(folder));
  const address = ['--address', path.join(folder, 'containerd.sock')];
  const service = await startService('containerd', ['--config', config], {
    ready: async () => (await run('ctr', [...address, 'version'])).code === 0,
  });
  const options = { timeoutMs: 90_000 };
  return {
    pid: service.pid,
    hosts,
    stop: service.stop,
    ctr: (args) => mustRun('ctr', [...address, ...args], options),
    attempt: (args) => run('ctr', [...address, ...args], options),
  };
}

/** Tells containerd to reach `authority` over TLS with a private authority (containerd, docs/hosts.md). */
export async function trustHost(containerd: Containerd, authority: string, ca: string): Promise<void> {
  const folder = path.join(containerd.hosts, authority.replace(':', '_') + '_');
  await mkdir(folder, { recursive: true });
  const server = `https://${authority}`;
  await writeFile(
    path.join(folder, 'hosts.toml'),
    `server = "${server}"\n[host."${server}"]\n  capabilities = ["pull", "resolve"]\n  ca = "${ca}"\n`,
  );
}
