import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { audit } from '../../audit/audit';
import { findingText, shownFindings } from '../../audit/report/text';
import { loadEnclave } from '../../site/load-enclave';
import { loadSite } from '../../site/load-site';
import { loadLock } from '../../site/lock-file';
import { synthesize } from '../../stacks/app';

const FIXTURES = path.join(__dirname, '../fixtures/stack');

describe('the plan that our own stacks synthesize', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'airlock-own-'));
    synthesize({
      site: await loadSite(path.join(FIXTURES, 'site.yaml')),
      enclave: await loadEnclave(path.join(FIXTURES, 'enclave.yaml')),
      lock: await loadLock(path.join(FIXTURES, 'airlock.lock.json')),
      outdir: folder,
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = (): ReturnType<typeof audit> =>
    audit({
      plan: folder,
      site: path.join(FIXTURES, 'site.yaml'),
      enclave: path.join(FIXTURES, 'enclave.yaml'),
      lock: path.join(FIXTURES, 'airlock.lock.json'),
      today: '2026-11-23',
    });

  it('is proven by every rule', async () => {
    const report = await run();
    expect(shownFindings(report, false).map(findingText)).toEqual([]);
    expect(report.rules.filter(({ counts }) => counts.PROVEN === 0)).toEqual([]);
  });

  it('is not proven any more after one policy has changed', async () => {
    const file = path.join(folder, 'stacks/serving/cdk.tf.json');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(/"policy_types": \[\s*"Ingress",\s*"Egress"\s*\]/, '"policy_types": ["Ingress"]'));
    const report = await run();
    writeFileSync(file, text);
    expect(report.findings.filter(({ verdict }) => verdict === 'VIOLATED').map(({ rule }) => rule)).toContain(
      'AIR-NET-1',
    );
  });
});
