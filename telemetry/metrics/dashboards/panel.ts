/** A panel as data, and what Grafana's own typed builders make of it. */
import {
  BigValueColorMode,
  BigValueGraphMode,
  type ReduceDataOptions,
  VisibilityMode,
} from '@grafana/grafana-foundation-sdk/common';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel as GrafanaPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** Grafana's names of units (@grafana/data, valueFormats/categories). */
export type Unit = 'short' | 's' | 'reqps' | 'percentunit' | 'Bps' | 'tps' | 'none';

/** A query of a panel, in PromQL. */
export interface Query {
  readonly expr: string;
  /** Name of a line, with `{{label}}`. */
  readonly legend: string;
}

/** A panel of a dashboard. */
export interface Panel {
  readonly title: string;
  /** What one sees there, and when it is bad. */
  readonly description: string;
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /**
   * `stat`: the last value as a number.
   *
   * @default 'lines'
   */
  readonly form?: 'lines' | 'stat';
}

/** The reader picks the data source at the head of the dashboard. */
export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' } as const;
/** Columns of 24, and rows. */
const LINES = { span: 12, height: 8 } as const;
const STAT = { span: 6, height: 4 } as const;

const query = ({ expr, legend }: Query, at: number): DataqueryBuilder =>
  new DataqueryBuilder()
    .refId(String.fromCharCode('A'.charCodeAt(0) + at))
    .datasource(DATASOURCE)
    .expr(expr)
    .legendFormat(legend);

const lastValue = (): Builder<ReduceDataOptions> => ({ build: () => ({ calcs: ['lastNotNull'] }) });

/** @param id unique in its dashboard */
export function panelOf(
  { title, description, unit, queries, form = 'lines' }: Panel,
  id: number,
): Builder<GrafanaPanel> {
  const lines = new TimeseriesBuilder().span(LINES.span).height(LINES.height).min(0).showPoints(VisibilityMode.Never);
  const stat = new StatBuilder()
    .span(STAT.span)
    .height(STAT.height)
    .colorMode(BigValueColorMode.None)
    .graphMode(BigValueGraphMode.Area)
    .reduceOptions(lastValue());
  const panel = form === 'stat' ? stat : lines;
  panel.id(id).title(title).description(description).unit(unit).datasource(DATASOURCE);
  queries.forEach((one, at) => panel.withTarget(query(one, at)));
  return panel;
}
