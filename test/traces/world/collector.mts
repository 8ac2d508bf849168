/** The Collector with a configuration of the kit, on ports beside those of Phoenix. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type CollectorConfig,
  collectorConfig,
  type CollectorOptions,
  type CollectorPorts,
} from '../../../telemetry/traces/collector.js';
import { phoenixDestination, STORE_KEY_VARIABLE } from '../../../telemetry/traces/phoenix.js';
import { isOk, run, startService } from '../../harness/processes.mjs';
import { makeFolder } from '../../harness/scratch.mjs';
import { collectorProgram } from '../install/collector.mjs';
import { PHOENIX_URL, SECRETS } from './phoenix.mjs';

const MIB = 1024 ** 2;

/** Phoenix has 4317, too, and shares the address here. */
const PORTS: CollectorPorts = { grpc: 14317, http: 14318, health: 13133, metrics: 18888 };

export const GRPC = `127.0.0.1:${String(PORTS.grpc)}`;
export const HTTP = `http://127.0.0.1:${String(PORTS.http)}`;

export interface Collector {
  readonly pid: number;
  readonly output: () => string;
  readonly stop: () => Promise<void>;
  /** SIGKILL; returns once it is gone. */
  readonly kill: () => Promise<void>;
  /** Sum of a metric of its own over all labels. */
  readonly metric: (name: string) => Promise<number>;
}

export interface CollectorStart {
  readonly patterns: CollectorOptions['patterns'];
  /**
   * @default - Phoenix
   */
  readonly destination?: CollectorOptions['destination'];
  /** Folder of the queue. */
  readonly queueFolder: string;
  /**
   * Changes the configuration, for controls.
   *
   * @default - the kit's own
   */
  readonly change?: (config: CollectorConfig) => unknown;
}

/** JSON of OTLP, so that an endpoint can read it without a library of ours. */
export const asJson = (config: CollectorConfig): unknown => {
  const { exporters } = config as { exporters: { otlphttp: object } };
  return { ...config, exporters: { otlphttp: { ...exporters.otlphttp, encoding: 'json' } } };
};

export const queueFolder = async (): Promise<string> => {
  const folder = path.join(await makeFolder('queue'), 'queue');
  await mkdir(folder);
  return folder;
};

export async function startCollector(start: CollectorStart): Promise<Collector> {
  const {
    patterns,
    destination = phoenixDestination(PHOENIX_URL),
    change = (config: CollectorConfig): unknown => config,
  } = start;
  const config = collectorConfig({
    ...{ patterns, destination, queueFolder: start.queueFolder, host: '127.0.0.1', ports: PORTS },
    ...{ queueBytes: 256 * MIB, memoryBytes: 1024 * MIB },
  });
  const file = path.join(await makeFolder('collector'), 'config.json');
  await writeFile(file, JSON.stringify(change(config)));
  const service = await startService(await collectorProgram(), ['--config', file], {
    env: { [STORE_KEY_VARIABLE]: SECRETS['admin-secret'] },
    // It answers 503 until its receivers listen.
    ready: () => isOk(`http://127.0.0.1:${String(PORTS.health)}/`),
  });
  return {
    pid: service.pid,
    output: service.output,
    stop: service.stop,
    kill: async () => {
      process.kill(-service.pid, 'SIGKILL');
      while ((await run('kill', ['-0', String(service.pid)])).code === 0) await pause(20);
    },
    metric: async (name) => {
      const text = await (await fetch(`http://127.0.0.1:${String(PORTS.metrics)}/metrics`)).text();
      const values = text.split('\n').filter((line) => line.startsWith(`${name}{`));
      return values.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
    },
  };
}
