/**
 * `npm run bench [-- --size 2GiB]`: how long the main steps take for one large file, as ratios of `cp` + fsync and
 * `openssl dgst -sha256` of the same file in the same run, and what memory and disk they take.
 *
 * Speed is shown, never judged. Two limits are: 250 MiB of memory for each process, 1.05 times the payload on disk.
 */
import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { type Measured, measure } from './measure.mjs';
import { parseSize, writePayload } from './payload.mjs';
import { type UpstreamAddresses } from './upstream.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const MEBIBYTE = 1024 ** 2;
const MEMORY_LIMIT = 250 * MEBIBYTE;
const DISK_LIMIT = 1.05;
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

async function startUpstream(payload: string): Promise<Upstream> {
  const program = path.join(ROOT, 'bench/upstream.mts');
  const child = spawn(process.execPath, ['--import', 'tsx', program, payload], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = (): void => void child.kill('SIGKILL');
  process.once('exit', stop);
  for await (const line of createInterface(child.stdout)) return { ...(JSON.parse(line) as UpstreamAddresses), stop };
  throw new Error('the outside world of the benchmark did not start');
}

const siteYaml = ({ repository, revision }: UpstreamAddresses): string => `apiVersion: airlock/v1alpha1
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

/** The steps of the main job, each in a process of its own. */
async function ourSteps(folder: string, upstream: Upstream): Promise<Step[]> {
  const { hub, registry, providers } = upstream;
  await writeFile(path.join(folder, 'site.yaml'), siteYaml(upstream));
  const near = [path.join(ROOT, 'scripts/airlock.cjs')];
  const far = [path.join(folder, 'airlock.mjs')];
  const from = ['--upstream', `docker.io=${registry}`, '--upstream', `registry.terraform.io=${providers}`];
  const env = { ...KEY, HF_ENDPOINT: hub };
  const step = async (name: string, args: readonly string[], watch?: string): Promise<Step> => {
    const cwd = watch ?? folder;
    const measured = await measure(process.execPath, args, { cwd, env, ...(watch === undefined ? {} : { watch }) });
    print(`${name}: ${measured.seconds.toFixed(1)} s`);
    return { name, ours: true, ...measured };
  };
  const [outside, enclave] = [path.join(folder, 'outside'), path.join(folder, 'enclave')];
  await Promise.all([mkdir(outside), mkdir(enclave)]);
  const site = ['--site', path.join(folder, 'site.yaml'), '--lock', path.join(folder, 'airlock.lock.json')];
  await measure(process.execPath, [...near, 'keys', 'create', '--out', folder, '--name', 'bench'], { env });
  const [bundle, store] = [path.join(outside, 'bundle'), path.join(enclave, 'store')];
  const trust = ['--trust', path.join(folder, 'bench.pub')];
  const lock = await step('lock', [...near, 'lock', ...site, ...from]);
  const create = ['bundle', 'create', ...site, '--out', bundle, '--key', path.join(folder, 'bench.key'), ...from];
  return [
    lock,
    await step('bundle create', [...near, ...create], outside),
    await step('verify', [...far, 'verify', bundle, ...trust], outside),
    await step('import', [...far, 'import', bundle, '--store', store, ...trust], enclave),
  ];
}

async function baselines(folder: string, payload: string, when: string): Promise<Step[]> {
  const copy = path.join(folder, 'copy');
  // `sync FILE` is fsync (coreutils, sync invocation).
  const cp = await measure('sh', ['-c', 'cp "$0" "$1" && sync "$1"', payload, copy]);
  await rm(copy);
  const openssl = await measure('openssl', ['dgst', '-sha256', payload]);
  print(`cp + fsync ${when}: ${cp.seconds.toFixed(1)} s, openssl ${when}: ${openssl.seconds.toFixed(1)} s`);
  return [
    { name: `cp + fsync (${when})`, ours: false, ...cp },
    { name: `openssl dgst -sha256 (${when})`, ours: false, ...openssl },
  ];
}

const meanSeconds = (steps: readonly Step[], name: string): number => {
  const found = steps.filter((step) => step.name.startsWith(name));
  return found.reduce((sum, { seconds }) => sum + seconds, 0) / found.length;
};

function resultTable(steps: readonly Step[], bytes: number): string {
  const [cp, openssl] = [meanSeconds(steps, 'cp'), meanSeconds(steps, 'openssl')];
  const head = ['step', 's', 'MB/s', '× cp + fsync', '× openssl', 'peak memory MiB', 'peak disk × payload'];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const { name, ours, seconds, peakMemory, peakDisk } of steps) {
    const moves = name !== 'lock';
    table.push([
      name,
      seconds.toFixed(2),
      moves ? (bytes / 1e6 / seconds).toFixed(0) : '',
      moves ? (seconds / cp).toFixed(2) : '',
      moves ? (seconds / openssl).toFixed(2) : '',
      ours ? (peakMemory / MEBIBYTE).toFixed(0) : '',
      peakDisk === 0 ? '' : (peakDisk / bytes).toFixed(3),
    ]);
  }
  return table.toString();
}

/** The two limits; prints a line each. @returns how many do not hold */
function judge(steps: readonly Step[], bytes: number): number {
  const ours = steps.filter((step) => step.ours);
  const memory = Math.max(...ours.map(({ peakMemory }) => peakMemory));
  const disk = Math.max(...ours.map(({ peakDisk }) => peakDisk)) / bytes;
  const limits = [
    {
      ok: memory > 0 && memory < MEMORY_LIMIT,
      text: `peak memory ${(memory / MEBIBYTE).toFixed(0)} MiB, limit 250 MiB`,
    },
    { ok: disk > 1 && disk < DISK_LIMIT, text: `peak disk ${disk.toFixed(3)} × payload, limit ${DISK_LIMIT} ×` },
  ];
  for (const { ok, text } of limits) print(`${ok ? 'ok  ' : 'FAIL'} ${text}`);
  const failed = limits.filter(({ ok }) => !ok).length;
  print(`${limits.length - failed} passed, ${failed} failed`);
  return failed;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { size: { type: 'string', default: '2GiB' } } });
  const bytes = parseSize(values.size);
  if (bytes === undefined) {
    print(`"${values.size}" is not a size; write 2GiB, 512MiB or 10GB`);
    process.exitCode = 2;
    return;
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'airlock-bench-'));
  try {
    const payload = path.join(folder, 'payload');
    await writePayload(payload, bytes);
    await measure(process.execPath, ['--import', 'tsx', 'tools/build.mts'], { cwd: ROOT });
    await copyFile(path.join(ROOT, 'dist/airlock.mjs'), path.join(folder, 'airlock.mjs'));
    const before = await baselines(folder, payload, 'before');
    const upstream = await startUpstream(payload);
    const ours = await ourSteps(folder, upstream);
    upstream.stop();
    const steps = [...ours, ...before, ...(await baselines(folder, payload, 'after'))];
    print(resultTable(steps, bytes));
    print(`payload ${values.size}, one file of ${bytes} bytes; ratios are to the mean of before and after`);
    if (judge(steps, bytes) > 0) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
