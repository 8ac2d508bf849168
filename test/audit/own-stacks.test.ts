import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { audit } from '../../audit/audit';
import { findingText, shownFindings } from '../../audit/report/text';
import { loadEnclave } from '../../site/load-enclave';
import { loadSite } from '../../site/load-site';
import { loadLock, serializeLock } from '../../site/lock-file';
import { synthesize } from '../../stacks/app';
import { changeEngine, inputs, shareContent } from '../stacks/synthesized';

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

describe('the plan of a serving on several nodes', () => {
  let folder: string;
  const enclave = path.join(FIXTURES, 'enclave.yaml');
  const plan = (): string => path.join(folder, 'out');
  const siteFile = (): string => path.join(folder, 'site.yaml');
  const lockFile = (): string => path.join(folder, 'airlock.lock.json');
  const run = (): ReturnType<typeof audit> =>
    audit({ plan: plan(), site: siteFile(), enclave, lock: lockFile(), today: '2026-11-23' });

  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'airlock-own-'));
    const site = await loadSite(path.join(FIXTURES, 'site.yaml'));
    Object.assign(site.servings[0]!, { nodes: 2, gpus: 8, replicas: 1 });
    const lock = await loadLock(path.join(FIXTURES, 'airlock.lock.json'));
    synthesize({ site, enclave: await loadEnclave(enclave), lock, outdir: plan() });
    writeFileSync(siteFile(), stringify(site));
    writeFileSync(lockFile(), serializeLock(lock));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is proven by every rule, for leader and workers', async () => {
    const report = await run();
    expect(shownFindings(report, false).map(findingText)).toEqual([]);
    const proven = report.findings.filter(({ verdict }) => verdict === 'PROVEN').map(({ subject }) => subject);
    for (const role of ['leaderTemplate', 'workerTemplate']) {
      expect(proven.some((subject) => subject.includes(`LeaderWorkerSet airlock-serving/chat-group ${role}`))).toBe(
        true,
      );
    }
  });

  it('is one workload, which does not stand for a second serving of the same model', async () => {
    const site = await loadSite(siteFile());
    site.servings.push({ ...site.servings[0]!, name: 'chat-next' });
    writeFileSync(siteFile(), stringify(site));
    const lock = await loadLock(lockFile());
    shareContent(lock, 'chat', 'chat-next');
    writeFileSync(lockFile(), serializeLock(lock));
    const { findings } = await run();
    const missing = findings.filter(({ rule, check }) => rule === 'AIR-WGT-2' && check === 'missing');
    expect(missing.map(({ subject }) => subject)).toEqual(['serving chat-next']);
  });
});

describe('the plan of a serving whose engine is built', () => {
  it('is proven by every rule, builder and server alike', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'airlock-own-'));
    try {
      const given = inputs();
      const engine = { name: 'tensorrt-llm', version: '1.2.1', backend: 'engine' } as const;
      changeEngine(given, 'chat', engine, 'nvcr.io/nvidia/tensorrt-llm/release');
      const plan = path.join(folder, 'out');
      synthesize({ ...given, outdir: plan });
      const [site, lock] = ['site.yaml', 'airlock.lock.json'].map((name) => path.join(folder, name)) as [
        string,
        string,
      ];
      writeFileSync(site, stringify(given.site));
      writeFileSync(lock, serializeLock(given.lock));
      const [enclave, today] = [path.join(FIXTURES, 'enclave.yaml'), '2026-11-23'];
      const report = await audit({ plan, site, enclave, lock, today });
      expect(shownFindings(report, false).map(findingText)).toEqual([]);
      // The Job runs the engine's image on the model too, and is still no serving.
      given.site.servings.push({ ...given.site.servings[0]!, name: 'chat-next' });
      shareContent(given.lock, 'chat', 'chat-next');
      writeFileSync(site, stringify(given.site));
      writeFileSync(lock, serializeLock(given.lock));
      const { findings } = await audit({ plan, site, enclave, lock, today });
      const missing = findings.filter(({ rule, check }) => rule === 'AIR-WGT-2' && check === 'missing');
      expect(missing.map(({ subject }) => subject)).toEqual(['serving chat-next']);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('the plan for nodes with DNS caches of their own', () => {
  it('is proven where the enclave declares the caches, and refused where it does not', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'airlock-own-'));
    try {
      const given = inputs();
      given.site.cluster.distribution = 'openshift';
      given.enclave.network.nodeLocalDns = ['169.254.20.10'];
      const plan = path.join(folder, 'out');
      synthesize({ ...given, outdir: plan });
      const [site, enclave] = ['site.yaml', 'enclave.yaml'].map((name) => path.join(folder, name)) as [string, string];
      writeFileSync(site, stringify(given.site));
      writeFileSync(enclave, stringify(given.enclave));
      const lock = path.join(FIXTURES, 'airlock.lock.json');
      const report = (file: string) => audit({ plan, site, enclave: file, lock, today: '2026-11-23' });
      expect(shownFindings(await report(enclave), false).map(findingText)).toEqual([]);
      const { findings } = await report(path.join(FIXTURES, 'enclave.yaml'));
      expect(findings.filter(({ verdict }) => verdict === 'VIOLATED').map(({ message }) => message)).toContain(
        'the enclave declares no destination for 169.254.20.10 port 53 UDP',
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
