/** The container of an engine as containerd runs it: its own defaults and syscall filter, then what the contract and Pod Security say. */
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { EngineSpec } from '../../../engines/contract.js';
import type { Containerd } from '../../harness/containerd.mjs';
import { makeFolder } from '../../harness/scratch.mjs';

export interface EngineProgram {
  /** Statically linked. */
  readonly file: string;
  readonly spec: EngineSpec;
  /** Folders that the engine sees read-only, by where it sees them. */
  readonly weights: Readonly<Record<string, string>>;
}

/** Opencontainers runtime-spec, config.md, as far as this changes it. */
interface RuntimeSpec {
  readonly process: object;
  readonly mounts: readonly { readonly destination: string }[];
  readonly linux: { readonly resources: object };
}

/** The kubelet gives every container these two; nothing else in it says where anything is. */
const NETWORK_FILES = {
  hosts: (address: string): string => `127.0.0.1\tlocalhost\n::1\tlocalhost\n${address}\tengine-0\n`,
  'resolv.conf': (): string => 'search example.svc.cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n',
};

/** What images set beside the contract. */
const IMAGE_ENV = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const bind = (source: string, destination: string, access: 'ro' | 'rw') => ({
  destination,
  type: 'bind',
  source,
  options: ['rbind', access, 'nosuid', 'nodev'],
});

/** The root file system: the program at the path of the contract, and places to mount on. */
async function layOut({ file, spec, weights }: EngineProgram, podAddress: string) {
  const root = await makeFolder('engine-root');
  await chmod(root, 0o755);
  const program = path.join(root, spec.command[0] ?? '');
  await mkdir(path.dirname(program), { recursive: true });
  await copyFile(file, program);
  await chmod(program, 0o755);
  await mkdir(path.join(root, 'etc'));
  const files = await makeFolder('engine-etc');
  const mounts = [];
  for (const [name, content] of Object.entries(NETWORK_FILES)) {
    await writeFile(path.join(files, name), content(podAddress), { mode: 0o644 });
    mounts.push(bind(path.join(files, name), `/etc/${name}`, 'ro'));
  }
  for (const { path: at } of spec.writable) {
    const folder = await makeFolder('engine-scratch');
    await chmod(folder, 0o777); // as the kubelet makes an emptyDir
    mounts.push(bind(folder, at, 'rw'));
  }
  for (const [at, folder] of Object.entries(weights)) mounts.push(bind(folder, at, 'ro'));
  return { root, mounts };
}

/** Writes the runtime's configuration of an engine. @returns its path */
export async function runtimeSpec(containerd: Containerd, engine: EngineProgram, podAddress: string): Promise<string> {
  const { spec } = engine;
  const { root, mounts } = await layOut(engine, podAddress);
  const template = 'template';
  const command = [...spec.command, ...spec.args];
  await containerd.ctr(['containers', 'create', '--rootfs', '--read-only', '--seccomp', root, template, ...command]);
  const { stdout } = await containerd.ctr(['containers', 'info', template]);
  const { Spec: defaults } = JSON.parse(stdout) as { readonly Spec: RuntimeSpec };
  const changed = {
    ...defaults,
    process: {
      ...defaults.process,
      user: spec.user,
      env: [IMAGE_ENV, ...Object.entries(spec.env).map(([name, value]) => `${name}=${value}`)],
      capabilities: {},
    },
    // The kubelet's runtime makes no /run.
    mounts: [...defaults.mounts.filter(({ destination }) => destination !== '/run'), ...mounts],
    linux: {
      ...defaults.linux,
      resources: { ...defaults.linux.resources, memory: { limit: spec.memoryBytes + spec.sharedMemoryBytes } },
    },
  };
  const file = path.join(await makeFolder('engine-spec'), 'config.json');
  await writeFile(file, JSON.stringify(changed));
  return file;
}
