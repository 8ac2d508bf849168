/** Records: retention deletes, one person's records go, and a backup gives back what was there. */
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { backupScript } from '../../../telemetry/traces/backup.js';
import { PHOENIX_DATABASE } from '../../../telemetry/traces/phoenix.js';
import { airlock } from '../../harness/airlock.mjs';
import { expect, expectEqual, expectMatch, type Suite } from '../../harness/report.mjs';
import { mustRun } from '../../harness/processes.mjs';
import { makeFolder } from '../../harness/scratch.mjs';
import { queueFolder, startCollector } from '../world/collector.mjs';
import { PHOENIX_URL, RETENTION_DAYS, SECRETS, startPhoenix } from '../world/phoenix.mjs';
import { contentOf, occurrences, storedTexts, storedTraces } from '../world/rows.mjs';
import { sendDated, sendPersons } from '../world/sender.mjs';
import { missingTraces, type Store } from '../world/store.mjs';
import { PATTERNS } from './redaction.mjs';

const GONE = 'sub-2f0c-anna';
const STAYS = 'sub-77ab-bert';
/** Nine digits alone: Phoenix would search for a number where a text is meant. */
const DIGITS = '700123';
const DAY_MS = 86_400_000;

const about = (command: string, person: string, ...more: string[]) =>
  airlock(['traces', command, '--url', PHOENIX_URL, '--person', person, ...more], {
    env: { AIRLOCK_TRACES_KEY: SECRETS['admin-secret'] },
  });

async function onePerson(suite: Suite, store: Store): Promise<void> {
  const people = { [GONE]: 5, [STAYS]: 7, [DIGITS]: 2 };
  let traces: Record<string, string[]> = {};
  await suite.check('the records of a person are found, and no others', async () => {
    traces = await sendPersons(people);
    expectEqual(await missingTraces(store, Object.values(traces).flat()), [], 'traces that never came');
    for (const [person, sent] of Object.entries(traces)) {
      const { code, stdout, stderr } = await about('find', person, '--json');
      expectEqual(code, 0, stderr);
      const { traces: found } = JSON.parse(stdout) as { traces: { traceId: string }[] };
      expectEqual(found.map(({ traceId }) => traceId).sort(), [...sent].sort(), `traces of ${person}`);
    }
    return JSON.stringify(people);
  });
  await suite.check('a dry run deletes nothing', async () => {
    const { code, stdout } = await about('delete', GONE);
    expectEqual(code, 0, stdout);
    expectMatch(stdout, /would delete 5 traces, 5 spans that name the person/, 'dry run');
    expectEqual(await missingTraces(store, Object.values(traces).flat(), 0), [], 'traces deleted');
    return stdout.trim();
  });
  await suite.check('with --yes they are gone from every table, and those of others stay', async () => {
    const before = occurrences(await storedTexts(store.postgres), [GONE]).texts;
    const { code, stdout, stderr } = await about('delete', GONE, '--yes');
    expectEqual(code, 0, stdout + stderr);
    expectEqual(occurrences(await storedTexts(store.postgres), [GONE]).texts, 0, 'texts that name the person');
    expectEqual(await missingTraces(store, traces[STAYS] ?? [], 0), [], 'traces of another person');
    expect(before > 0, 'the control saw nothing before');
    return `${String(before)} texts before, 0 after; ${stdout.trim()}`;
  });
  await suite.check('copies in datasets are named, and the exit code says that they are left', async () => {
    const example = { inputs: [{ question: 'what?' }], outputs: [{ answer: '-' }], metadata: [{ user: STAYS }] };
    const response = await fetch(`${PHOENIX_URL}/v1/datasets/upload?sync=true`, {
      method: 'POST',
      headers: { authorization: `Bearer ${SECRETS['admin-secret']}`, 'content-type': 'application/json' },
      body: JSON.stringify({ action: 'create', name: 'verdicts', ...example }),
    });
    expect(response.ok, await response.text());
    const { code, stdout } = await about('delete', STAYS, '--yes');
    expectEqual(code, 1, stdout);
    expectMatch(stdout, /dataset "verdicts": 1 examples name the person/, 'message');
    return `exit code ${String(code)}`;
  });
  await suite.check('without a valid key nothing is told', async () => {
    const { code, stderr } = await airlock(['traces', 'find', '--url', PHOENIX_URL, '--person', STAYS], {
      env: { AIRLOCK_TRACES_KEY: 'wrong' },
    });
    expectEqual(code, 3, stderr);
    expectMatch(stderr, /answers 401/, 'message');
    return 'exit code 3, 401';
  });
}

