import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { audit } from '../../audit/audit';
import { findingText, shownFindings } from '../../audit/report/text';
import { RULES } from '../../audit/rules';
import { parseWaivers } from '../../audit/waivers/parse-waivers';
import { proposeWaivers, waiversFile } from '../../audit/waivers/propose-waivers';
import { loadEnclave } from '../../site/load-enclave';
import { loadSite } from '../../site/load-site';
import { loadLock } from '../../site/lock/lock-file';
import { blueprintOf } from '../../blueprint/blueprint';
import { synthesize } from '../../stacks/app';
import { digestOf } from '../../core/digest';
import { relock } from '../stacks/relock';
import { changeEngine, type Inputs, inputs, shareContent } from '../stacks/synthesized';
import { auditOf } from './own-plan';

const FIXTURES = path.join(__dirname, '../fixtures/stack');

describe('the plan that our own stacks synthesize', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'airlock-own-'));
    synthesize({
      blueprint: blueprintOf({
        site: await loadSite(path.join(FIXTURES, 'site.yaml')),
        enclave: await loadEnclave(path.join(FIXTURES, 'enclave.yaml')),
        lock: await loadLock(path.join(FIXTURES, 'airlock.lock.json')),
      }),
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
    // Neither gateway nor traces are in it.
    expect(report.rules.filter(({ counts }) => counts.PROVEN === 0).map(({ rule }) => rule)).toEqual([
      'AIR-DATA-1',
      'AIR-DATA-2',
    ]);
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

/** Adds a serving to the site and the lock of a plan that does not have it. */
function withoutWorkload(given: Inputs): Inputs {
  given.site.servings.push({ ...given.site.servings[0]!, name: 'chat-next' });
  shareContent(given.lock, 'chat', 'chat-next');
  return given;
}

const missingIn = ({ findings }: Awaited<ReturnType<typeof auditOf>>): string[] =>
  findings.filter(({ rule, check }) => rule === 'AIR-WGT-2' && check === 'missing').map(({ subject }) => subject);

describe('the plan of a serving on several nodes', () => {
  const spanning = (): Inputs => {
    const given = inputs();
    Object.assign(given.site.servings[0]!, { nodes: 2, gpus: 8, replicas: 1 });
    return given;
  };

  it('is proven by every rule, for leader and workers', async () => {
    const report = await auditOf(spanning());
    expect(shownFindings(report, false).map(findingText)).toEqual([]);
    const proven = report.findings.filter(({ verdict }) => verdict === 'PROVEN').map(({ subject }) => subject);
    for (const role of ['leaderTemplate', 'workerTemplate']) {
      expect(proven.some((subject) => subject.includes(`LeaderWorkerSet airlock-serving/chat-group ${role}`))).toBe(
        true,
      );
    }
  });

  it('is one workload, which does not stand for a second serving of the same model', async () => {
    expect(missingIn(await auditOf(spanning(), withoutWorkload(spanning())))).toEqual(['serving chat-next']);
  });
});

describe('the plan of a serving whose engine is built', () => {
  const built = (): Inputs => {
    const given = inputs();
    const engine = { name: 'tensorrt-llm', version: '1.2.1', backend: 'engine' } as const;
    changeEngine(given, 'chat', engine, 'nvcr.io/nvidia/tensorrt-llm/release');
    return given;
  };

  it('is proven by every rule, builder and server alike', async () => {
    expect(shownFindings(await auditOf(built()), false).map(findingText)).toEqual([]);
  });

  it('has a Job that runs the engine’s image on the model too, and is still no serving', async () => {
    expect(missingIn(await auditOf(built(), withoutWorkload(built())))).toEqual(['serving chat-next']);
  });
});

describe('the plan for nodes with DNS caches of their own', () => {
  it('is proven where the enclave declares the caches, and refused where it does not', async () => {
    const given = inputs();
    given.site.cluster.distribution = 'openshift';
    given.enclave.network.nodeLocalDns = ['169.254.20.10'];
    expect(shownFindings(await auditOf(given), false).map(findingText)).toEqual([]);
    const { findings } = await auditOf(given, { ...given, enclave: inputs().enclave });
    expect(findings.filter(({ verdict }) => verdict === 'VIOLATED').map(({ message }) => message)).toContain(
      'the enclave declares no destination for 169.254.20.10 port 53 UDP',
    );
  });
});

describe('the plan with the GPU Operator', () => {
  const operated = (): Inputs => {
    const { site, enclave, lock } = inputs();
    Object.assign(site, { gpu: { operator: { version: '26.7.0' } } });
    enclave.network.apiServers = { cidrs: ['10.20.0.11/32'] };
    Object.assign(enclave, { charts: { directory: '/srv/charts' } });
    return { site, enclave, lock: relock(site, lock) };
  };

  it('is not proven, since nobody sees what a chart renders', async () => {
    const { findings } = await auditOf(operated());
    const opaque = findings.filter(({ rule, verdict }) => rule === 'AIR-PLAN-1' && verdict === 'UNPROVEN');
    expect(opaque.map(({ subject }) => subject)).toEqual(['helm_release.gpu-operator_release']);
  });

  it('passes with the waivers of its page in the documentation, each of them needed', async () => {
    const page = readFileSync(path.join(__dirname, '../../docs/constructs/gpu-operator.md'), 'utf8');
    const waivers = /```yaml\n(# waivers\.yaml\n[^`]*)```/.exec(page)?.[1] ?? '';
    const found = await auditOf(operated());
    // As whoever follows the page: the entries of the page, each with what the command prints as accepted.
    const bound = parseWaivers(waivers, 'gpu-operator.md', RULES).map((waiver) => ({
      ...waiver,
      ...proposeWaivers(found, `${waiver.rule} ${waiver.subject}`).map(({ accepts }) => ({ accepts }))[0],
    }));
    const report = await auditOf(operated(), undefined, stringify(waiversFile(bound)));
    expect(
      shownFindings(report, false)
        .filter(({ verdict }) => verdict !== 'WAIVED')
        .map(findingText),
    ).toEqual([]);
    expect(report).toMatchObject({ gate: 'pass' });
    const needed = report.findings.filter(({ verdict }) => verdict === 'WAIVED');
    expect(needed).toHaveLength(bound.length);
    expect(await auditOf(operated(), undefined, waivers)).toMatchObject({
      gate: 'fail',
      unboundWaivers: { length: bound.length },
    });
  });

  it('uses every image of the lock that its release names, and only those', async () => {
    const given = operated();
    const unused = async (judged: Inputs): Promise<string[]> =>
      (await auditOf(given, judged)).findings
        .filter(({ rule, check }) => rule === 'AIR-LOCK-1' && check === 'unused')
        .map(({ subject }) => subject);
    expect(await unused(given)).toEqual([]);
    const lock = structuredClone(given.lock);
    const image = lock.images.find(({ name }) => name === 'gpu-operator-toolkit-26.7.0')!;
    image.manifests[0]!.digest = digestOf('another');
    expect(await unused({ ...given, lock })).toEqual(['image gpu-operator-toolkit-26.7.0']);
  });
});
