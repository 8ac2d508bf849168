import { readFileSync } from 'node:fs';
import path from 'node:path';
import { alertsFor } from '../../../telemetry/metrics/alerts';
import { DASHBOARDS } from '../../../telemetry/metrics/dashboards';
import { RECORDING_RULES } from '../../../telemetry/metrics/recording-rules';
import { anchorOf, ruleFileText } from '../../../telemetry/metrics/rule-file';
import { SERIES } from '../../../telemetry/metrics/watched';
import { unknownSeries } from './series';

const PAGE = readFileSync(path.join(__dirname, '../../../docs/monitoring.md'), 'utf8');
const alerts = alertsFor();
const recorded = RECORDING_RULES.map(({ record }) => record);

describe('alerts', () => {
  it('have names of their own, a summary of one line and a description', () => {
    expect(new Set(alerts.map(({ name }) => name)).size).toBe(alerts.length);
    for (const { name, summary, description } of alerts) {
      expect(name).toMatch(/^Airlock[A-Z][A-Za-z]+$/);
      expect(summary).toMatch(/^\S.{10,}[^.]$/);
      expect(description).toMatch(/^[A-Z].{20,}\.$/);
    }
  });

  it.each(alerts.map(({ name }) => name))('%s has a section in docs/monitoring.md that says what to do', (name) => {
    const headings = [...PAGE.matchAll(/^#{2,4} (.+)$/gm)].map(([, heading = '']) => heading);
    expect(headings).toContain(name);
    const section = PAGE.split(`# ${name}\n`)[1]?.split(/^#/m)[0] ?? '';
    expect(section.trim().length).toBeGreaterThan(60);
    expect(anchorOf(name)).toBe(name.toLowerCase());
  });

  it('docs/monitoring.md has no section for an alert that is gone', () => {
    const headings = [...PAGE.matchAll(/^#{2,4} (Airlock[A-Z]\w+)$/gm)].map(([, heading = '']) => heading);
    expect(headings.filter((heading) => !alerts.some(({ name }) => name === heading))).toEqual([]);
  });
});

describe('rules', () => {
  it('ask for nothing but series that some component has, or that another rule records', () => {
    const known = new Set([...SERIES, ...recorded]);
    for (const { record, expr } of RECORDING_RULES) expect([record, unknownSeries(expr, SERIES)]).toEqual([record, []]);
    for (const { name, expr } of alerts) expect([name, unknownSeries(expr, known)]).toEqual([name, []]);
  });

  it('the check finds a series that does not exist', () => {
    expect(unknownSeries('sum(rate(vllm:no_such_total[5m])) / up', SERIES)).toEqual(['vllm:no_such_total']);
    expect(unknownSeries('rate({__name__=~"otelcol_nothing(_total)?"}[5m])', SERIES)).toEqual(['otelcol_nothing']);
  });

  it('each recorded series is asked for by an alert or a dashboard', () => {
    const asked = [
      ...alerts.map(({ expr }) => expr),
      ...DASHBOARDS.flatMap(({ rows }) => rows.flatMap(({ panels }) => panels.flatMap(({ queries }) => queries))).map(
        ({ expr }) => expr,
      ),
    ].join('\n');
    expect(recorded.filter((record) => !asked.includes(record))).toEqual([]);
  });

  it('give the same bytes twice', () => {
    expect(ruleFileText()).toBe(ruleFileText());
    expect(ruleFileText({ thresholds: { queue: 11 } })).not.toBe(ruleFileText());
  });
});
