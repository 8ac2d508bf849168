/** Each alert before real evaluation: it fires when it must, with the sentence that people read, and is quiet otherwise. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { type Alert, alertsFor } from '../../../telemetry/metrics/alerts.js';
import { anchorOf, ruleFile, RUNBOOK } from '../../../telemetry/metrics/rule-file.js';
import type { Ran } from '../../harness/processes.mjs';
import { expect, type Suite } from '../../harness/report.mjs';
import { makeFolder } from '../../harness/scratch.mjs';
import type { AlertCase, Cases } from '../cases/case.mjs';
import { ENGINE_CASES } from '../cases/engines.mjs';
import { GATEWAY_CASES, MIRROR_CASES, TRACE_CASES } from '../cases/platform.mjs';
import { promtool } from './promtool.mjs';

const CASES: Cases = { ...ENGINE_CASES, ...GATEWAY_CASES, ...MIRROR_CASES, ...TRACE_CASES };

/** prometheus.io, "Unit testing for rules". */
function unitTest({ name, severity, description }: Alert, { expected, scraped, at }: AlertCase): object {
  const alerts =
    expected === 'quiet'
      ? []
      : [
          {
            exp_labels: { severity, part_of: 'airlock', ...expected.labels },
            exp_annotations: {
              summary: expected.summary,
              description,
              runbook_url: `${RUNBOOK}#${anchorOf(name)}`,
            },
          },
        ];
  return {
    interval: '1m',
    input_series: Object.entries(scraped).map(([series, values]) => ({ series, values })),
    alert_rule_test: [{ eval_time: `${String(at)}m`, alertname: name, exp_alerts: alerts }],
  };
}

interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly alert?: string; readonly expr: string }[] }[];
}

/** The rules with one alert's expression changed. */
const changed = (name: string, expr: string): object => ({
  groups: (ruleFile() as Rules).groups.map((group) => ({
    ...group,
    rules: group.rules.map((rule) => (rule.alert === name ? { ...rule, expr } : rule)),
  })),
});

async function tested(folder: string, rules: object, tests: readonly object[]): Promise<Ran> {
  await writeFile(path.join(folder, 'rules.yaml'), stringify(rules));
  const file = path.join(folder, 'test.yaml');
  await writeFile(file, stringify({ rule_files: ['rules.yaml'], evaluation_interval: '1m', tests }, { lineWidth: 0 }));
  return promtool(['test', 'rules', file]);
}

/** What no case would notice: an alert that is always quiet, or always fires. */
const BROKEN = { 'never fires': 'vector(1) > 2', 'always fires': 'vector(1)' } as const;

export async function alerts(suite: Suite): Promise<void> {
  const folder = await makeFolder('alerts');
  const all = alertsFor();
  await suite.check('every alert has cases, and every case an alert', () => {
    const [left, right] = [all.map(({ name }) => name).sort(), Object.keys(CASES).sort()];
    expect(JSON.stringify(left) === JSON.stringify(right), `alerts ${left.join()}\ncases ${right.join()}`);
    return Promise.resolve(`${String(left.length)} alerts`);
  });
  for (const alert of all) {
    await suite.check(`${alert.name} fires when it must, and is quiet otherwise`, async () => {
      const cases = CASES[alert.name] ?? [];
      const quiet = cases.filter(({ expected }) => expected === 'quiet').length;
      expect(quiet > 0 && quiet < cases.length, 'there must be a case of each kind');
      const tests = cases.map((one) => unitTest(alert, one));
      const { code, stdout, stderr } = await tested(folder, ruleFile(), tests);
      expect(code === 0, `${stdout}${stderr}`);
      for (const [what, expr] of Object.entries(BROKEN)) {
        const broken = await tested(folder, changed(alert.name, expr), tests);
        expect(broken.code !== 0, `the cases do not notice an alert that ${what}`);
      }
      return `fires in ${String(cases.length - quiet)}, quiet in ${String(quiet)}`;
    });
  }
}
