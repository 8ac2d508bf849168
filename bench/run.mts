/**
 * `npm run bench [-- --size 1GiB]`: how long the main steps take for a model of four large files, each beside what does the same without us, of the
 * same files in the same run: `bundle create` and `weights fetch` beside `curl -o` + fsync, `verify` beside `openssl dgst -sha256` on one core, `import`
 * beside `cp` + fsync; and what memory, disk and network they take.
 *
 * Speed is shown beside its goal, never judged. Three limits are: 320 MiB of memory for each process (a thread that hashes is a V8 of its own), 1.05 times the payload on disk, and
 * where one file of four has changed, 1.01 times its bytes from the network.
 */
import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import type { Lock } from '../site/generated/lock.js';
import { type Measured, measure, type MeasureOptions } from './measure.mjs';
import { parseSize, writePayload } from './payload.mjs';
import { startMirror } from './serving.mjs';
import type { UpstreamAddresses, UpstreamModel } from './upstream.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const MEBIBYTE = 1024 ** 2;
const MEMORY_LIMIT = 320 * MEBIBYTE;
const DISK_LIMIT = 1.05;
const NETWORK_LIMIT = 1.01;
const FILES = 4;
const [CURL, OPENSSL, CP] = ['curl -o + fsync', 'openssl dgst -sha256', 'cp + fsync'];
const KEY = { AIRLOCK_KEY_PASSPHRASE: 'only for the benchmark' };

const print = (line: string): void => void process.stdout.write(`${line}\n`);

interface Step extends Measured {
  readonly name: string;
  /** Ours are held to the limits; the others are what they are compared with. */
  readonly ours: boolean;
}

interface Upstream extends UpstreamAddresses {
  stop(): void;
}

async function startUpstream(files: readonly string[]): Promise<Upstream> {
  const program = path.join(ROOT, 'bench/upstream.mts');
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...files], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = (): void => void child.kill('SIGKILL');
  process.once('exit', stop);
  for await (const line of createInterface(child.stdout)) return { ...(JSON.parse(line) as UpstreamAddresses), stop };
  throw new Error('the outside world of the benchmark did not start');
}

const siteYaml = ({ repository, revision }: UpstreamModel): string => `apiVersion: airlock/v1alpha1
kind: Site
name: bench
platforms: [linux/amd64]
cluster: { distribution: rke2, kubernetesVersion: "1.34" }
kit: { baseImage: docker.io/library/node:20 }
pools:
  - { name: edge, accelerator: none }
models:
  - name: payload
    source: { repository: ${repository}, revision: ${revision} }
    license: { expect: Apache-2.0, reviewedBy: counsel@bench.example, reviewedOn: 2026-11-02 }
servings: []
`;

interface Scene {
  readonly folder: string;
  /** The large files of the model. */
  readonly files: readonly string[];
  readonly upstream: Upstream;
}

async function ourStep(name: string, args: readonly string[], options: MeasureOptions): Promise<Step> {
  const measured = await measure(process.execPath, args, options);
  print(`${name}: ${measured.seconds.toFixed(1)} s`);
  return { name, ours: true, ...measured };
}

