/** The OCI distribution-spec conformance suite, pull workflow, against a read-only registry. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run, tail } from '../harness/processes.mjs';
import { expect } from '../harness/report.mjs';
import { goProgram } from '../install/go.mjs';

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
 * @returns how many of its checks passed, failed and were skipped
 */
export async function pullConformance(folder: string, subject: PullSubject): Promise<string> {
  const results = path.join(folder, 'conformance');
  const configuration = path.join(folder, 'none.yaml');
  await writeFile(configuration, '{}\n'); // everything comes from the environment
  const env = {
    OCI_REGISTRY: subject.authority,
    OCI_TLS: 'disabled',
    OCI_REPO1: subject.repository,
    OCI_RESULTS_DIR: results,
    OCI_CONFIGURATION: configuration,
    OCI_VERSION: '1.1',
    OCI_API_PUSH: 'false',
    OCI_API_BLOBS_DELETE: 'false',
    OCI_API_MANIFESTS_DELETE: 'false',
    OCI_API_TAGS_DELETE: 'false',
    OCI_API_BLOBS_DIGEST_HEADER: 'true',
    OCI_API_MANIFESTS_DIGEST_HEADER: 'true',
    OCI_RO_DATA_TAGS: subject.tag,
    OCI_RO_DATA_MANIFESTS: subject.manifests.join(' '),
    OCI_RO_DATA_BLOBS: subject.blobs.join(' '),
    OCI_RO_DATA_REFERRERS: subject.manifests.join(' '),
  };
  const ran = await run(goProgram('conformance'), [], { env, cwd: folder });
  const report = await readFile(path.join(results, 'junit.xml'), 'utf8');
  const cases = [...report.matchAll(/<testcase [^>]*status="([a-z]+)"/gi)].map((match) => match[1]?.toLowerCase());
  const count = (status: string): number => cases.filter((one) => one === status).length;
  const figure = `${count('passed')} passed, ${count('failure') + count('error')} failed, ${count('skipped')} skipped`;
  expect(ran.code === 0, `the suite ended with status ${ran.code} (${figure}):\n${tail(ran, 60)}`);
  expect(count('passed') >= 5, `too few of its checks ran (${figure}):\n${tail(ran, 60)}`);
  return figure;
}
