import { DASHBOARDS } from '../../../telemetry/metrics/dashboards';
import { dashboardModel, dashboardText } from '../../../telemetry/metrics/dashboards/dashboard';
import { RECORDING_RULES } from '../../../telemetry/metrics/recording-rules';
import { SERIES } from '../../../telemetry/metrics/watched';
import { unknownSeries } from './series';

interface Model {
  readonly uid: string;
  readonly panels: readonly {
    readonly id: number;
    readonly type: string;
    readonly gridPos: { readonly x: number; readonly w: number };
    readonly datasource?: object;
  }[];
}

const models = DASHBOARDS.map((dashboard) => dashboardModel(dashboard) as Model);

describe.each(DASHBOARDS.map((dashboard) => [dashboard.name, dashboard] as const))('dashboard %s', (_name, board) => {
  it('asks for nothing but series that exist', () => {
    // Prometheus makes ALERTS itself (prometheus.io, "Alerting rules").
    const known = new Set([...SERIES, ...RECORDING_RULES.map(({ record }) => record), 'ALERTS']);
    const queries = board.rows.flatMap(({ panels }) => panels.flatMap((panel) => panel.queries));
    expect(queries.length).toBeGreaterThan(0);
    for (const { expr } of queries) expect([expr, unknownSeries(expr, known)]).toEqual([expr, []]);
  });

  it('says of each panel what one sees', () => {
    for (const { title, description } of board.rows.flatMap(({ panels }) => panels))
      expect([title, description]).toEqual([title, expect.stringMatching(/^.{15,}\.$/)]);
  });
});

describe('models for Grafana', () => {
  it('leave the data source to the reader, number their panels, and keep them inside 24 columns', () => {
    expect(new Set(models.map(({ uid }) => uid)).size).toBe(models.length);
    for (const { panels } of models) {
      expect(panels.map(({ id }) => id)).toEqual(panels.map((_panel, at) => at + 1));
      for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (const { datasource } of panels.filter(({ type }) => type !== 'row'))
        expect(datasource).toEqual({ type: 'prometheus', uid: '${datasource}' });
    }
  });

  it('give the same bytes twice', () => {
    for (const dashboard of DASHBOARDS) expect(dashboardText(dashboard)).toBe(dashboardText(dashboard));
  });
});
