/** Redaction: labelled personal data in every place of a span does not reach the store's tables. */
import { REDACTION_PACKS, redactionPatterns } from '../../../catalog/redaction/index.js';
import type { CollectorConfig } from '../../../telemetry/traces/collector.js';
import { KINDS, makeCorpus } from '../../catalog/redaction/corpus/corpus.js';
import { expect, expectEqual, type Suite } from '../../harness/report.mjs';
import { type CollectorStart, queueFolder, startCollector } from '../world/collector.mjs';
import { occurrences, storedTexts } from '../world/rows.mjs';
import { plant } from '../world/sender.mjs';
import { missingTraces, type Store } from '../world/store.mjs';

export const PATTERNS = redactionPatterns(Object.keys(REDACTION_PACKS));

/** The same pipeline with some of its processors only. */
const keeping =
  (keep: (processor: string) => boolean) =>
  (config: CollectorConfig): unknown => {
    const { service } = config as { service: { pipelines: { traces: { processors: string[] } } } };
    const { traces } = service.pipelines;
    const processors = traces.processors.filter(keep);
    return { ...config, service: { ...service, pipelines: { traces: { ...traces, processors } } } };
  };

async function through(store: Store, texts: readonly string[], change?: CollectorStart['change']): Promise<string[]> {
  const collector = await startCollector({
    ...{ patterns: PATTERNS, queueFolder: await queueFolder() },
    ...(change === undefined ? {} : { change }),
  });
  try {
    const traces = await plant(texts);
    expectEqual(await missingTraces(store, traces), [], 'traces that never came');
    return traces;
  } finally {
    await collector.stop();
  }
}

/** Names that the Collector must have given the attributes of a planted span. */
async function currentNames(store: Store, trace: string): Promise<string> {
  const sql = `select s.attributes from spans s join traces t on t.id = s.trace_rowid where t.trace_id = '${trace}'`;
  const attributes = JSON.parse(await store.postgres.query(sql, 'phoenix')) as {
    readonly gen_ai: {
      readonly system?: string;
      readonly provider: { name: string };
      readonly usage: Record<string, unknown>;
    };
    readonly user: { id: string };
    readonly llm: { readonly token_count: unknown; readonly model_name: string };
    readonly redaction: { readonly masked: { readonly count: number } };
  };
  const { gen_ai, user, llm, redaction } = attributes;
  expectEqual(gen_ai.provider.name, 'openai', 'gen_ai.provider.name');
  expectEqual(gen_ai.system, undefined, 'gen_ai.system');
  expectEqual(gen_ai.usage['reasoning'], { output_tokens: 7 }, 'gen_ai.usage.reasoning.output_tokens');
  expectEqual(user.id, 'person-0', 'user.id');
  expect(redaction.masked.count > 0, 'redaction.masked.count is 0');
  return `model ${llm.model_name}, tokens ${JSON.stringify(llm.token_count)}, ${String(redaction.masked.count)} attributes masked`;
}

export async function redaction(suite: Suite, store: Store): Promise<void> {
  const planted = makeCorpus(20, 2).planted.filter(({ kind, form }) => KINDS[kind]?.promised.includes(form));
  const texts = planted.map(({ text }) => text);
  const values = [...new Set(planted.map(({ written }) => written.replace(/^[(+]+|[)]+$/g, '')))];
  let traces: string[] = [];
  await suite.check('no planted value is in any column of any table', async () => {
    traces = await through(store, texts);
    const stored = await storedTexts(store.postgres);
    const found = occurrences(stored, values);
    expectEqual(found.values, [], `values in ${String(found.texts)} texts of the store`);
    const kinds = new Set(planted.map(({ kind }) => kind)).size;
    const searched = [...stored.values()].reduce((sum, { length }) => sum + length, 0);
    return `0 of ${String(values.length)} values of ${String(kinds)} kinds in ${String(searched)} texts of ${String(stored.size)} tables`;
  });
  await suite.check('attributes have their current names, and Phoenix reads them', () =>
    currentNames(store, traces[0] ?? ''),
  );
  await suite.check('control: without the redaction processor every value is there', async () => {
    await through(
      store,
      texts,
      keeping((processor) => processor !== 'redaction'),
    );
    const found = occurrences(await storedTexts(store.postgres), values);
    expectEqual(
      values.filter((value) => !found.values.includes(value)),
      [],
      'values that the search cannot see',
    );
    return `${String(found.values.length)} of ${String(values.length)} values, in ${String(found.texts)} texts`;
  });
  await suite.check('control: without the transformations headers and keys that are data are there, too', async () => {
    const before = occurrences(await storedTexts(store.postgres), values).texts;
    await through(
      store,
      texts,
      keeping((processor) => processor === 'memory_limiter'),
    );
    const more = occurrences(await storedTexts(store.postgres), values).texts - before;
    expect(more > before, `${String(more)} texts with values, after ${String(before)} with the transformations`);
    return `${String(more)} texts with values, ${String(before)} with the transformations`;
  });
}
