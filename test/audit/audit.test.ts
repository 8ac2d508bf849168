import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { audit, type AuditOptions } from '../../audit/audit';
import { conclusion, findingText, notes, shownFindings, ruleTable } from '../../audit/report/text';
import { RULES } from '../../audit/rules';
import { evaluateRule, type Finding } from '../../audit/evaluate';
import { digestOf } from '../../core/digest';
import { reviewJson } from '../../core/canonical-json';
import { copyFolder } from '../support/copy-folder';
import { SITE_YAML } from '../site/fixtures';
import { enclave, lock } from './plans/clean-plan';
import { dependencyLock, Draft, ENGINE } from './plans/draft';

/** What a waiver of a finding accepts, as the finding shows it. */
const accepted = (finding: Finding | undefined): string => {
  expect(finding?.accepts).toMatch(/^sha256:[0-9a-f]{64}$/);
  return finding?.accepts ?? '';
};

const CHART = path.join(__dirname, '../../charts/envelope');

describe('an audit from files', () => {
  let folder: string;
  const options = (change: Partial<AuditOptions> = {}): AuditOptions => ({
    plan: path.join(folder, 'cdktf.out'),
    site: path.join(folder, 'site.yaml'),
    enclave: path.join(folder, 'enclave.yaml'),
    lock: path.join(folder, 'airlock.lock.json'),
    today: '2026-11-23',
    ...change,
  });
  const writePlan = async (draft: Draft): Promise<void> => {
    const stack = path.join(folder, 'cdktf.out/stacks/serving');
    await mkdir(stack, { recursive: true });
    await writeFile(path.join(stack, 'cdk.tf.json'), draft.text());
    await writeFile(path.join(stack, '.terraform.lock.hcl'), dependencyLock(draft.lock));
    await cp(CHART, path.join(stack, 'assets/envelope/0'), { recursive: true });
    const serving = {
      name: 'serving',
      workingDirectory: 'stacks/serving',
      synthesizedStackPath: 'stacks/serving/cdk.tf.json',
    };
    await writeFile(path.join(folder, 'cdktf.out/manifest.json'), JSON.stringify({ stacks: { serving } }));
  };

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'airlock-audit-'));
    await writeFile(path.join(folder, 'site.yaml'), SITE_YAML);
    await writeFile(path.join(folder, 'enclave.yaml'), JSON.stringify(enclave()));
    await writeFile(path.join(folder, 'airlock.lock.json'), reviewJson(lock()));
    await writePlan(new Draft());
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('passes a plan without fault, bound to the digests of what it read', async () => {
    const report = await audit(options());
    expect(report.gate).toBe('pass');
    expect(report.inputs).toEqual({
      site: digestOf(SITE_YAML),
      enclave: digestOf(JSON.stringify(enclave())),
      lock: digestOf(reviewJson(lock())),
      plan: { 'stacks/serving/cdk.tf.json': digestOf(new Draft().text()) },
    });
    expect(report.rules.map(({ rule }) => rule)).toEqual(RULES.map(({ id }) => id));
    expect(conclusion(report)).toMatch(/^PASS: \d+ PROVEN, 3 N\/A$/);
  });

  it('is the same bytes wherever and whenever it runs', async () => {
    const first = JSON.stringify(await audit(options()));
    const elsewhere = await mkdtemp(path.join(os.tmpdir(), 'airlock-elsewhere-'));
    try {
      copyFolder(folder, elsewhere);
      const moved = Object.fromEntries(
        Object.entries(options()).map(([key, value]: [string, unknown]) => [
          key,
          typeof value === 'string' ? value.replace(folder, elsewhere) : value,
        ]),
      ) as unknown as AuditOptions;
      expect(JSON.stringify(await audit({ ...moved, today: '2031-01-01' }))).toBe(first);
    } finally {
      await rm(elsewhere, { recursive: true, force: true });
    }
    expect(first).not.toContain(folder);
  });

  it('fails on a violation, and says where it stands and what to change', async () => {
    await writePlan(new Draft().put(`${ENGINE}/image`, 'docker.io/vllm/vllm-openai:latest'));
    const report = await audit(options({ rules: ['AIR-IMG-1'] }));
    expect(report.gate).toBe('fail');
    expect(ruleTable(report).rows.map((row) => [row[0], row[2]])).toEqual([[['AIR-IMG-1'], ['1']]]);
    const [finding] = shownFindings(report, false);
    expect(finding && findingText(finding)).toBe(
      [
        'VIOLATED AIR-IMG-1[digest] Deployment airlock-serving/chat container engine',
        '  the image is not named by a SHA-256 digest',
        '  value: docker.io/vllm/vllm-openai:latest',
        '  construct: serving/chat/release',
        '  at: stacks/serving/cdk.tf.json#/resource/helm_release/chat/values/0 → /objects/0/spec/template/spec/containers/0/image',
        '  fix: write registry.nordlicht.internal:5443/<repository>@sha256:… with a digest of airlock.lock.json',
        `  accepts: ${accepted(finding)}`,
      ].join('\n'),
    );
  });

  it('fails on what is unproven', async () => {
    await writePlan(new Draft().put('/resource/kubernetes_api_service_v1/x', {}));
    const report = await audit(options());
    expect([report.gate, report.findings.some(({ verdict }) => verdict === 'VIOLATED')]).toEqual(['fail', false]);
  });

  it('holds waivers against a day, which the report then names', async () => {
    await writePlan(new Draft().put(`${ENGINE}/securityContext/privileged`, true));
    const waivers = path.join(folder, 'waivers.yaml');
    const [failing] = shownFindings(await audit(options()), false);
    const accepts = accepted(failing);
    const entry = (subject: string, expires: string, value = accepts): object => ({
      ...{ rule: 'AIR-POD-1', subject, expires, accepts: value },
      ...{ reason: 'accepted for the trial run', approver: 'security@nordlicht.example' },
    });
    const subject = 'Deployment airlock-serving/chat container engine';
    const list = [
      entry(subject, '2026-12-01'),
      entry('Pod x/y', '2026-12-01'),
      entry(subject, '2026-01-01'),
      entry(subject, '2026-12-01', digestOf('what stood there before')),
    ];
    await writeFile(waivers, JSON.stringify({ apiVersion: 'airlock/v1alpha1', kind: 'Waivers', waivers: list }));
    const report = await audit(options({ waivers, asOf: '2026-11-30' }));
    expect([report.gate, report.asOf]).toEqual(['pass', '2026-11-30']);
    expect(notes(report)).toEqual([
      `note: waiver for AIR-POD-1 ${subject} expired on 2026-01-01: it accepts nothing any more`,
      `note: waiver for AIR-POD-1 ${subject} accepts another value: look at the finding again, and write what it shows as accepts`,
      'note: waiver for AIR-POD-1 Pod x/y is not needed: remove it',
    ]);
    expect(findingText(shownFindings(report, false)[0]!)).toContain(
      'waived by security@nordlicht.example until 2026-12-01',
    );
    expect((await audit(options({ waivers, asOf: '2026-12-02' }))).gate).toBe('fail');
  });

  it('says that a lock is an example', async () => {
    const text = await readFile(path.join(folder, 'airlock.lock.json'), 'utf8');
    await writeFile(path.join(folder, 'airlock.lock.json'), text.replace('{', '{"example": true,'));
    const report = await audit(options());
    expect(report.exampleLock).toBe(true);
    expect(notes(report)[0]).toContain('the lock is an example');
  });

  it.each<[string, Partial<AuditOptions>, RegExp]>([
    ['a rule that does not exist', { rules: ['AIR-X-1'] }, /no rule AIR-X-1/],
    ['a site that is missing', { site: '/nowhere/site.yaml' }, /there is no file/],
    ['a plan that is missing', { plan: '/nowhere/cdktf.out' }, /there is no folder/],
    ['a day that is none', { asOf: 'soon' }, /"soon" is not a date/],
  ])('refuses %s', async (_, change, message) => {
    await expect(audit(options(change))).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringMatching(message) as string,
    });
  });

  it('refuses a lock of another site', async () => {
    await writeFile(path.join(folder, 'airlock.lock.json'), reviewJson({ ...lock(), site: 'suedlicht' }));
    await expect(audit(options())).rejects.toMatchObject({
      kind: 'input',
      message: 'the lock is for site "suedlicht", the site is "nordlicht"',
    });
  });
});

