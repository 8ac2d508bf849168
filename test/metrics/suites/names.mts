/** Names and types of metrics, as the sources of those who serve them have them. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ENGINE_EXPORTERS } from '../../../telemetry/metrics/engines.js';
import type { Metric } from '../../../telemetry/metrics/metric.js';
import { PLATFORM_EXPORTERS } from '../../../telemetry/metrics/platform.js';
import { ROOT } from '../../harness/paths.mjs';
import { mustRun } from '../../harness/processes.mjs';
import { expect, type Suite } from '../../harness/report.mjs';
import { makeFolder } from '../../harness/scratch.mjs';
import { PYTHON_SOURCES } from '../install/python-sources.mjs';
import { COLLECTOR, COLLECTOR_MODULES } from '../versions.mjs';

type Kinds = ReadonlyMap<string, string>;

const SCRIPT = path.join(ROOT, 'test/metrics/names/metric_names.py');

async function pythonMetrics(folder: string): Promise<Kinds> {
  const { stdout } = await mustRun('python3', [SCRIPT, path.join(PYTHON_SOURCES, folder)]);
  return new Map(Object.entries(JSON.parse(stdout) as Record<string, string>));
}

/** What the Collector's own generator writes: a kind of instrument, and the name on the next line. */
async function collectorMetrics(): Promise<Kinds> {
  const folder = await makeFolder('collector');
  const options = { cwd: folder, timeoutMs: 300_000 };
  await mustRun('go', ['mod', 'init', 'airlock.example/download'], options);
  const found = new Map<string, string>();
  for (const name of COLLECTOR_MODULES) {
    const { stdout } = await mustRun('go', ['mod', 'download', '-json', `${name}@${COLLECTOR}`], options);
    const { Dir } = JSON.parse(stdout) as { readonly Dir: string };
    for (const file of await readdir(Dir, { recursive: true })) {
      if (!file.endsWith('generated_telemetry.go')) continue;
      const text = await readFile(path.join(Dir, file), 'utf8');
      for (const [, kind = '', metric = ''] of text.matchAll(/(Counter|Gauge|Histogram)\(\s*"(otelcol_\w+)"/g))
        found.set(metric, kind.toLowerCase());
    }
  }
  return found;
}

/** Metrics that do not exist, or are something else. */
export const wrongNames = (metrics: readonly Metric[], kinds: Kinds): string[] =>
  metrics.flatMap(({ name, type }) => {
    const kind = kinds.get(name);
    if (kind === type) return [];
    return [`${name}: ${kind === undefined ? 'no such metric' : `a ${kind}, not a ${type}`}`];
  });

async function existIn(
  suite: Suite,
  what: string,
  metrics: readonly Metric[],
  read: () => Promise<Kinds>,
): Promise<void> {
  await suite.check(`${what} has every metric that is asked of it, of that type`, async () => {
    const kinds = await read();
    const wrong = wrongNames(metrics, kinds);
    expect(wrong.length === 0, wrong.join('\n'));
    const [first] = metrics;
    expect(first !== undefined, 'nothing is asked');
    // The comparison would notice.
    const planted = wrongNames(
      [
        { ...first, name: `${first.name}_x` },
        { ...first, type: 'gauge' },
      ],
      kinds,
    );
    expect(planted.length === (first.type === 'gauge' ? 1 : 2), `planted faults were not found: ${planted.join()}`);
    return `${String(metrics.length)} of its ${String(kinds.size)}`;
  });
}

export async function names(suite: Suite): Promise<void> {
  await existIn(suite, 'vLLM', ENGINE_EXPORTERS.vllm.metrics, () => pythonMetrics('vllm'));
  await existIn(suite, 'SGLang', ENGINE_EXPORTERS.sglang.metrics, () => pythonMetrics('sglang/srt'));
  await existIn(suite, 'LiteLLM', PLATFORM_EXPORTERS.litellm.metrics, () => pythonMetrics('litellm/integrations'));
  await existIn(suite, 'Phoenix', PLATFORM_EXPORTERS.traceStore.metrics, () => pythonMetrics('phoenix/server'));
  await existIn(suite, 'the Collector', PLATFORM_EXPORTERS.collector.metrics, collectorMetrics);
}
