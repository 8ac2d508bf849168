/** Rules and scrape jobs before Prometheus' own checker. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ruleFileText } from '../../../telemetry/metrics/rule-file.js';
import { scrapeConfigurationText } from '../../../telemetry/metrics/scrape.js';
import { goProgram } from '../../harness/go.mjs';
import { type Ran, run } from '../../harness/processes.mjs';
import { expect, expectMatch, type Suite } from '../../harness/report.mjs';
import { makeFolder } from '../../harness/scratch.mjs';
import { PROMTOOL } from '../versions.mjs';

export const promtool = (args: readonly string[], input?: string): Promise<Ran> =>
  run(goProgram(PROMTOOL), args, input === undefined ? {} : { input });

interface Fault {
  readonly what: string;
  readonly change: (text: string) => string;
  readonly said: RegExp;
}

async function judged(suite: Suite, kind: 'rules' | 'config', good: string, faults: readonly Fault[]): Promise<void> {
  const file = path.join(await makeFolder('promtool'), `${kind}.yaml`);
  await suite.check(`promtool check ${kind} takes ours`, async () => {
    await writeFile(file, good);
    const { code, stdout, stderr } = await promtool([
      'check',
      kind,
      ...(kind === 'rules' ? ['--lint=all', '--lint-fatal'] : []),
      file,
    ]);
    expect(code === 0, `${stdout}${stderr}`);
    return /\d+ rules found/.exec(stdout)?.[0] ?? 'valid';
  });
  for (const { what, change, said } of faults) {
    await suite.check(`promtool check ${kind} refuses ${what}`, async () => {
      const text = change(good);
      expect(text !== good, 'the change changed nothing');
      await writeFile(file, text);
      const { code, stdout, stderr } = await promtool(['check', kind, file]);
      expect(code !== 0, `it was taken:\n${stdout}`);
      expectMatch(`${stdout}${stderr}`, said, 'fault');
      return said.source;
    });
  }
}

export async function checks(suite: Suite): Promise<void> {
  await judged(suite, 'rules', ruleFileText(), [
    {
      what: 'a query that does not parse',
      change: (text) => text.replace(' == 0', ' === 0'),
      said: /could not parse expression/,
    },
    {
      what: 'a template that does not parse',
      change: (text) => text.replace('{{ $value', '{{ $valeu'),
      said: /undefined variable/,
    },
    {
      what: 'a field that there is not',
      change: (text) => text.replace('for: 10m', 'four: 10m'),
      said: /field four not found/,
    },
  ]);
  await judged(suite, 'config', scrapeConfigurationText(['airlock-serving']), [
    {
      what: 'an action that there is not',
      change: (text) => text.replace('action: keep', 'action: hold'),
      said: /unknown relabel action/,
    },
    {
      what: 'a field that there is not',
      change: (text) => text.replace('metrics_path', 'metric_path'),
      said: /field metric_path not found/,
    },
    {
      what: 'two jobs of one name',
      change: (text) => text.replace('airlock-engine-sglang', 'airlock-engine-vllm'),
      said: /multiple scrape configs/,
    },
  ]);
}
