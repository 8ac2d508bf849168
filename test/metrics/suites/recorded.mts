/** Recorded series: whatever the engine, the same value under the same name. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { ENGINE_EXPORTERS, type EngineSignal } from '../../../telemetry/metrics/engines.js';
import { ruleFileText } from '../../../telemetry/metrics/rule-file.js';
import { expect, type Suite } from '../../harness/report.mjs';
import { makeFolder } from '../../harness/scratch.mjs';
import { ofEngine, SERVING, type Scraped } from '../cases/case.mjs';
import { promtool } from './promtool.mjs';

const RECORDED: Readonly<Record<EngineSignal, string>> = {
  waiting: 'airlock:engine_requests_waiting:sum',
  running: 'airlock:engine_requests_running:sum',
  kvCacheUsage: 'airlock:engine_kv_cache_usage:max',
  preempted: 'airlock:engine_preempted:rate5m',
  promptTokens: 'airlock:engine_prompt_tokens:rate5m',
  generatedTokens: 'airlock:engine_generated_tokens:rate5m',
  timeToFirstToken: 'airlock:engine_first_token_seconds:p99',
  latency: 'airlock:engine_latency_seconds:p99',
};

/** What one pod says, and what is recorded of it. */
const SAYS: Readonly<Record<string, { readonly scraped: (name: string) => Scraped; readonly value: number }>> = {
  gauge: { scraped: (name) => ({ [ofEngine(name)]: '0.5x20' }), value: 0.5 },
  counter: { scraped: (name) => ({ [ofEngine(name)]: '0+120x20' }), value: 2 },
  histogram: {
    scraped: (name) => ({
      [ofEngine(`${name}_bucket`, { le: '1' })]: '0x20',
      [ofEngine(`${name}_bucket`, { le: '2' })]: '0+100x20',
      [ofEngine(`${name}_bucket`, { le: '+Inf' })]: '0+100x20',
    }),
    value: 1.99,
  },
};

const labels = Object.entries(SERVING)
  .map(([label, value]) => `${label}="${value}"`)
  .join(', ');

export async function recorded(suite: Suite): Promise<void> {
  const folder = await makeFolder('recorded');
  await writeFile(path.join(folder, 'rules.yaml'), ruleFileText());
  for (const [engine, { signals }] of Object.entries(ENGINE_EXPORTERS)) {
    await suite.check(`what ${engine} says is recorded under the common names`, async () => {
      const tests = Object.entries(signals).map(([signal, { name, type }]) => {
        const says = SAYS[type];
        const record = RECORDED[signal as EngineSignal];
        return {
          interval: '1m',
          input_series: Object.entries(says?.scraped(name) ?? {}).map(([series, values]) => ({ series, values })),
          promql_expr_test: [
            // Rounded, since quantiles are not exact in binary.
            {
              expr: `round(${record}, 0.0001)`,
              eval_time: '10m',
              exp_samples: [{ labels: `{${labels}}`, value: says?.value }],
            },
          ],
        };
      });
      const file = path.join(folder, 'test.yaml');
      await writeFile(
        file,
        stringify({ rule_files: ['rules.yaml'], evaluation_interval: '1m', tests }, { lineWidth: 0 }),
      );
      const { code, stdout, stderr } = await promtool(['test', 'rules', file]);
      expect(code === 0, `${stdout}${stderr}`);
      return Object.keys(signals).join(', ');
    });
  }
}
