import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import type { Log } from 'sarif';
import type { Change } from '../../audit/changes/change';

const ROOT = path.join(__dirname, '../..');

describe('airlock audit', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'airlock-audit-files-'));
    cpSync(path.join(ROOT, 'examples/edge-cpu'), folder, { recursive: true });
    execFileSync(process.execPath, [path.join(ROOT, 'scripts/airlock.cjs'), 'synth'], { cwd: folder, stdio: 'ignore' });
    cpSync(path.join(folder, 'cdktf.out'), path.join(folder, 'previous'), { recursive: true });
    const file = path.join(folder, 'cdktf.out/stacks/serving/cdk.tf.json');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(/"policy_types": \[\s*"Ingress",\s*"Egress"\s*\]/, '"policy_types": ["Ingress"]'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const audit = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, [path.join(ROOT, 'scripts/airlock.cjs'), 'audit', ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
  const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');

  it('writes what it shows as SARIF, with the line of each value, as CSV and as HTML, and ends as without', () => {
    const { status, stdout } = audit('--sarif', 'a.sarif', '--csv', 'a.csv', '--html', 'a.html');
    expect(status).toBe(1);
    const failing = stdout.split('\n').filter((line) => /^(?:VIOLATED|UNPROVEN) /.test(line)).length;
    expect(failing).toBeGreaterThan(0);
    const results = (JSON.parse(read('a.sarif')) as Log).runs[0]?.results ?? [];
    expect(results).toHaveLength(failing);
    expect(parse(read('a.csv'))).toHaveLength(failing + 1);
    expect(read('a.html')).toContain(`What closes the gate: ${String(failing)}`);
    const changed = results.find(({ ruleId }) => ruleId === 'AIR-NET-1')?.locations?.[0];
    const lines = read(`cdktf.out/${changed?.physicalLocation?.artifactLocation?.uri ?? ''}`).split('\n');
    const line = changed?.physicalLocation?.region?.startLine ?? 0;
    const last = changed?.logicalLocations?.at(-1)?.fullyQualifiedName?.split('/').at(-1) ?? '';
    expect(line).toBeGreaterThan(1);
    expect(lines[line - 1]).toContain(`"${last}"`);
  });

  it('says what changed since an earlier plan, before the report, and as JSON beside it', () => {
    const { status, stdout } = audit('--against', 'previous');
    expect(status).toBe(1);
    expect(stdout).toMatch(/^\d+ changes? since previous\n\nFlows: \d/);
    expect(stdout).toMatch(/closed every pod of airlock-serving: egress is denied unless a policy opens it/);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^FAIL: /);
    const { changes } = JSON.parse(audit('--against', 'previous', '--json').stdout) as { changes: Change[] };
    expect(changes.map(({ kind }) => kind)).toContain('flow');
    expect(audit('previous', '--against', 'previous').stdout).toMatch(/^no change since previous\n/);
  });

  it('writes no file into the plan, and compares no waivers without a plan', () => {
    for (const option of ['--sarif', '--csv', '--html']) {
      const { status, stderr } = audit(option, 'cdktf.out/report');
      expect([status, /^error\[(\w+)\]/m.exec(stderr)?.[1]]).toEqual([2, 'OUTPUT_MISPLACED']);
    }
    const { status, stderr } = audit('--against-waivers', 'waivers.yaml');
    expect([status, /^error\[(\w+)\]/m.exec(stderr)?.[1]]).toEqual([2, 'USAGE_MISSING_OPTION']);
  });
});