describe('a rule that fails', () => {
  it('proves nothing', () => {
    const broken = {
      ...RULES[0]!,
      needs: [],
      evaluate: () => {
        throw new Error('no such thing');
      },
    };
    expect(evaluateRule(broken, new Draft().context())).toEqual([
      expect.objectContaining({ verdict: 'UNPROVEN', check: 'error', message: 'the rule failed: no such thing' }),
    ]);
  });
});

describe('a large plan', () => {
  it('is judged to the last object', () => {
    const draft = new Draft();
    const workload = JSON.stringify(draft.get('/resource/helm_release/chat/values/0/objects/0'));
    // Each by labels of its own, so that a Service leads to one of them, but for the policies that select "chat".
    const replica = (index: number): unknown =>
      JSON.parse(
        workload
          .replace('"name":"chat"', `"name":"chat-${String(index)}"`)
          .replaceAll('"app":"chat"', `"app":"chat-${String(index)}"`),
      );
    for (let index = 0; index < 500; index += 1) {
      draft.put(`/resource/helm_release/chat-${String(index)}`, {
        ...(draft.get('/resource/helm_release/chat') as object),
        name: `chat-${String(index)}`,
        values: [{ objects: [replica(index)] }],
      });
    }
    const findings = draft.allFindings();
    const others = findings.filter(({ verdict }) => verdict !== 'PROVEN' && verdict !== 'N/A');
    expect(others).toEqual([]);
    expect(findings.filter(({ rule }) => rule === 'AIR-POD-1')).toHaveLength(502);
  });
});
