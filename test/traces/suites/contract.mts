/** Phoenix against its contract: settings that it knows, doors that are shut, nobody that it calls, nothing of traces in its log. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, expectEqual, type Suite } from '../../harness/report.mjs';
import { startTrace } from '../../harness/network-trace.mjs';
import { run } from '../../harness/processes.mjs';
import { makeFolder } from '../../harness/scratch.mjs';
import { REDACTION_PACKS, redactionPatterns } from '../../../catalog/redaction/index.js';
import { collectorConfig } from '../../../telemetry/traces/collector.js';
import { phoenixDestination } from '../../../telemetry/traces/phoenix.js';
import { collectorProgram } from '../install/collector.mjs';
import { VENV } from '../install/phoenix.mjs';
import { queueFolder, startCollector } from '../world/collector.mjs';
import { PHOENIX_URL, SECRETS, spec, startPhoenix } from '../world/phoenix.mjs';
import { plant } from '../world/sender.mjs';
import { storedTraces } from '../world/rows.mjs';
import { missingTraces, type Store } from '../world/store.mjs';
import { PATTERNS } from './redaction.mjs';

const MIB = 1024 ** 2;

async function statusOf(method: string, asked: string, key?: string): Promise<number> {
  const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
  if (method === 'POST') headers['content-type'] = 'application/x-protobuf';
  const response = await fetch(`${PHOENIX_URL}${asked}`, { method, headers });
  await response.body?.cancel();
  return response.status;
}

async function settings(): Promise<string> {
  const config = await readFile(path.join(VENV, 'lib/python3.11/site-packages/phoenix/config.py'), 'utf8');
  const names = [...Object.keys(spec.env), ...spec.secrets.map(({ variable }) => variable)];
  const own = names.filter((name) => name.startsWith('PHOENIX_'));
  expectEqual(
    own.filter((name) => !config.includes(`"${name}"`)),
    [],
    'variables that this version does not know',
  );
  return `${String(own.length)} variables, all known`;
}

async function shut(): Promise<string> {
  const key = SECRETS['admin-secret'];
  const anonymous = ['GET /v1/projects', 'POST /v1/traces', 'GET /v1/datasets', 'POST /graphql', 'DELETE /v1/traces/0'];
  for (const asked of anonymous) {
    const [method = '', at = ''] = asked.split(' ');
    expectEqual(await statusOf(method, at), 401, `${asked} without a key`);
  }
  expectEqual(await statusOf('GET', '/v1/projects', key), 200, 'control: GET /v1/projects with a key');
  // The web application answers everything else; what is mounted answers in another form.
  for (const at of ['/mcp', '/oauth2/register', '/.well-known/oauth-authorization-server']) {
    const status = await statusOf('POST', at, key);
    expect([404, 405].includes(status), `POST ${at} answers ${String(status)}`);
  }
  return `${String(anonymous.length)} × 401 without a key; no /mcp, no /oauth2`;
}

/** As docs/traces.md has it: the admin secret makes the collector's key. */
async function collectorKey(): Promise<string> {
  const response = await fetch(`${PHOENIX_URL}/v1/system/api_keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SECRETS['admin-secret']}`, 'content-type': 'application/json' },
    body: JSON.stringify({ data: { name: 'collector' } }),
  });
  expectEqual(response.status, 201, 'status');
  const { data } = (await response.json()) as { readonly data: { readonly key: string } };
  expectEqual(await statusOf('POST', '/v1/traces', data.key), 200, 'POST /v1/traces with the key');
  expectEqual(await statusOf('POST', '/v1/traces', `${data.key}x`), 401, 'POST /v1/traces with another');
  return '201; it may send traces';
}

/** A full store must say "later": by its own 507 the Collector would throw spans away. */
async function full(store: Store): Promise<string> {
  await store.phoenix.stop();
  store.phoenix = await startPhoenix(store.postgres, { capacityGib: 0.001 });
  const metrics = `http://127.0.0.1:${String(spec.metrics.port)}${spec.metrics.path}`;
  const isBlocked = async (): Promise<boolean> =>
    /^database_insertions_blocked 1/m.test(await (await fetch(metrics)).text());
  const until = performance.now() + 20_000;
  while (!(await isBlocked()) && performance.now() < until) await pause(500);
  expect(await isBlocked(), 'the store does not think that it is full');
  const collector = await startCollector({ patterns: PATTERNS, queueFolder: await queueFolder() });
  const traces = await plant(['kept until there is room']);
  await pause(5000);
  const stored = await storedTraces(store.postgres);
  expectEqual([...traces.filter((trace) => stored.has(trace))], [], 'traces in a full store');
  expectEqual(await statusOf('GET', '/v1/projects', SECRETS['admin-secret']), 200, 'GET /v1/projects');
  await store.phoenix.stop();
  store.phoenix = await startPhoenix(store.postgres);
  expectEqual(await missingTraces(store, traces), [], 'traces lost by a full store');
  await collector.stop();
  return `${String(traces.length)} trace waited and came once there was room; reading went on`;
}

