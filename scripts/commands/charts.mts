/** `airlock charts`: the Helm charts of the lock, placed where the plan of the enclave expects them. */
import { Command } from 'commander';
import { badInput } from '../../core/errors.js';
import { readAuthorities } from '../../offline-bundle/fetch/dispatcher.js';
import { fetchWeights } from '../../offline-bundle/weights/fetch.js';
import { chartsPage } from '../../offline-bundle/weights/text.js';
import { parseMirrorUrl } from '../../offline-bundle/weights/content-source.js';
import { chartArtifact, chartFile } from '../../site/lock/chart-artifact.js';
import { chartRepository } from '../../site/enclave-names.js';
import { loadLock } from '../../site/lock/lock-file.js';
import { kitVersion } from '../ui/kit-version.mjs';
import { print, printJson } from '../ui/output.mjs';
import { progressFor } from '../ui/progress.mjs';

interface ChartsOptions {
  readonly lock: string;
  readonly mirror: string;
  readonly into: string;
  readonly ca?: string;
  readonly json: boolean;
}

async function fetch({ lock: file, mirror, into, ca, json }: ChartsOptions, command: Command): Promise<void> {
  const { charts = [] } = await loadLock(file);
  if (charts.length === 0) throw badInput('LOCK_LACKS_ENTRY', `${file} has no charts`, 'there is nothing to fetch');
  const contents = charts.map((chart) => ({
    kind: 'chart' as const,
    name: chartRepository(chart.repository, chart.chart),
    manifest: chartArtifact(chart).manifest.descriptor.digest,
  }));
  const result = await fetchWeights({
    mirror: parseMirrorUrl(mirror),
    authorities: readAuthorities(ca === undefined ? [] : [ca]),
    progress: progressFor({ json }),
    version: kitVersion(command),
    contents,
    into,
  });
  const files = charts.map((chart) => ({ file: chartFile(chart), sha256: chart.sha256 }));
  if (json) printJson({ into, charts: files.map(({ file: name }) => name), ...result });
  else print(chartsPage(files, result.bytes, into));
}

export const command = (): Command =>
  new Command('charts').addCommand(
    new Command('fetch')
      .description('fetch the charts of the lock from the mirror; the folder then holds exactly them')
      .requiredOption('--mirror <url>', 'address of the mirror')
      .requiredOption('--into <dir>', 'folder for the charts and nothing else: charts.directory of the enclave')
      .option('--lock <file>', 'the lock', 'airlock.lock.json')
      .option('--ca <file>', 'authority that signed the certificate of the mirror, as PEM')
      .option('--json', 'print the result as JSON', false)
      .action(fetch),
  );
