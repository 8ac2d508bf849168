/** Isolation: the far side works where there is no network, and neither side speaks to anyone it was not pointed at. */
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { readFile } from 'node:fs/promises';
import type { Lock } from '../../../site/generated/lock.js';
import { ROOT } from '../../harness/paths.mjs';
import { CLIENTS } from '../paths.mjs';
import { run, tail } from '../../harness/processes.mjs';
import { expect, expectEqual, type Suite } from '../../harness/report.mjs';
import { makeFolder } from '../../harness/scratch.mjs';
import { MINILM } from '../install/versions.mjs';
import { type Journey } from '../journey/journey.mjs';
import { PASSPHRASE } from '../journey/kit.mjs';
import { beyondLoopback, isolated, type Watched, watched } from './namespace.mjs';

const noSockets = (ran: Watched, what: string): string => {
  expect(ran.code === 0, `${what} ended with status ${ran.code}:\n${tail(ran)}`);
  expectEqual([...ran.internet], [], `${what} opened internet sockets`);
  return 'status 0, no internet socket';
};

const loopbackOnly = (ran: Watched, what: string): string => {
  expect(ran.code === 0, `${what} ended with status ${ran.code}:\n${tail(ran)}`);
  expectEqual(beyondLoopback(ran.internet), [], `${what} named addresses beyond loopback`);
  return `status 0, ${ran.internet.length} calls, all loopback`;
};

async function farSideCommands(suite: Suite, journey: Journey): Promise<void> {
  const { far, bundle, keys, lock } = journey;
  const node = process.execPath;
  const options = { cwd: far.folder };
  const store = path.join(await makeFolder('isolated'), 'store');
  await suite.check('the watch sees a socket when there is one', async () => {
    const probe =
      "require('net').connect(9, '192.0.2.1').on('error', () => process.exit(0)); setTimeout(() => process.exit(0), 200)";
    const ran = await isolated(node, ['-e', probe]);
    expect(beyondLoopback(ran.internet).length > 0, `strace saw nothing:\n${tail(ran)}`);
    return ran.internet.find((line) => line.includes('192.0.2.1'))?.slice(0, 80) ?? '';
  });
  await suite.check('verify, in a namespace with only loopback', async () =>
    noSockets(await isolated(node, ['airlock.mjs', 'verify', bundle, '--trust', keys.alice.public], options), 'verify'),
  );
  await suite.check('import, in a namespace with only loopback', async () =>
    noSockets(
      await isolated(node, ['airlock.mjs', 'import', bundle, '--store', store, '--trust', keys.alice.public], options),
      'import',
    ),
  );
  await suite.check('mirror, in a namespace with only loopback', async () => {
    const image = (JSON.parse(await readFile(lock, 'utf8')) as Lock).images.find(({ name }) => name === 'toolbox');
    const program = path.join(far.folder, 'airlock.mjs');
    const args = [program, store, image?.repository ?? '', image?.index?.digest ?? '', MINILM.repository];
    const ran = await isolated(node, [path.join(CLIENTS, 'probe-mirror.mjs'), ...args], options);
    const figure = loopbackOnly(ran, 'mirror');
    expectEqual(ran.stdout.trim(), '[200,200,200,404]', 'health, model, file, unknown provider');
    return figure;
  });
}

async function synthAndAudit(suite: Suite, { far, site, enclave, lock }: Journey): Promise<void> {
  const out = path.join(await makeFolder('synth'), 'cdktf.out');
  const env = { AIRLOCK_SITE: site, AIRLOCK_ENCLAVE: enclave, AIRLOCK_LOCK: lock, CDKTF_OUTDIR: out };
  const tsx = path.join(ROOT, 'node_modules/.bin/tsx');
  await suite.check('synth from the checkout, in a namespace with only loopback', async () => {
    const figure = noSockets(await isolated(tsx, ['main.ts'], { cwd: ROOT, env }), 'synth');
    return `${figure}, stacks: ${(await readdir(path.join(out, 'stacks'))).join(', ')}`;
  });
  await suite.check('audit, in a namespace with only loopback', async () => {
    const args = ['airlock.mjs', 'audit', out, '--site', site, '--enclave', enclave, '--lock', lock];
    return noSockets(await isolated(process.execPath, args, { cwd: far.folder }), 'audit');
  });
  await suite.check('cdktf synth by its own command line reaches nobody', async () => {
    const folder = await makeFolder('cdktf');
    const cdktf = path.join(ROOT, 'node_modules/.bin/cdktf');
    const own = { ...env, CDKTF_OUTDIR: path.join(folder, 'cdktf.out'), HOME: folder };
    const args = ['synth', '--output', path.join(folder, 'cdktf.out')];
    const ran = await isolated(cdktf, args, { cwd: ROOT, env: own });
    const figure = loopbackOnly(ran, 'cdktf synth');
    await expectSameStacks(out, path.join(folder, 'cdktf.out'));
    return figure;
  });
}

async function expectSameStacks(left: string, right: string): Promise<void> {
  const ran = await run('diff', ['-r', path.join(left, 'stacks'), path.join(right, 'stacks')]);
  expect(ran.code === 0, `the two ways to synthesize differ:\n${tail(ran)}`);
}

async function nearSideCommands(suite: Suite, { folder, site, lock, keys, upstream }: Journey): Promise<void> {
  const program = path.join(ROOT, 'scripts/airlock.cjs');
  const near = (args: readonly string[]): Promise<Watched> =>
    watched(process.execPath, [program, ...args], {
      cwd: folder,
      env: { ...upstream.env, AIRLOCK_KEY_PASSPHRASE: PASSPHRASE },
      timeoutMs: 240_000,
    });
  const where = await makeFolder('near');
  await suite.check('lock and bundle create speak only to the upstreams they were given', async () => {
    const newLock = path.join(where, 'airlock.lock.json');
    const locked = await near(['lock', '--site', site, '--lock', newLock, ...upstream.options]);
    const first = loopbackOnly(locked, 'lock');
    const args = ['--site', site, '--lock', lock, '--out', path.join(where, 'bundle'), '--key', keys.alice.private];
    const bundled = await near(['bundle', 'create', ...args, ...upstream.options]);
    return `lock: ${first}; bundle create: ${loopbackOnly(bundled, 'bundle create')}`;
  });
  await suite.check('init, keys create and lock --check open no internet socket', async () => {
    await mkdir(path.join(where, 'init'));
    const figures = [
      noSockets(await near(['init', '--dir', path.join(where, 'init'), '--name', 'north']), 'init'),
      noSockets(await near(['keys', 'create', '--out', where, '--name', 'carol']), 'keys create'),
      noSockets(await near(['lock', '--check', '--site', site, '--lock', lock]), 'lock --check'),
    ];
    return figures[0] ?? '';
  });
}

export async function isolation(suite: Suite, journey: Journey): Promise<void> {
  await farSideCommands(suite, journey);
  await synthAndAudit(suite, journey);
  await nearSideCommands(suite, journey);
  await suite.check("the far side's folder holds airlock.mjs and nothing else", async () => {
    expectEqual(await readdir(journey.far.folder), ['airlock.mjs'], 'files');
    return 'airlock.mjs';
  });
}
