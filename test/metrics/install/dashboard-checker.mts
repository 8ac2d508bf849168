/** The checker of dashboards, built once for each content of its sources. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { BIN } from '../../harness/go.mjs';
import { ROOT } from '../../harness/paths.mjs';
import { mustRun } from '../../harness/processes.mjs';
import { built } from '../../real-engines/install/sources.mjs';

const SOURCE = path.join(ROOT, 'test/metrics/dashboards');
const FILES = ['main.go', 'go.mod', 'go.sum'];

/** Returns the path of the program. */
export async function installDashboardChecker(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of FILES) hash.update(await readFile(path.join(SOURCE, file)));
  const target = path.join(BIN, `check-dashboards-${hash.digest('hex').slice(0, 16)}`);
  await built(target, async (staging) => {
    const output = path.join(staging, 'check-dashboards');
    const env = { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false -mod=readonly' };
    await mustRun('nice', ['go', 'build', '-ldflags=-s -w', '-o', output, '.'], {
      cwd: SOURCE,
      env,
      timeoutMs: 600_000,
    });
    return output;
  });
  return target;
}
