/**
 * `npm run bench:weights [-- --size 2GiB]`: how fast the verifying init container's program hashes a model, as a ratio of
 * `openssl dgst -sha256` over the same files in the same run: on one core, and on all of them.
 *
 * Everything is in the page cache, so hashing is what is measured. Where others use the machine too, the ratio of CPU times
 * is the steadier one. Speed is shown, never judged. Memory is: 250 MiB.
 */
import { copyFile, link, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { canonicalJson } from '../core/canonical-json.js';
import { digestOf, fromHex, newHash } from '../core/digest.js';
import { createReadStream } from 'node:fs';
import { type Measured, measure } from './measure.mjs';
import { parseSize, writePayload } from './payload.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const MEBIBYTE = 1024 ** 2;
const MEMORY_LIMIT = 250 * MEBIBYTE;
const ROUNDS = 3;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

interface Model {
  readonly folder: string;
  readonly files: readonly string[];
  readonly manifest: string;
  readonly digest: string;
  readonly bytes: number;
}

async function sha256(file: string): Promise<string> {
  const hash = newHash();
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** As many shards as cores: one file, linked, since reading it does not depend on where it lies. */
async function makeModel(scratch: string, shardBytes: number, shards: number): Promise<Model> {
  const folder = path.join(scratch, 'model');
  await mkdir(folder);
  const names = Array.from({ length: shards }, (_, at) => `model-${at + 1}.safetensors`);
  const [first = ''] = names;
  await writePayload(path.join(folder, first), shardBytes);
  for (const name of names.slice(1)) await link(path.join(folder, first), path.join(folder, name));
  const { size } = await stat(path.join(folder, first));
  const digest = fromHex(await sha256(path.join(folder, first))); // also brings it into the page cache
  const bytes = canonicalJson({
    schemaVersion: 2,
    layers: names.map((name) => ({
      mediaType: 'application/octet-stream',
      digest,
      size,
      annotations: { 'org.opencontainers.image.title': name },
    })),
  });
  const manifest = path.join(scratch, 'manifest.json');
  await writeFile(manifest, bytes);
  return {
    folder,
    files: names.map((name) => path.join(folder, name)),
    manifest,
    digest: digestOf(bytes),
    bytes: size * shards,
  };
}

/** The cheapest of some rounds: others on the machine only ever make one dearer. */
async function best(run: () => Promise<Measured>): Promise<Pick<Measured, 'seconds' | 'cpuSeconds' | 'peakMemory'>> {
  const rounds: Measured[] = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await run());
  return {
    seconds: Math.min(...rounds.map((round) => round.seconds)),
    cpuSeconds: Math.min(...rounds.map((round) => round.cpuSeconds)),
    peakMemory: Math.max(...rounds.map((round) => round.peakMemory)),
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { size: { type: 'string', default: '2GiB' } } });
  const bytes = parseSize(values.size);
  if (bytes === undefined) {
    print(`"${values.size}" is not a size; write 2GiB, 512MiB or 10GB`);
    process.exitCode = 2;
    return;
  }
  const cores = availableParallelism();
  const scratch = await mkdtemp(path.join(tmpdir(), 'airlock-bench-weights-'));
  try {
    await measure(process.execPath, ['--import', 'tsx', 'tools/build.mts'], { cwd: ROOT });
    const program = path.join(scratch, 'airlock.mjs');
    await copyFile(path.join(ROOT, 'dist/airlock.mjs'), program);
    const model = await makeModel(scratch, Math.ceil(bytes / cores), cores);
    const verify = [program, 'weights', 'verify', '--manifest', model.manifest, '--digest', model.digest];
    const node = [process.execPath, ...verify, '--dir', model.folder];
    const openssl = ['openssl', 'dgst', '-sha256'];
    const shell = (command: readonly string[]) => () => measure(command[0] ?? '', command.slice(1));
    // taskset(1) leaves a process one core, and so Node as many hashing threads.
    const pinned = (command: readonly string[]): string[] => ['taskset', '-c', '0', ...command];
    const parallel = ['sh', '-c', `printf '%s\\n' "$@" | xargs -P ${cores} -n 1 openssl dgst -sha256`, 'sh'];
    const rows = [
      {
        on: 'one core',
        ours: await best(shell(pinned(node))),
        theirs: await best(shell(pinned([...openssl, ...model.files]))),
      },
      {
        on: `all ${cores} cores`,
        ours: await best(shell(node)),
        theirs: await best(shell([...parallel, ...model.files])),
      },
    ];
    const rate = (seconds: number): string => (model.bytes / 1e6 / seconds).toFixed(0);
    const table = new Table({
      head: ['', 'weights verify MB/s', 'openssl MB/s', 'ratio', 'ratio of CPU time', 'peak memory MiB'],
      style: { head: [], border: [], compact: true },
    });
    for (const { on, ours, theirs } of rows) {
      table.push([
        on,
        rate(ours.seconds),
        rate(theirs.seconds),
        (theirs.seconds / ours.seconds).toFixed(2),
        (theirs.cpuSeconds / ours.cpuSeconds).toFixed(2),
        (ours.peakMemory / MEBIBYTE).toFixed(0),
      ]);
    }
    print(table.toString());
    print(`${cores} files of ${Math.ceil(bytes / cores)} bytes; the start of Node is in the times; best of ${ROUNDS}`);
    const memory = Math.max(...rows.map(({ ours }) => ours.peakMemory));
    const isBounded = memory > 0 && memory < MEMORY_LIMIT;
    print(`${isBounded ? 'ok  ' : 'FAIL'} peak memory ${(memory / MEBIBYTE).toFixed(0)} MiB, limit 250 MiB`);
    if (!isBounded) process.exitCode = 1;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

await main();
