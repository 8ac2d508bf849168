/**
 * `npm run bench:mirror [-- --size 1GiB --seconds 2 --rounds 3]`: how fast the mirror sends one large blob, as a ratio of nginx that sends the
 * same file in the same run, to 1, 8 and 64 clients.
 *
 * The file is in the page cache. The two take turns, and the ratio is that of the medians. Speed is shown, never judged.
 * Needs `nginx` and `wrk`, as Debian packages them; without them nothing is measured.
 */
import { execFile, spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { digestOf, hexOf } from '../core/digest.js';
import { importBundle } from '../offline-bundle/import/import-bundle.js';
import { makeBundle, makeKey } from '../test/offline-bundle/support/make-bundle.js';
import { measure } from './measure.mjs';
import { parseSize, writePayload } from './payload.mjs';
import { type Serving, startMirror, stopper } from './serving.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const CLIENTS = [1, 8, 64];
const run = promisify(execFile);
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const isThere = (program: string): Promise<boolean> =>
  run('sh', ['-c', `command -v ${program}`]).then(
    () => true,
    () => false,
  );

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A store that holds the payload as a file of a model. @returns digest of the payload */
async function makeStore(scratch: string, bytes: number): Promise<{ readonly dir: string; readonly hex: string }> {
  const payload = path.join(scratch, 'payload');
  await writePayload(payload, bytes);
  const content = await readFile(payload);
  await rm(payload);
  const key = makeKey();
  const bundle = await makeBundle(path.join(scratch, 'bundle'), { signers: [key], modelFiles: { 'big.bin': content } });
  const dir = path.join(scratch, 'store');
  await importBundle({ dir: bundle.dir, storeDir: dir, trusted: [key.trusted], threshold: 1 });
  await rm(bundle.dir, { recursive: true });
  return { dir, hex: hexOf(digestOf(content)) };
}

/** As Debian configures it: `sendfile`, a worker per core. */
async function startNginx(scratch: string, store: string, hex: string): Promise<Serving> {
  const [port, prefix] = [await freePort(), path.join(scratch, 'nginx')];
  await mkdir(prefix);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const config = [
    'user root;',
    'worker_processes auto;',
    'daemon off;',
    `pid ${prefix}/pid;`,
    'events { worker_connections 1024; }',
    'http {',
    '  access_log off;',
    '  sendfile on;',
    '  tcp_nopush on;',
    '  default_type application/octet-stream;',
    ...temporary.map((name) => `  ${name}_temp_path ${prefix}/${name};`),
    `  server { listen 127.0.0.1:${port}; root ${path.join(store, 'blobs', 'sha256')}; }`,
    '}',
  ];
  await writeFile(path.join(prefix, 'conf'), `${config.join('\n')}\n`);
  const args = ['-p', prefix, '-c', path.join(prefix, 'conf'), '-e', path.join(prefix, 'errors')];
  const stop = stopper(spawn('nginx', args, { stdio: ['ignore', 'inherit', 'inherit'] }));
  const url = `http://127.0.0.1:${port}/${hex}`;
  for (let tries = 0; tries < 100; tries += 1) {
    if (
      await fetch(url, { method: 'HEAD' }).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return { url, stop };
    await pause(50);
  }
  throw new Error('nginx did not start');
}

const UNITS: Readonly<Record<string, number>> = { KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 };

/** What wrk received, body and headers. Bytes per second. */
async function received(url: string, clients: number, seconds: number): Promise<number> {
  const { stdout } = await run('wrk', ['-t1', `-c${clients}`, `-d${seconds}s`, '--timeout', '60s', url]);
  const [, amount = '', unit = ''] = /Transfer\/sec:\s+([\d.]+)([KMG]B)/.exec(stdout) ?? [];
  const rate = Number(amount) * (UNITS[unit] ?? NaN);
  if (!(rate > 0)) throw new Error(`wrk received nothing from ${url}:\n${stdout}`);
  return rate;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      size: { type: 'string', default: '1GiB' },
      seconds: { type: 'string', default: '2' },
      rounds: { type: 'string', default: '5' },
    },
  });
  const bytes = parseSize(values.size);
  const [seconds, rounds] = [Number(values.seconds), Number(values.rounds)];
  if (bytes === undefined || !(seconds >= 1) || !(rounds >= 1)) {
    print('write --size 1GiB, --seconds 2 and --rounds 5, or the like');
    process.exitCode = 2;
    return;
  }
  for (const program of ['nginx', 'wrk'])
    if (!(await isThere(program))) {
      print(`SKIPPED: ${program} is not installed; Debian has a package of that name`);
      return;
    }
  const scratch = await mkdtemp(path.join(tmpdir(), 'airlock-bench-mirror-'));
  const serving: Serving[] = [];
  try {
    await measure(process.execPath, ['--import', 'tsx', 'tools/build.mts'], { cwd: ROOT });
    const program = path.join(scratch, 'airlock.mjs');
    await copyFile(path.join(ROOT, 'dist/airlock.mjs'), program);
    const { dir, hex } = await makeStore(scratch, bytes);
    const mirror = await startMirror(program, dir);
    const blob = `${mirror.url}/v2/models/tiny/blobs/sha256:${hex}`;
    const nginx = await startNginx(scratch, dir, hex);
    serving.push(mirror, nginx);
    const table = new Table({
      head: ['clients', 'mirror MB/s', 'nginx MB/s', 'mirror ÷ nginx'],
      style: { head: [], border: [], compact: true },
    });
    for (const clients of CLIENTS) {
      const [ours, theirs]: [number[], number[]] = [[], []];
      for (let round = 0; round < rounds; round += 1) {
        ours.push(await received(blob, clients, seconds));
        theirs.push(await received(nginx.url, clients, seconds));
      }
      const [us, them] = [median(ours), median(theirs)];
      table.push([clients, (us / 1e6).toFixed(0), (them / 1e6).toFixed(0), (us / them).toFixed(2)]);
    }
    print(table.toString());
    print(`a blob of ${bytes} bytes, ${seconds} s each, medians of ${rounds} rounds in turn; plain HTTP over loopback`);
  } finally {
    for (const one of serving) one.stop();
    await rm(scratch, { recursive: true, force: true });
  }
}

await main();