/** The steps of the main job, each in a process of its own. */
async function ourSteps({ folder, upstream }: Scene): Promise<{ readonly steps: Step[]; readonly fetched: number }> {
  const { hub, registry, providers, models } = upstream;
  const near = [path.join(ROOT, 'scripts/airlock.cjs')];
  const program = path.join(folder, 'airlock.mjs');
  const from = ['--upstream', `docker.io=${registry}`, '--upstream', `registry.terraform.io=${providers}`];
  const env = { ...KEY, HF_ENDPOINT: hub };
  let fetched = 0;
  const told = (stdout: string): void => {
    if (stdout.startsWith('{')) fetched = (JSON.parse(stdout) as { fetchedBytes: number }).fetchedBytes;
  };
  const step = (name: string, args: readonly string[], watch?: string): Promise<Step> =>
    ourStep(name, args, { cwd: watch ?? folder, env, told, ...(watch === undefined ? {} : { watch }) });
  const [outside, enclave] = [path.join(folder, 'outside'), path.join(folder, 'enclave')];
  const [bundle, store, lockFile] = [`${outside}/bundle`, `${enclave}/store`, `${folder}/airlock.lock.json`];
  await Promise.all([mkdir(outside), mkdir(enclave)]);
  const site = ['--site', path.join(folder, 'site.yaml'), '--lock', lockFile];
  const trust = ['--trust', path.join(folder, 'bench.pub')];
  const create = (out: string): string[] => [
    ...[...near, 'bundle', 'create', ...site, '--out', out, '--key', path.join(folder, 'bench.key'), ...from, '--json'],
  ];
  const [model, next] = models as [UpstreamModel, UpstreamModel];
  await writeFile(path.join(folder, 'site.yaml'), siteYaml(model));
  await measure(process.execPath, [...near, 'keys', 'create', '--out', folder, '--name', 'bench'], { env });
  const steps = [
    await step('lock', [...near, 'lock', ...site, ...from]),
    await step('bundle create', create(bundle), outside),
    await step('verify', [program, 'verify', bundle, ...trust], outside),
    await step('import', [program, 'import', bundle, '--store', store, ...trust], enclave),
  ];
  const lock = JSON.parse(await readFile(lockFile, 'utf8')) as Lock;
  const mirror = await startMirror(program, store);
  const wanted = `payload@${lock.derived.models[0]?.manifest.digest ?? ''}`;
  const fetch = [program, 'weights', 'fetch', '--mirror', mirror.url, '--model', wanted];
  steps.push(await step('weights fetch', [...fetch, '--into', path.join(folder, 'weights')]));
  mirror.stop();
  await rm(path.join(folder, 'weights'), { recursive: true });
  await rm(enclave, { recursive: true });
  await writeFile(path.join(folder, 'site.yaml'), siteYaml(next));
  await measure(process.execPath, [...near, 'lock', ...site, ...from], { env });
  steps.push(await step('bundle create, one file of four changed', create(path.join(folder, 'next'))));
  await rm(outside, { recursive: true });
  return { steps, fetched };
}

async function baselines({ folder, files, upstream }: Scene, when: string): Promise<Step[]> {
  const copy = path.join(folder, 'copy');
  const baseline = async (name: string, run: () => Promise<Measured>): Promise<Step> => {
    await mkdir(copy);
    const measured = await run();
    await rm(copy, { recursive: true });
    print(`${name} ${when}: ${measured.seconds.toFixed(1)} s`);
    return { name: `${name} (${when})`, ours: false, ...measured };
  };
  // `sync FILE` is fsync (coreutils, sync invocation).
  const shell = (script: string, args: readonly string[]) => (): Promise<Measured> =>
    measure('sh', ['-c', script, copy, ...args]);
  return [
    await baseline(
      CURL,
      shell('cd "$0" && curl -sfL --remote-name-all "$@" && sync *', upstream.models[0]?.files ?? []),
    ),
    await baseline(OPENSSL, () => measure('openssl', ['dgst', '-sha256', ...files])),
    await baseline(CP, shell('cp "$@" "$0" && sync "$0"/*', files)),
  ];
}

const meanSeconds = (steps: readonly Step[], name: string): number => {
  const found = steps.filter((step) => step.name.startsWith(name));
  return found.reduce((sum, { seconds }) => sum + seconds, 0) / found.length;
};

/** What does the same without us, and how many times its seconds a step may take: goals, which judge nothing. */
const GOALS: Readonly<Record<string, readonly [baseline: string, goal: number]>> = {
  'bundle create': [CURL, 1.15],
  verify: [OPENSSL, 0.6],
  import: [CP, 1.3],
  'weights fetch': [CURL, 1.15],
};

