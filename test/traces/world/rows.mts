/** Everything that the store's tables hold, row by row. */
import { createHash } from 'node:crypto';
import { PHOENIX_DATABASE } from '../../../telemetry/traces/phoenix.js';
import type { Postgres } from '../../harness/postgres.mjs';

/** Texts of every column of every row, keys of JSON among them, by table. */
export type Texts = ReadonlyMap<string, readonly string[]>;

async function tablesOf(postgres: Postgres, database: string): Promise<string[]> {
  const sql =
    "select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'";
  return (await postgres.query(`${sql} order by 1`, database)).split('\n').filter((name) => name !== '');
}

const rowsOf = async (postgres: Postgres, table: string, database: string): Promise<string[]> =>
  (await postgres.query(`select row_to_json(t)::text from "${table}" t`, database)).split('\n').filter(Boolean);

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...textsOf(inner)]);
}

export async function storedTexts(postgres: Postgres, database: string = PHOENIX_DATABASE): Promise<Texts> {
  const found = new Map<string, string[]>();
  for (const table of await tablesOf(postgres, database))
    found.set(
      table,
      (await rowsOf(postgres, table, database)).flatMap((row) => textsOf(JSON.parse(row))),
    );
  return found;
}

/** Which of the values occur, and in how many texts. */
export function occurrences(
  texts: Texts,
  values: readonly string[],
): { readonly values: string[]; readonly texts: number } {
  const all = [...texts.values()].flat();
  // JSON of Python may have written what is beyond ASCII as escapes.
  const forms = (value: string): string[] => [value, JSON.stringify(value).slice(1, -1)];
  const hits = new Map(
    values.map((value) => [value, all.filter((text) => forms(value).some((form) => text.includes(form))).length]),
  );
  return {
    values: values.filter((value) => (hits.get(value) ?? 0) > 0),
    texts: [...hits.values()].reduce((sum, count) => sum + count, 0),
  };
}

/** Rows, and a digest over all of them, sorted within each table. */
export async function contentOf(
  postgres: Postgres,
  database: string,
): Promise<{ readonly rows: number; readonly digest: string }> {
  const hash = createHash('sha256');
  let rows = 0;
  for (const table of await tablesOf(postgres, database)) {
    const sorted = (await rowsOf(postgres, table, database)).sort();
    rows += sorted.length;
    hash.update(`${table}\0${sorted.join('\n')}\0`);
  }
  return { rows, digest: hash.digest('hex') };
}

/** Trace ids that the store holds. */
export async function storedTraces(postgres: Postgres): Promise<Map<string, number>> {
  const sql = 'select t.trace_id, count(*) from traces t join spans s on s.trace_rowid = t.id group by 1';
  const lines = (await postgres.query(sql, PHOENIX_DATABASE)).split('\n').filter(Boolean);
  return new Map(lines.map((line) => [line.split('|')[0] ?? '', Number(line.split('|')[1])]));
}
