/** The OCI distribution-spec conformance suite, pull workflow, against a read-only registry. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../../harness/processes.mjs';
import { expect } from '../../harness/report.mjs';
import { goProgram } from '../../harness/go.mjs';
import { GO_PROGRAMS } from '../install/versions.mjs';

export interface PullSubject {
  readonly authority: string;
  readonly repository: string;
  readonly tag: string;
  readonly manifests: readonly string[];
  readonly blobs: readonly string[];
}

/**
 * Runs the suite with preloaded content (its README, "For testing read-only registries"); pushing and deleting are off.
 *
 * The printed results are read, and neither exit status nor report files: this version prints them and then stumbles
 * over a nil pointer in `ReportResultsYAML` whenever pushing is off.
 *
 * @returns how many of its checks passed, failed and were skipped
 */
export async function pullConformance(folder: string, subject: PullSubject): Promise<string> {
  const configuration = path.join(folder, 'none.yaml');
  await writeFile(configuration, '{}\n'); // everything comes from the environment
  const env = {
    OCI_REGISTRY: subject.authority,
    OCI_TLS: 'disabled',
    OCI_REPO1: subject.repository,
    OCI_RESULTS_DIR: path.join(folder, 'results'),
    OCI_CONFIGURATION: configuration,
    OCI_VERSION: '1.1',
    OCI_API_PUSH: 'false',
    OCI_API_BLOBS_DELETE: 'false',
    OCI_API_MANIFESTS_DELETE: 'false',
    OCI_API_TAGS_DELETE: 'false',
    OCI_API_BLOBS_DIGEST_HEADER: 'true',
    // Not of manifests: given content without its bytes, this version never keeps the answer it then looks for.
    OCI_RO_DATA_TAGS: subject.tag,
    OCI_RO_DATA_MANIFESTS: subject.manifests.join(' '),
    OCI_RO_DATA_BLOBS: subject.blobs.join(' '),
    OCI_RO_DATA_REFERRERS: subject.manifests.join(' '),
  };
  const ran = await run(goProgram(GO_PROGRAMS.conformance), [], { env, cwd: folder });
  const [tree = ''] = ran.stdout.split(/^Configuration:$/m);
  const results = [
    ...tree.matchAll(/^ *(OCI Conformance Test\S*(?: \S+)*): (Pass|FAIL|Error|Skip|Disabled|Unknown)$/gm),
  ]
    .map(([, name = '', status = '']) => ({ name, status }))
    .filter(({ name }, _, all) => !all.some((other) => other.name.startsWith(`${name}/`)));
  const count = (...statuses: string[]): number => results.filter(({ status }) => statuses.includes(status)).length;
  const figure = `${count('Pass')} passed, ${count('FAIL', 'Error')} failed, ${count('Skip', 'Disabled')} off or skipped`;
  expect(count('FAIL', 'Error') === 0, `${figure}:\n${tree}`);
  const pulls = results.filter(({ name, status }) => name.includes('/read-only/') && status === 'Pass').length;
  expect(pulls >= 6, `too few checks of the given content ran (${figure}):\n${tree}\n${ran.stderr}`);
  return figure;
}