async function backupAndRestore(suite: Suite, { postgres }: Store): Promise<void> {
  const folder = await makeFolder('backup');
  const file = path.join(folder, 'store.dump');
  const env = (database: string) => ({ env: { AIRLOCK_TRACES_DATABASE_URL: postgres.url(database) } });
  await suite.check('a restored backup has the same rows and the same content', async () => {
    const written = await airlock(['traces', 'backup', '--output', file], env(PHOENIX_DATABASE));
    expectEqual(written.code, 0, written.stderr);
    await postgres.query('create database restored');
    const restored = await airlock(['traces', 'restore', file], env('restored'));
    expectEqual(restored.code, 0, restored.stderr);
    const [original, copy] = [await contentOf(postgres, PHOENIX_DATABASE), await contentOf(postgres, 'restored')];
    expectEqual(copy, original, 'content of the restored database');
    expect(original.rows > 10, `only ${String(original.rows)} rows`);
    const { size } = await stat(file);
    return `${String(original.rows)} rows, sha256 ${original.digest.slice(0, 16)}, ${String(size)} bytes, ${written.seconds.toFixed(1)} + ${restored.seconds.toFixed(1)} s`;
  });
  await suite.check('the script of the cluster writes backups that restore alike, and keeps the newest', async () => {
    const backups = path.join(folder, 'backups');
    await mkdir(backups);
    const shell = ['-c', backupScript(2, backups)];
    for (const old of ['20200101T000000Z', '20200102T000000Z'])
      await writeFile(path.join(backups, `phoenix-${old}.dump`), 'old');
    await mustRun('/bin/sh', shell, { env: { DATABASE_URL: postgres.url(PHOENIX_DATABASE) } });
    const kept = (await readdir(backups)).sort();
    expectEqual([kept.length, kept[0]], [2, 'phoenix-20200102T000000Z.dump'], 'backups kept');
    await postgres.query('create database again');
    await airlock(['traces', 'restore', path.join(backups, kept[1] ?? '')], env('again'));
    expectEqual(await contentOf(postgres, 'again'), await contentOf(postgres, PHOENIX_DATABASE), 'content');
    return kept.join(', ');
  });
  await suite.check('control: one changed value changes the digest', async () => {
    await postgres.query("update spans set name = name || '!' where id = (select min(id) from spans)", 'restored');
    const [original, copy] = [await contentOf(postgres, PHOENIX_DATABASE), await contentOf(postgres, 'restored')];
    expect(copy.digest !== original.digest && copy.rows === original.rows, 'the digest does not see it');
    return copy.digest.slice(0, 16);
  });
  await suite.check('a database that is not empty, and a damaged file, are left as they are', async () => {
    const before = await contentOf(postgres, 'restored');
    const filled = await airlock(['traces', 'restore', file], env('restored'));
    await postgres.query('create database damaged');
    const broken = path.join(folder, 'broken.dump');
    await mkdir(path.dirname(broken), { recursive: true });
    await writeFile(broken, 'no backup');
    const damaged = await airlock(['traces', 'restore', broken], env('damaged'));
    expectEqual([filled.code, damaged.code], [3, 3], filled.stderr + damaged.stderr);
    expectEqual(await contentOf(postgres, 'restored'), before, 'content after a refused restore');
    expectEqual((await contentOf(postgres, 'damaged')).rows, 0, 'rows from a damaged file');
    return 'exit code 3';
  });
}

/** The Saturday evening, at least `days` ahead, just before the hour in which Phoenix sweeps: Sunday 00:00 UTC. */
function eveOfSweep(days: number, secondsBefore: number): Date {
  const day = new Date(Date.now() + days * DAY_MS);
  day.setUTCDate(day.getUTCDate() + ((6 - day.getUTCDay() + 7) % 7));
  day.setUTCHours(24, 0, -secondsBefore, 0);
  return day;
}

async function retention(suite: Suite, store: Store): Promise<void> {
  await suite.check(
    `Phoenix's own sweep deletes what is older than ${String(RETENTION_DAYS)} days, and nothing else`,
    async () => {
      const eve = eveOfSweep(RETENTION_DAYS + 2, 0);
      const [old, young] = [new Date(), new Date(eve.getTime() - (RETENTION_DAYS - 1) * DAY_MS)];
      const traces = await sendDated([old, old, old, young, young]);
      expectEqual(await missingTraces(store, traces), [], 'traces that never came');
      const before = await storedTraces(store.postgres);
      let stored = before;
      // A start that takes longer than the time before the hour misses it: the next one gets more.
      for (const seconds of [15, 60, 240]) {
        await store.phoenix.stop();
        const clock = eveOfSweep(RETENTION_DAYS + 2, seconds)
          .toISOString()
          .replace('T', ' ')
          .slice(0, 19);
        store.phoenix = await startPhoenix(store.postgres, { clock: `@${clock}` });
        const until = performance.now() + (seconds + 60) * 1000;
        while (stored.has(traces[0] ?? '') && performance.now() < until) {
          await pause(1000);
          stored = await storedTraces(store.postgres);
        }
        if (!stored.has(traces[0] ?? '')) break;
      }
      expectEqual([...stored.keys()].sort(), traces.slice(3).sort(), 'traces after the sweep');
      return `${String(before.size)} traces before, ${String(stored.size)} after; the hour of its clock was ${eve.toISOString()}`;
    },
  );
}

export async function records(suite: Suite, store: Store): Promise<void> {
  const collector = await startCollector({ patterns: PATTERNS, queueFolder: await queueFolder() });
  try {
    await onePerson(suite, store);
    await backupAndRestore(suite, store);
    await retention(suite, store);
  } finally {
    await collector.stop();
  }
}
