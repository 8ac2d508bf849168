/** Kubernetes' own programs, built from its modules: prebuilt ones come from no package registry. */
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BIN, exists } from '../../harness/go.mjs';
import { mustRun } from '../../harness/processes.mjs';
import { KUBERNETES_VERSION } from './versions.mjs';

export const KUBERNETES_PROGRAMS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl'] as const;
export type KubernetesProgram = (typeof KUBERNETES_PROGRAMS)[number];

/** Path of a built program; its version is part of the name. */
export const kubernetesProgram = (name: KubernetesProgram): string => path.join(BIN, `${name}-${KUBERNETES_VERSION}`);

const ENV = { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false -mod=mod' };
const BUILD_TIMEOUT_MS = 1_500_000;

/** The module names its staging modules by folders of its own repository; published, they carry a version each. */
async function writeModule(folder: string): Promise<void> {
  const module = `k8s.io/kubernetes@${KUBERNETES_VERSION}`;
  await mustRun('go', ['mod', 'init', 'airlock.example/kubernetes'], { env: ENV, cwd: folder });
  const { stdout } = await mustRun('go', ['mod', 'download', '-json', module], { env: ENV, cwd: folder });
  const { GoMod } = JSON.parse(stdout) as { readonly GoMod: string };
  const staging = [...(await readFile(GoMod, 'utf8')).matchAll(/^\s*(\S+) => \.\/staging\//gm)].map(([, name]) => name);
  const published = KUBERNETES_VERSION.replace('v1.', 'v0.');
  const replaces = staging.map((name) => `-replace=${name ?? ''}=${name ?? ''}@${published}`);
  await mustRun('go', ['mod', 'edit', `-require=${module}`, ...replaces], { env: ENV, cwd: folder });
}

/** So that `kubectl version` and the server's `/version` say which one this is (component-base/version). */
function versionFlags(): string {
  const [major = '', minor = ''] = KUBERNETES_VERSION.slice(1).split('.');
  const values = { gitVersion: KUBERNETES_VERSION, gitMajor: major, gitMinor: minor };
  return ['-s -w', ...Object.entries(values).map(([key, value]) => `-X k8s.io/component-base/version.${key}=${value}`)]
    .join(' ')
    .trim();
}

/** Builds what the cache lacks: about six minutes on two cores without a build cache. */
export async function installKubernetes(): Promise<string> {
  const missing: KubernetesProgram[] = [];
  for (const name of KUBERNETES_PROGRAMS) if (!(await exists(kubernetesProgram(name)))) missing.push(name);
  if (missing.length === 0) return `${KUBERNETES_VERSION} present`;
  const staging = path.join(BIN, '.building-kubernetes');
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  await writeModule(staging);
  const packages = missing.map((name) => `k8s.io/kubernetes/cmd/${name}`);
  const imports = packages.map((name) => `import _ "${name}"`).join('\n');
  await writeFile(path.join(staging, 'programs.go'), `//go:build tools\n\npackage programs\n\n${imports}\n`);
  await mustRun('go', ['mod', 'tidy'], { env: ENV, cwd: staging, timeoutMs: 300_000 });
  const args = ['go', 'build', `-ldflags=${versionFlags()}`, '-o', `${staging}/`, ...packages];
  await mustRun('nice', args, { env: ENV, cwd: staging, timeoutMs: BUILD_TIMEOUT_MS });
  for (const name of missing) {
    await copyFile(path.join(staging, name), `${kubernetesProgram(name)}.new`);
    await rename(`${kubernetesProgram(name)}.new`, kubernetesProgram(name));
  }
  await rm(staging, { recursive: true, force: true });
  return `${KUBERNETES_VERSION} built`;
}
