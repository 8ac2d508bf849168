/** Outages: nothing that a sender was told is taken gets lost, and no sender waits for the store. */
import { setTimeout as pause } from 'node:timers/promises';
import { MOST_LOST_SPANS } from '../../../telemetry/traces/phoenix.js';
import type { CollectorConfig } from '../../../telemetry/traces/collector.js';
import { percentile } from '../../harness/percentile.mjs';
import { expect, expectEqual, type Suite } from '../../harness/report.mjs';
import { type Collector, HTTP, queueFolder, startCollector } from '../world/collector.mjs';
import { startPhoenix } from '../world/phoenix.mjs';
import { storedTraces } from '../world/rows.mjs';
import { type Sent, startStream } from '../world/sender.mjs';
import { missingTraces, type Store } from '../world/store.mjs';
import { PATTERNS } from './redaction.mjs';

/** What a site in Germany would redact. */
const SOME_PATTERNS = PATTERNS.filter(({ name }) => /^(?:contact|payment|de)-/.test(name));
const OUTAGE_SECONDS = Number(process.env['AIRLOCK_OUTAGE_SECONDS'] ?? '20');
const AROUND_SECONDS = 15;
const PER_SECOND = 10;
const SPANS_OF_A_TRACE = 2;

const taken = (sent: readonly Sent[]): string[] => sent.filter((each) => each.taken).map(({ trace }) => trace);

/** Everything taken is in the store, whole. */
async function allStored(store: Store, sent: readonly Sent[]): Promise<string> {
  const traces = taken(sent);
  const began = performance.now();
  expectEqual(await missingTraces(store, traces, 120_000), [], `lost of ${String(traces.length)} traces`);
  const stored = await storedTraces(store.postgres);
  const torn = traces.filter((trace) => stored.get(trace) !== SPANS_OF_A_TRACE);
  expectEqual(torn, [], 'traces without all their spans');
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  return `0 of ${String(traces.length)} traces lost, ${String(traces.length * SPANS_OF_A_TRACE)} spans, all there ${seconds} s after the last`;
}

const phase = (sent: readonly Sent[], from: number, to: number): Sent[] =>
  sent.filter(({ began }) => began >= from && began < to);

/** The p-th percentile in milliseconds. */
const waited = (sent: readonly Sent[], p: number): number =>
  percentile(
    sent.map(({ ms }) => ms),
    p,
  );

const latency = (sent: readonly Sent[]): string =>
  `p50 ${waited(sent, 50).toFixed(1)} p99 ${waited(sent, 99).toFixed(1)} ms`;

/** A stream with an outage in its middle. */
async function throughOutage(begin: () => Promise<void>, end: () => Promise<void>) {
  const stream = await startStream(PER_SECOND, 2 * AROUND_SECONDS + OUTAGE_SECONDS);
  const start = Date.now() / 1000;
  await pause(AROUND_SECONDS * 1000);
  await begin();
  const [down, until] = [Date.now() / 1000, Date.now() + OUTAGE_SECONDS * 1000];
  await pause(until - Date.now());
  const up = Date.now() / 1000;
  await end();
  const sent = await stream.end();
  // The first second warms up connections.
  return { sent, before: phase(sent, start + 1, down), during: phase(sent, down, up) };
}

function compared({ before, during }: { readonly before: readonly Sent[]; readonly during: readonly Sent[] }): string {
  expect(before.every((each) => each.taken) && during.every((each) => each.taken), 'senders were refused');
  const [usual, then] = [waited(before, 99), waited(during, 99)];
  // Speed is not judged; waiting for a store that is away would take the whole outage.
  expect(then < usual + 1000, `senders wait: p99 ${usual.toFixed(0)} ms before, ${then.toFixed(0)} ms during`);
  return `before ${latency(before)}; during ${latency(during)}; ${String(during.length)} sent`;
}

async function storeAway(suite: Suite, store: Store): Promise<void> {
  const collector = await startCollector({ patterns: SOME_PATTERNS, queueFolder: await queueFolder() });
  let waiting = 0;
  let phases: Awaited<ReturnType<typeof throughOutage>> | undefined;
  try {
    await suite.check(`Phoenix away for ${String(OUTAGE_SECONDS)} s loses nothing`, async () => {
      phases = await throughOutage(
        () => store.phoenix.stop(),
        async () => {
          waiting = await collector.metric('otelcol_exporter_queue_size');
          store.phoenix = await startPhoenix(store.postgres);
        },
      );
      return `${await allStored(store, phases.sent)}; ${(waiting / 1024).toFixed(0)} KiB waited on disk`;
    });
    await suite.check('no sender waits for it', () => Promise.resolve(compared(phases ?? { before: [], during: [] })));
    await suite.check(`PostgreSQL away for ${String(OUTAGE_SECONDS)} s loses nothing`, async () => {
      phases = await throughOutage(
        () => store.postgres.stop(),
        () => store.postgres.start(),
      );
      return `${await allStored(store, phases.sent)}; ${compared(phases)}`;
    });
  } finally {
    await collector.stop();
  }
}

/** The Collector is killed while spans come in, and a new one takes its queue. */
async function killed(store: Store, between: () => Promise<void>): Promise<string> {
  const folder = await queueFolder();
  let collector: Collector = await startCollector({ patterns: SOME_PATTERNS, queueFolder: folder });
  try {
    const stream = await startStream(PER_SECOND, 16);
    await pause(8000);
    await collector.kill();
    collector = await startCollector({ patterns: SOME_PATTERNS, queueFolder: folder });
    const sent = await stream.end();
    await between();
    return `${await allStored(store, sent)}; ${String(sent.length - taken(sent).length)} refused`;
  } finally {
    await collector.stop();
  }
}

