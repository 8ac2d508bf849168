/** Charts: what helm packaged on the near side is what helm pulls from the mirror on the far side. */
import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { chartArtifact, chartFile, chartReference } from '../../../site/lock/chart-artifact.js';
import { loadLock } from '../../../site/lock/lock-file.js';
import { sha256Hex } from '../../outside-world/bytes.js';
import { goProgram } from '../../harness/go.mjs';
import { mustRun } from '../../harness/processes.mjs';
import { expect, expectEqual, expectMatch, type Suite } from '../../harness/report.mjs';
import { makeFolder } from '../../harness/scratch.mjs';
import { GO_PROGRAMS } from '../install/versions.mjs';
import { type Journey, startMirror } from '../journey/journey.mjs';

export async function charts(suite: Suite, { lock, upstream, far, store, certificates }: Journey): Promise<void> {
  const [locked] = (await loadLock(lock)).charts ?? [];
  await suite.check('the lock has the hash that helm wrote into the index', () => {
    expect(locked !== undefined, 'the lock has no chart');
    expectEqual([locked.sha256, locked.sha256From], [upstream.chart.sha256, 'index'], 'the chart');
    return Promise.resolve(`${locked.chart} ${locked.version} ${locked.sha256.slice(0, 12)}`);
  });
  if (locked === undefined) return;
  const mirror = await startMirror(far, store, certificates);
  const folder = await makeFolder('helm');
  const home = { HELM_CACHE_HOME: folder, HELM_CONFIG_HOME: folder, HELM_DATA_HOME: folder };
  const helm = async (...args: string[]): Promise<string> => {
    const ran = await mustRun(goProgram(GO_PROGRAMS.helm), [...args, '--ca-file', certificates.authority], {
      env: home,
      cwd: folder,
    });
    return `${ran.stdout}\n${ran.stderr}`;
  };
  const reference = chartReference(locked);
  const address = `oci://${mirror.url.replace('https://', '')}/${reference.slice(0, reference.lastIndexOf(':'))}`;
  try {
    await suite.check('helm pull from the mirror gives the bytes that helm packaged', async () => {
      const said = await helm('pull', address, '--version', locked.version);
      const bytes = await readFile(path.join(folder, `${locked.chart}-${locked.version}.tgz`));
      expectEqual(sha256Hex(bytes), upstream.chart.sha256, 'SHA-256');
      const { digest } = chartArtifact(locked).manifest.descriptor;
      expectMatch(said, new RegExp(digest), 'the digest that helm names');
      return digest.slice(0, 19);
    });
    await suite.check('airlock charts fetch places the same file, and names one that somebody changed', async () => {
      const into = path.join(folder, 'charts');
      const file = path.join(into, chartFile(locked));
      const arguments_ = ['charts', 'fetch', '--lock', lock, '--mirror', mirror.url, '--into', into];
      arguments_.push('--ca', certificates.authority);
      await far.ok(arguments_);
      expectEqual(sha256Hex(await readFile(file)), upstream.chart.sha256, 'SHA-256');
      await far.ok(arguments_);
      await appendFile(file, 'x');
      const { code, stderr } = await far.run(arguments_);
      expectEqual(code, 1, 'exit code');
      expectMatch(stderr, new RegExp(`changed: ${chartFile(locked)} has`), 'the error');
      return path.basename(file);
    });
    await suite.check('helm show chart reads it there', async () => {
      expectMatch(await helm('show', 'chart', address, '--version', locked.version), /^name: /m, 'Chart.yaml');
      return address.replace(/:\d+/, '');
    });
  } finally {
    await mirror.stop();
  }
}
