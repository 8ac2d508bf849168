/** Dashboards, judged by the types that Grafana Labs generates from Grafana's schemas. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { dashboardText } from '../../../telemetry/metrics/dashboards/dashboard.js';
import { DASHBOARDS } from '../../../telemetry/metrics/dashboards/index.js';
import { run } from '../../harness/processes.mjs';
import { expect, expectMatch, type Suite } from '../../harness/report.mjs';
import { makeFolder } from '../../harness/scratch.mjs';

/** Changes of a good dashboard, and what must be said of each. */
const FAULTS: readonly (readonly [string, (text: string) => string, RegExp])[] = [
  ['a field of a query that there is not', (text) => text.replace('"expr"', '"exprr"'), /unexpected field 'exprr'/],
  [
    'a field of a panel that there is not',
    (text) => text.replace('"gridPos"', '"gridpos"'),
    /unexpected field 'gridpos'/,
  ],
  ['a unit in the wrong place', (text) => text.replace('"unit"', '"units"'), /\.units: no such field/],
  ['a kind of panel that there is not', (text) => text.replace('"timeseries"', '"lines"'), /no such panel: lines/],
  ['a height that is no number', (text) => text.replace('"h": 8', '"h": "8"'), /gridPos\.h: .*cannot unmarshal string/],
  [
    'a variable without a name',
    (text) => text.replace('"name": "datasource",', ''),
    /templating\.list\[0\]\.name: required field/,
  ],
];

export async function dashboards(suite: Suite, checker: string): Promise<void> {
  const folder = await makeFolder('dashboards');
  for (const dashboard of DASHBOARDS) {
    await suite.check(`${dashboard.name} is a dashboard of Grafana's schema`, async () => {
      const file = path.join(folder, `${dashboard.name}.json`);
      const text = dashboardText(dashboard);
      await writeFile(file, text);
      const { code, stdout, stderr } = await run(checker, [file]);
      expect(code === 0, `${stdout}${stderr}`);
      return `${String(dashboard.rows.flatMap(({ panels }) => panels).length)} panels, ${String(text.length)} bytes`;
    });
  }
  const [overview] = DASHBOARDS;
  const good = overview === undefined ? '' : dashboardText(overview);
  for (const [what, change, said] of FAULTS) {
    await suite.check(`${what} is refused`, async () => {
      const text = change(good);
      expect(text !== good, 'the change changed nothing');
      const file = path.join(folder, 'wrong.json');
      await writeFile(file, text);
      const { code, stdout } = await run(checker, [file]);
      expect(code === 1, `ended with status ${String(code)}:\n${stdout}`);
      expectMatch(stdout, said, 'fault');
      return (
        stdout
          .trim()
          .split('\n')[0]
          ?.replace(/^.*wrong\.json: /, '') ?? ''
      );
    });
  }
}
