/** What every engine must show, whatever it is: each check is one clause of its contract. */
import { setTimeout as pause } from 'node:timers/promises';
import type { EngineSpec } from '../../../engines/contract.js';
import { type Service } from '../../harness/processes.mjs';
import { expect, expectEqual, expectMatch, type Suite } from '../../harness/report.mjs';
import { type RunningEngine, startEngine } from '../container/engine-container.mjs';
import type { EngineProgram } from '../container/runtime-spec.mjs';
import type { NetworkCalls } from '../../harness/network-trace.mjs';

/** A path that must stay shut, and how it is asked. */
export interface Door {
  readonly path: string;
  readonly method: string;
  readonly body?: unknown;
  readonly status: number;
}

export interface ContractCase extends EngineProgram {
  readonly servedName: string;
  readonly doors: readonly Door[];
  /** Whether it speaks to a process of its own over loopback. */
  readonly hasRunner: boolean;
  /** More to see while it runs. */
  readonly more?: (suite: Suite, engine: RunningEngine) => Promise<void>;
}

const zeroes = /^0+$/;

async function isIsolated(engine: RunningEngine): Promise<string> {
  const { spec } = engine;
  const lines = (text: string): string[] => text.split('\0').slice(0, -1);
  expectEqual(lines(await engine.proc('cmdline')), [...spec.command, ...spec.args], 'command line');
  const environment = lines(await engine.proc('environ')).filter((line) => !line.startsWith('PATH='));
  const wanted = Object.entries(spec.env).map(([name, value]) => `${name}=${value}`);
  expectEqual(environment.sort(), wanted.sort(), 'environment beside PATH');
  const status = Object.fromEntries(
    (await engine.proc('status')).split('\n').map((line) => line.split(/:\s+/) as [string, string]),
  );
  const ids = (id: number): string => Array.from({ length: 4 }, () => String(id)).join('\t');
  expectEqual([status['Uid'], status['Gid']], [ids(spec.user.uid), ids(spec.user.gid)], 'user and group');
  for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
    expectMatch(status[set] ?? '', zeroes, `capabilities, ${set}`);
  expectEqual([status['NoNewPrivs'], status['Seccomp']], ['1', '2'], 'no_new_privs, seccomp filter');
  const writable = (await engine.proc('mountinfo'))
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , , , at = '/proc', options]) => options?.startsWith('rw') && !/^\/(proc|dev|sys|run)(\/|$)/.test(at))
    .map(([, , , , at]) => at);
  expectEqual(writable.sort(), spec.writable.map(({ path }) => path).sort(), 'writable mounts');
  return `${String(spec.args.length)} arguments, ${String(wanted.length)} variables, ${status['Uid']?.split('\t')[0] ?? ''}:${status['Gid']?.split('\t')[0] ?? ''}`;
}

/** Seconds until a probe passes, or an error with what the engine said. */
async function until(engine: RunningEngine, probe: EngineSpec['probes']['startup'], seconds: number): Promise<string> {
  const began = performance.now();
  const passed = (): number => (performance.now() - began) / 1000;
  while (!(await engine.probe(probe))) {
    expect(await engine.isRunning(), `it ended:\n${await engine.output()}`);
    expect(passed() < seconds, `not ready after ${String(seconds)} s:\n${await engine.output()}`);
    await pause(100);
  }
  return `${passed().toFixed(1)} s`;
}

const shown = (probe: EngineSpec['probes']['startup']): string =>
  typeof probe === 'string' ? `GET ${probe}` : probe.exec.map((word) => (word === '' ? '""' : word)).join(' ');

interface Completion {
  readonly model?: string;
  readonly choices?: readonly { readonly message?: { readonly content?: unknown } }[];
  readonly usage?: { readonly completion_tokens?: number };
}

async function answersChat(engine: RunningEngine, model: string): Promise<string> {
  const messages = [{ role: 'user', content: 'Say something.' }];
  const { status, body } = await engine.ask('/v1/chat/completions', 'POST', { model, messages, max_tokens: 8 });
  expectEqual(status, 200, `status of the chat completion: ${body}\nstatus`);
  const answer = JSON.parse(body) as Completion;
  expectEqual(answer.model, model, 'model in the answer');
  expectEqual(typeof answer.choices?.[0]?.message?.content, 'string', 'type of the content');
  const tokens = answer.usage?.completion_tokens ?? 0;
  expect(tokens > 0, `no token was generated: ${body}`);
  return `${String(tokens)} tokens`;
}

