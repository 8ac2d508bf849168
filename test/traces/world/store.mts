/** The store: PostgreSQL with Phoenix before it. */
import { setTimeout as pause } from 'node:timers/promises';
import { PHOENIX_DATABASE } from '../../../telemetry/traces/phoenix.js';
import { PhoenixApi } from '../../../telemetry/traces/phoenix-api.js';
import { type Postgres, startPostgres } from '../../harness/postgres.mjs';
import { type Phoenix, PHOENIX_URL, SECRETS, startPhoenix } from './phoenix.mjs';
import { storedTraces } from './rows.mjs';

export interface Store {
  readonly postgres: Postgres;
  /** The running Phoenix; suites put another in its place. */
  phoenix: Phoenix;
  readonly api: PhoenixApi;
}

export async function startStore(): Promise<Store> {
  const postgres = await startPostgres();
  await postgres.query(`create role ${PHOENIX_DATABASE} login password '${SECRETS['database-password']}'`);
  await postgres.query(`create database ${PHOENIX_DATABASE} owner ${PHOENIX_DATABASE}`);
  const phoenix = await startPhoenix(postgres);
  return { postgres, phoenix, api: new PhoenixApi({ url: PHOENIX_URL, key: SECRETS['admin-secret'] }) };
}

export async function stopStore({ postgres, phoenix }: Store): Promise<void> {
  await phoenix.kill();
  await postgres.stop();
}

/** Waits until the traces are in the database. @returns those that never came */
export async function missingTraces(store: Store, traces: readonly string[], withinMs = 60_000): Promise<string[]> {
  const until = performance.now() + withinMs;
  for (;;) {
    const stored = await storedTraces(store.postgres);
    const missing = traces.filter((trace) => !stored.has(trace));
    if (missing.length === 0 || performance.now() > until) return missing;
    await pause(500);
  }
}
