import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ENGINES } from '../../../engines';
import { WEIGHT_FLOW } from '../../../constructs/weight-mirror';
import { ENGINE_EXPORTERS } from '../../../telemetry/metrics/engines';
import { PLATFORM_EXPORTERS } from '../../../telemetry/metrics/platform';
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

describe('every exporter', () => {
  it('has a job and a source for each metric', () => {
    expect(new Set(EXPORTERS.map(({ job }) => job)).size).toBe(EXPORTERS.length);
    for (const { metrics } of EXPORTERS)
      for (const { source, what } of metrics)
        expect([source, what]).toEqual([expect.stringMatching(/\S/), expect.stringMatching(/\S/)]);
  });
});