async function confined(store: Store): Promise<string> {
  const { stdout } = await run('pgrep', ['-g', String(store.phoenix.pid)]);
  const pids = stdout.trim().split('\n');
  const status = await readFile(`/proc/${pids.at(-1) ?? ''}/status`, 'utf8');
  expectEqual(/Uid:\s+(\d+)/.exec(status)?.[1], String(spec.user.uid), 'user id');
  expectEqual(/CapEff:\s+(\w+)/.exec(status)?.[1], '0000000000000000', 'capabilities');
  const peak = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
  expect(peak < spec.memoryBytes, `${String(peak)} bytes at most, of ${String(spec.memoryBytes)}`);
  return `uid ${String(spec.user.uid)}, no capability, read-only root, ${(peak / MIB).toFixed(0)} MiB at most`;
}

async function silent(store: Store): Promise<string> {
  await store.phoenix.stop();
  // The trace follows what this process starts from now on.
  const trace = await startTrace(process.pid);
  store.phoenix = await startPhoenix(store.postgres);
  for (const at of ['/', '/login', '/healthz', '/readyz', '/v1/projects'])
    await statusOf('GET', at, SECRETS['admin-secret']);
  const { called, bound } = await trace.finish();
  const beyond = called.filter((address) => !/^(?:127\.|\[::1\]|\[::ffff:127\.)/.test(address));
  expectEqual(beyond, [], 'addresses called');
  expect(called.length > 0, 'the trace saw nothing');
  return `called ${String(called.length)} addresses, all loopback; bound ${bound.filter((address) => !address.endsWith(':0')).join(' ')}`;
}

async function logs(store: Store): Promise<string> {
  const word = 'Zwetschgenknödelrezept';
  const collector = await startCollector({ patterns: PATTERNS, queueFolder: await queueFolder() });
  const traces = await plant([word]);
  expectEqual(await missingTraces(store, traces), [], 'traces that never came');
  await collector.stop();
  const said = { Phoenix: store.phoenix.output(), Collector: collector.output() };
  for (const [who, text] of Object.entries(said)) {
    expect(text.length > 100, `${who} said nothing`);
    expect(!text.includes(word), `${who} writes what it is sent into its log`);
  }
  return Object.entries(said)
    .map(([who, text]) => `${who}: ${String(text.split('\n').length)} lines`)
    .join(', ');
}

async function everyPack(): Promise<string> {
  const file = path.join(await makeFolder('validate'), 'config.json');
  const [packs, folder] = [Object.keys(REDACTION_PACKS), await queueFolder()];
  for (const pack of packs) {
    const config = collectorConfig({
      ...{ patterns: redactionPatterns([pack]), destination: phoenixDestination(PHOENIX_URL), queueFolder: folder },
      ...{ queueBytes: 64 * MIB, memoryBytes: 256 * MIB },
    });
    await writeFile(file, JSON.stringify(config));
    const { code, stderr } = await run(await collectorProgram(), ['validate', '--config', file]);
    expectEqual(code, 0, `${pack}: ${stderr}`);
  }
  await writeFile(file, '{"receivers": {"otlp": {"protocol": {}}}}');
  expectEqual((await run(await collectorProgram(), ['validate', '--config', file])).code, 1, 'a wrong configuration');
  return `${String(packs.length)} packs; a wrong configuration is refused`;
}

export async function contract(suite: Suite, store: Store): Promise<void> {
  await suite.check('Phoenix knows every setting of the contract', settings);
  await suite.check('doors are shut', shut);
  await suite.check('the admin secret makes a key for the collector', collectorKey);
  await suite.check('it runs as the contract says', () => confined(store));
  await suite.check('from its start it calls nobody', () => silent(store));
  await suite.check('neither Phoenix nor the Collector writes texts of traces into its log', () => logs(store));
  await suite.check('a full store loses nothing and is still read', () => full(store));
  await suite.check('the Collector takes the configuration of every pack', everyPack);
}