async function servesItsPaths(engine: RunningEngine, { servedName }: ContractCase): Promise<string> {
  const bodies: Readonly<Record<string, unknown>> = {
    '/v1/chat/completions': { model: servedName, messages: [{ role: 'user', content: 'a' }], max_tokens: 1 },
    '/v1/completions': { model: servedName, prompt: 'a', max_tokens: 1 },
    '/v1/embeddings': { model: servedName, input: 'a' },
  };
  const said: string[] = [];
  for (const path of engine.spec.httpPaths) {
    const body = bodies[path];
    const { status, body: text } = await engine.ask(path, body === undefined ? 'GET' : 'POST', body);
    expectEqual(status, 200, `${path}: ${text}\nstatus`);
    said.push(`${path} ${String(status)}`);
  }
  const models = JSON.parse((await engine.ask('/v1/models')).body) as { readonly data: readonly { id: string }[] };
  expect(
    models.data.some(({ id }) => id === servedName || id === `${servedName}:latest`),
    `no ${servedName} in ${JSON.stringify(models)}`,
  );
  return said.join(', ');
}

/** Local addresses of all sockets that wait for somebody. */
async function listeners(engine: RunningEngine): Promise<string[]> {
  const { stdout } = await engine.inNetwork('ss', ['-H', '-l', '-n', '-t', '-u', '-x']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([kind = '', , , , local = '']) => `${kind} ${local}`)
    .sort();
}

async function listensOnItsPortAlone(engine: RunningEngine, hasRunner: boolean): Promise<string> {
  const found = await listeners(engine);
  const port = String(engine.spec.port);
  const own = found.filter((line) => [`tcp 0.0.0.0:${port}`, `tcp *:${port}`].includes(line));
  const loopback = found.filter((line) => /^tcp (127\.0\.0\.1|\[::1\]):\d+$/.test(line));
  expectEqual(own.length, 1, `listeners are ${found.join(', ')}\nnumber on port ${port}`);
  expectEqual(
    found.length - own.length - (hasRunner ? loopback.length : 0),
    0,
    `others than its own: ${String(found)}`,
  );
  return found.join(', ');
}