async function collectorKilled(suite: Suite, store: Store): Promise<void> {
  await suite.check('kill -9 of the Collector loses nothing that it took', () =>
    killed(store, () => Promise.resolve()),
  );
  await suite.check('kill -9 of the Collector while the store is away loses nothing either', async () => {
    await store.phoenix.stop();
    return killed(store, async () => {
      store.phoenix = await startPhoenix(store.postgres);
    });
  });
}

/** Waits until the Collector has nothing left to send. */
async function emptied(collector: Collector): Promise<void> {
  const until = performance.now() + 120_000;
  while ((await collector.metric('otelcol_exporter_queue_size')) > 0 && performance.now() < until) await pause(500);
}

/** Phoenix answers before it writes, so this is the one loss that the kit cannot prevent, only bound. */
async function phoenixKilled(suite: Suite, store: Store): Promise<void> {
  const collector = await startCollector({ patterns: SOME_PATTERNS, queueFolder: await queueFolder() });
  const lossOf = async (between: () => Promise<void>): Promise<{ readonly lost: number; readonly sent: number }> => {
    const stream = await startStream(4 * PER_SECOND, 12);
    await pause(6000);
    await store.phoenix.kill();
    await between();
    store.phoenix = await startPhoenix(store.postgres);
    const traces = taken(await stream.end());
    await emptied(collector);
    await missingTraces(store, traces, 5000);
    const stored = await storedTraces(store.postgres);
    const lost = traces.reduce((sum, trace) => sum + SPANS_OF_A_TRACE - (stored.get(trace) ?? 0), 0);
    expect(lost <= MOST_LOST_SPANS, `${String(lost)} spans lost, more than the ${String(MOST_LOST_SPANS)} it may hold`);
    return { lost, sent: traces.length * SPANS_OF_A_TRACE };
  };
  await suite.check('kill -9 of Phoenix loses no more than what it had not written', async () => {
    const { lost, sent } = await lossOf(() => Promise.resolve());
    return `${String(lost)} of ${String(sent)} spans lost; it may hold ${String(MOST_LOST_SPANS)}`;
  });
  await suite.check(
    'the same with a database that was away: this is what readiness by the database prevents',
    async () => {
      await store.postgres.stop();
      const { lost, sent } = await lossOf(() => store.postgres.start());
      expect(lost > 0, 'nothing was lost: Phoenix no longer answers before it writes, so the bound can go');
      return `${String(lost)} of ${String(sent)} spans lost; it may hold ${String(MOST_LOST_SPANS)}`;
    },
  );
  await collector.stop();
}

const withQueueOf =
  (bytes: number) =>
  (config: CollectorConfig): unknown => {
    const { exporters } = config as { exporters: { otlphttp: { sending_queue: object } } };
    const { otlphttp } = exporters;
    const batch = { flush_timeout: '1s', sizer: 'items', min_size: 1, max_size: 1 };
    const sending_queue = { ...otlphttp.sending_queue, queue_size: bytes, batch };
    return { ...config, exporters: { otlphttp: { ...otlphttp, sending_queue } } };
  };

const hex = (bytes: number): string =>
  Array.from({ length: bytes * 2 }, () => Math.floor(Math.random() * 16).toString(16)).join('');

/** One span of 50 kB as JSON of OTLP. */
function spanOf50Kb(): string {
  const attributes = [{ key: 'note', value: { stringValue: 'text '.repeat(10_000) } }];
  const span = { traceId: hex(16), spanId: hex(8), name: 'chat', attributes };
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
}

async function fullQueue(suite: Suite, store: Store): Promise<void> {
  await store.phoenix.stop();
  const queueBytes = 1024 ** 2;
  const collector = await startCollector({
    ...{ patterns: SOME_PATTERNS, queueFolder: await queueFolder(), change: withQueueOf(queueBytes) },
  });
  await suite.check('a full queue refuses at once', async () => {
    const answers: { status: number; ms: number }[] = [];
    for (let sent = 0; sent < 60; sent += 1) {
      const began = performance.now();
      const response = await fetch(`${HTTP}/v1/traces`, {
        ...{ method: 'POST', body: spanOf50Kb(), headers: { 'content-type': 'application/json' } },
      });
      await response.body?.cancel();
      answers.push({ status: response.status, ms: performance.now() - began });
    }
    const refused = answers.filter(({ status }) => status !== 200);
    const accepted = answers.length - refused.length;
    expect(accepted > 5 && refused.length > 5, `${String(accepted)} taken, ${String(refused.length)} refused`);
    const [slowest, usual] = [refused, answers].map((list) => Math.max(...list.map(({ ms }) => ms)));
    expect((slowest ?? Infinity) < 2000, `a refusal took ${String(slowest)} ms`);
    const counted = await collector.metric('otelcol_exporter_enqueue_failed_spans');
    return `${String(accepted)} of 50 kB taken by a queue of 1 MiB, then ${String(refused.length)} × ${String(refused[0]?.status)}, slowest ${slowest?.toFixed(0) ?? ''} ms of ${usual?.toFixed(0) ?? ''} ms; counted ${String(counted)}`;
  });
  await collector.stop();
  store.phoenix = await startPhoenix(store.postgres);
}

export async function outages(suite: Suite, store: Store): Promise<void> {
  await storeAway(suite, store);
  await collectorKilled(suite, store);
  await phoenixKilled(suite, store);
  await fullQueue(suite, store);
}
