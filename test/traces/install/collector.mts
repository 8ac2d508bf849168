/** The OpenTelemetry Collector, built from its Go modules: its images come from no package registry. */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { BIN, exists } from '../../harness/go.mjs';
import { ROOT } from '../../harness/paths.mjs';
import { mustRun } from '../../harness/processes.mjs';
import { COLLECTOR_MODULES, COLLECTOR_VERSION } from '../versions.mjs';

const SOURCE = path.join(ROOT, 'test/traces/install/collector.go');
const ENV = { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' };

/** Path of the built program; its source and modules are part of the name. */
export async function collectorProgram(): Promise<string> {
  const hash = createHash('sha256').update(await readFile(SOURCE));
  for (const module of COLLECTOR_MODULES) hash.update(`\0${module}`);
  return path.join(BIN, `otelcol-${COLLECTOR_VERSION}-${hash.digest('hex').slice(0, 12)}`);
}

/** Builds it where the cache lacks it: about five minutes on two cores without a build cache. */
export async function installCollector(): Promise<string> {
  const target = await collectorProgram();
  if (await exists(target)) return `${COLLECTOR_VERSION} present`;
  const staging = path.join(BIN, '.building-otelcol');
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  await copyFile(SOURCE, path.join(staging, 'main.go'));
  const go = (args: readonly string[]) =>
    mustRun('nice', ['go', ...args], { env: ENV, cwd: staging, timeoutMs: 900_000 });
  await go(['mod', 'init', 'airlock.example/collector']);
  await go(['get', ...COLLECTOR_MODULES]);
  await go(['mod', 'tidy']);
  await go(['build', '-ldflags=-s -w', '-o', 'otelcol', '.']);
  await rename(path.join(staging, 'otelcol'), target);
  await rm(staging, { recursive: true, force: true });
  return `${COLLECTOR_VERSION} built`;
}
