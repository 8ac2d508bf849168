import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ENGINES } from '../../../engines';
import { WEIGHT_FLOW } from '../../../engines/weights/flows';
import { ENGINE_EXPORTERS } from '../../../telemetry/metrics/engines';
import { PLATFORM_EXPORTERS } from '../../../telemetry/metrics/platform';
import { SERVING_LABELS } from '../../../telemetry/metrics/recording-rules';
import { scrapeConfiguration, scrapeConfigurationText } from '../../../telemetry/metrics/scrape';
import { EXPORTERS } from '../../../telemetry/metrics/watched';
import { request, VERSIONS } from '../../engines/requests';

describe('what is watched of engines', () => {
  it('is looked for at the port and path of the engine’s contract, and every engine with metrics is watched', () => {
    const contracts = Object.values(ENGINES).flatMap((engine) => {
      const { metrics } = engine.specify(request({ version: VERSIONS[engine.name] }));
      return metrics === undefined ? [] : [[engine.name, metrics]];
    });
    const watched = Object.entries(ENGINE_EXPORTERS).map(([name, { port, path: where }]) => [
      name,
      { port, path: where },
    ]);
    expect(Object.fromEntries(watched)).toEqual(Object.fromEntries(contracts));
  });

  it('holds load and tokens of every one', () => {
    for (const { job, signals } of Object.values(ENGINE_EXPORTERS)) {
      for (const signal of ['waiting', 'running', 'promptTokens', 'generatedTokens'] as const)
        expect([job, signals[signal]?.name]).toEqual([job, expect.any(String)]);
    }
  });
});

describe('what is watched of the weight mirror', () => {
  it('are the metrics that its server makes, at its port', () => {
    const source = readFileSync(path.join(__dirname, '../../../offline-bundle/mirror/metrics.ts'), 'utf8');
    const made = [...source.matchAll(/name: '(airlock_mirror_\w+)'/g)].map(([, name = '']) => name);
    expect(PLATFORM_EXPORTERS.weightMirror.metrics.map(({ name }) => name).sort()).toEqual(made.sort());
    expect(PLATFORM_EXPORTERS.weightMirror.port).toBe(WEIGHT_FLOW.port);
  });
});

describe('scrape jobs', () => {
  const { scrape_configs: jobs } = scrapeConfiguration() as {
    readonly scrape_configs: readonly { readonly job_name: string; readonly metrics_path: string }[];
  };

  it('are those of exporters that serve metrics as the kit sets them up', () => {
    const served = EXPORTERS.filter((exporter) => exporter !== PLATFORM_EXPORTERS.litellm);
    expect(jobs.map(({ job_name: name, metrics_path: where }) => [name, where])).toEqual(
      served.map(({ job, path: where }) => [job, where]),
    );
  });

  it('find pods by labels and port, and give them the labels that rules ask for', () => {
    const text = scrapeConfigurationText(['airlock-serving']);
    const [vllm = ''] = text.split('job_name: airlock-engine-sglang');
    expect(vllm).toMatch(/__meta_kubernetes_pod_label_app_kubernetes_io_name\n\s+regex: vllm\n\s+action: keep/);
    expect(vllm).toMatch(/__meta_kubernetes_pod_container_port_number\n\s+regex: "8000"\n\s+action: keep/);
    for (const label of [...SERVING_LABELS, 'pod']) expect(vllm).toContain(`target_label: ${label}\n`);
    expect(text).toContain('regex: llama\\.cpp');
  });
});

describe('every exporter', () => {
  it('has a job and a source for each metric', () => {
    expect(new Set(EXPORTERS.map(({ job }) => job)).size).toBe(EXPORTERS.length);
    for (const { metrics } of EXPORTERS)
      for (const { source, what } of metrics)
        expect([source, what]).toEqual([expect.stringMatching(/\S/), expect.stringMatching(/\S/)]);
  });
});