/** Loopback, also by the address that means "here" to connect(2). */
const LOOPBACK = /^(127\.|\[::1\]|\[::ffff:127\.|0\.0\.0\.0:|\[::\]:)/;

function spokeToNobody({ bound, called }: NetworkCalls, { spec, hasRunner }: ContractCase): string {
  const port = String(spec.port);
  const own = [`0.0.0.0:${port}`, `[::]:${port}`];
  const foreign = called.filter((address) => !hasRunner || !LOOPBACK.test(address));
  expectEqual(foreign, [], 'addresses that it called');
  // Go's runtime binds probes to port 0 of loopback to learn which protocols there are (net/ipsock_posix.go).
  const open = bound.filter((address) => !own.includes(address) && !(hasRunner && LOOPBACK.test(address)));
  expectEqual(open, [], 'addresses that it was bound to beside its own');
  expect(
    own.some((address) => bound.includes(address)),
    `the trace saw no listener: ${String(bound)}`,
  );
  return `bound ${bound.join(', ')}; called ${called.length === 0 ? 'nobody' : called.join(', ')}`;
}

/** Waits until a streamed answer is finished. @returns whether it is */
async function isFinished(client: Service, withinSeconds: number): Promise<boolean> {
  const until = performance.now() + withinSeconds * 1000;
  while (!client.output().includes('[DONE]') && performance.now() < until) await pause(50);
  return client.output().includes('[DONE]');
}

const streamed = (client: Service): number =>
  client
    .output()
    .split('\n')
    .filter((line) => line.startsWith('data: {')).length;

/** Tokens of an answer that shows the speed, and the most that one may have within the context of the models. */
const SAMPLE_TOKENS = 64;
const MOST_TOKENS = 1500;
/** Share of the drain that an answer may take at the speed that was seen: a busy machine may slow down meanwhile. */
const SHARE_OF_DRAIN = 0.25;
/** Seconds in which nothing comes any more. */
const SILENCE = 60;

/** Tokens per second of a streamed answer, as this machine writes them now. */
async function speedOf(engine: RunningEngine, request: object): Promise<number> {
  const began = performance.now();
  const client = await engine.stream('/v1/chat/completions', { ...request, max_tokens: SAMPLE_TOKENS });
  let [seen, since] = [0, performance.now()];
  while (!client.output().includes('[DONE]')) {
    await pause(50);
    const now = streamed(client);
    if (now > seen) [seen, since] = [now, performance.now()];
    expect(performance.now() - since < SILENCE * 1000, `nothing came for ${String(SILENCE)} s:\n${client.output()}`);
  }
  return Math.max(1, streamed(client)) / ((performance.now() - began) / 1000);
}

/**
 * A pod ends while an answer is being written. An engine that drops answers has a contract that gives requests their time
 * before SIGTERM, and the answer must be whole within it; any other is sent SIGTERM at once and must finish the answer.
 */
async function endsInTime(engine: RunningEngine, model: string): Promise<string> {
  const { shutdownSeconds, drainSeconds = 0 } = engine.spec;
  const messages = [{ role: 'user', content: 'Count.' }];
  const asked = { model, messages, temperature: 0, stream: true };
  const perSecond = await speedOf(engine, asked);
  const budget = (drainSeconds > 0 ? drainSeconds : shutdownSeconds) * SHARE_OF_DRAIN;
  const max_tokens = Math.min(MOST_TOKENS, Math.max(SAMPLE_TOKENS, Math.floor(perSecond * budget)));
  const client = await engine.stream('/v1/chat/completions', { ...asked, max_tokens });
  if (drainSeconds > 0) {
    expect(await isFinished(client, drainSeconds), `the answer is not whole in the drain:\n${client.output()}`);
  }
  await engine.terminate();
  const seconds = await engine.ended(shutdownSeconds);
  expect(await isFinished(client, 1), `the answer was dropped:\n${client.output()}`);
  expect(seconds !== undefined, `still there ${String(shutdownSeconds)} s after SIGTERM:\n${await engine.output()}`);
  const when = drainSeconds > 0 ? `in the drain of ${String(drainSeconds)} s` : 'after SIGTERM';
  const answer = `an answer of ${String(max_tokens)} tokens, at ${perSecond.toFixed(0)} per second,`;
  return `${seconds.toFixed(1)} s of ${String(shutdownSeconds)}; ${answer} was finished ${when}`;
}

async function whileItRuns(suite: Suite, engine: RunningEngine, one: ContractCase): Promise<void> {
  const { spec } = engine;
  const { startup, readiness, liveness } = spec.probes;
  const ready = await suite.check(`becomes ready by the start-up probe of the contract: ${shown(startup)}`, () =>
    until(engine, startup, 60),
  );
  if (!ready) return;
  await suite.check('passes the probes for readiness and liveness', async () => {
    expect((await engine.probe(readiness)) && (await engine.probe(liveness)), 'a probe failed');
    return `${shown(readiness)}, ${shown(liveness)}`;
  });
  await suite.check(
    "runs with exactly the contract's arguments and environment, as its user, without capabilities, on a read-only root",
    () => isIsolated(engine),
  );
  await suite.check('answers a chat completion under the served name', () => answersChat(engine, one.servedName));
  await suite.check('serves the paths of the contract', () => servesItsPaths(engine, one));
  const { metrics } = spec;
  if (metrics !== undefined) {
    await suite.check('has metrics where the contract says', async () => {
      const { status, body } = await engine.ask(metrics.path);
      expectEqual(status, 200, body);
      expectMatch(body, /^# TYPE \S+ (counter|gauge)/m, 'metrics');
      return `${String(body.split('\n').filter((line) => line.startsWith('# TYPE')).length)} metrics`;
    });
  }
  for (const { path, method, body, status } of one.doors) {
    await suite.check(`keeps ${method} ${path} shut`, async () => {
      const answer = await engine.ask(path, method, body);
      expectEqual(answer.status, status, `${answer.body.slice(0, 200)}\nstatus`);
      return String(status);
    });
  }
  await one.more?.(suite, engine);
  await suite.check('listens on its port and nowhere else', () => listensOnItsPortAlone(engine, one.hasRunner));
  await suite.check('stays within the memory of the contract', async () => {
    const peak = await engine.peakMemory();
    expect(
      peak > 0 && peak < spec.memoryBytes,
      `its peak is ${String(peak)}, the contract allows ${String(spec.memoryBytes)}`,
    );
    return `${(peak / 1e6).toFixed(0)} of ${(spec.memoryBytes / 1e6).toFixed(0)} MB`;
  });
  await suite.check('ends in time after SIGTERM', () => endsInTime(engine, one.servedName));
}

/** Starts an engine as its contract says and holds it against each clause. */
export async function holdsItsContract(suite: Suite, one: ContractCase): Promise<void> {
  const engine = await startEngine(one);
  let calls: NetworkCalls | undefined;
  try {
    await whileItRuns(suite, engine, one);
  } finally {
    calls = await engine.close();
  }
  const seen = calls;
  await suite.check('opened no other socket and called nobody, from its first instruction to its last', () =>
    Promise.resolve(spokeToNobody(seen, one)),
  );
}