function resultTable(steps: readonly Step[], bytes: number): string {
  const head = ['step', 's', 'MB/s', 'ratio', 'goal', 'of', 'peak memory MiB', 'peak disk × payload'];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const { name, ours, seconds, peakMemory, peakDisk } of steps) {
    const [baseline, goal] = GOALS[name] ?? [];
    table.push([
      name,
      seconds.toFixed(2),
      name === 'lock' || name.includes(',') ? '' : (bytes / 1e6 / seconds).toFixed(0),
      baseline === undefined ? '' : (seconds / meanSeconds(steps, baseline)).toFixed(2),
      goal ?? '',
      baseline ?? '',
      ours ? (peakMemory / MEBIBYTE).toFixed(0) : '',
      peakDisk === 0 ? '' : (peakDisk / bytes).toFixed(3),
    ]);
  }
  return table.toString();
}

/** The limits; prints a line each. @returns how many do not hold */
function judge(steps: readonly Step[], bytes: number, fetched: number): number {
  const ours = steps.filter((step) => step.ours);
  const memory = Math.max(...ours.map(({ peakMemory }) => peakMemory));
  const disk = Math.max(...ours.map(({ peakDisk }) => peakDisk)) / bytes;
  const network = fetched / (bytes / FILES);
  const limits = [
    {
      ok: memory > 0 && memory < MEMORY_LIMIT,
      text: `peak memory ${(memory / MEBIBYTE).toFixed(0)} MiB, limit ${MEMORY_LIMIT / MEBIBYTE} MiB`,
    },
    { ok: disk > 1 && disk < DISK_LIMIT, text: `peak disk ${disk.toFixed(3)} × payload, limit ${DISK_LIMIT} ×` },
    {
      ok: network >= 1 && network < NETWORK_LIMIT,
      text: `one file of four changed: ${network.toFixed(4)} × its bytes from the network, limit ${NETWORK_LIMIT} ×`,
    },
  ];
  for (const { ok, text } of limits) print(`${ok ? 'ok  ' : 'FAIL'} ${text}`);
  const failed = limits.filter(({ ok }) => !ok).length;
  print(`${limits.length - failed} passed, ${failed} failed`);
  return failed;
}

/** The files of the model, then the one that replaces the last of them. */
async function writeFiles(folder: string, bytes: number): Promise<string[]> {
  const files = Array.from({ length: FILES + 1 }, (_, at) => path.join(folder, `payload-${at + 1}`));
  for (const file of files) await writePayload(file, bytes / FILES, file.slice(folder.length));
  return files;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { size: { type: 'string', default: '1GiB' } } });
  const asked = parseSize(values.size);
  if (asked === undefined) {
    print(`"${values.size}" is not a size; write 1GiB, 512MiB or 10GB`);
    process.exitCode = 2;
    return;
  }
  const bytes = Math.ceil(asked / FILES) * FILES;
  const folder = await mkdtemp(path.join(tmpdir(), 'airlock-bench-'));
  try {
    const all = await writeFiles(folder, bytes);
    await measure(process.execPath, ['--import', 'tsx', 'tools/build.mts'], { cwd: ROOT });
    await copyFile(path.join(ROOT, 'dist/airlock.mjs'), path.join(folder, 'airlock.mjs'));
    const scene: Scene = { folder, files: all.slice(0, FILES), upstream: await startUpstream(all) };
    const before = await baselines(scene, 'before');
    const ours = await ourSteps(scene);
    const steps = [...ours.steps, ...before, ...(await baselines(scene, 'after'))];
    scene.upstream.stop();
    print(resultTable(steps, bytes));
    print(
      `payload ${values.size}, ${FILES} files of ${bytes / FILES} bytes; ratios are to the mean of before and after`,
    );
    if (judge(steps, bytes, ours.fetched) > 0) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
