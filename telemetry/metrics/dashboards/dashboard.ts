/** A dashboard as data, and its JSON for Grafana. */
import { DashboardBuilder, DatasourceVariableBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { type Panel, panelOf } from './panel';

/** A dashboard, as data. */
export interface Dashboard {
  /** Short name; part of the file name and of the address in Grafana. */
  readonly name: string;
  readonly title: string;
  readonly rows: readonly { readonly title: string; readonly panels: readonly Panel[] }[];
}

/** The JSON model of a dashboard (grafana.com, "Dashboard JSON model"); the same dashboard gives the same value. */
export function dashboardModel({ name, title, rows }: Dashboard): object {
  // Provisioning from files, which sidecars do, reads this model in every Grafana since 9; the newer one needs its API.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const builder = new DashboardBuilder(`Airlock: ${title}`)
    .uid(`airlock-${name}`)
    .tags(['airlock'])
    .readonly()
    .timezone('browser')
    .refresh('1m')
    .time({ from: 'now-6h', to: 'now' })
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'));
  let id = 0;
  for (const row of rows) {
    builder.withRow(new RowBuilder(row.title).id((id += 1)));
    for (const panel of row.panels) builder.withPanel(panelOf(panel, (id += 1)));
  }
  return builder.build();
}

/** As sidecars put it into Grafana's folder. */
export const dashboardText = (dashboard: Dashboard): string =>
  `${JSON.stringify(dashboardModel(dashboard), null, 2)}\n`;
