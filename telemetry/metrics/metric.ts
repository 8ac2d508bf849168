/** What a component tells Prometheus: names as they are scraped, each with where it was read. */

export type MetricType = 'counter' | 'gauge' | 'histogram';

/** A series of an exporter, as its program names it. */
export interface Metric {
  /** As scraped; of a histogram without `_bucket`, `_sum` and `_count`. */
  readonly name: string;
  readonly type: MetricType;
  /** In a few words, with the unit. */
  readonly what: string;
  /** Path in the component's own sources, or page of its documentation. */
  readonly source: string;
  /**
   * Release that has it first.
   *
   * @default - every release that the kit supports
   */
  readonly since?: string;
}

/** Something that is scraped. */
export interface Exporter {
  /** Name of the scrape job; contract, since rules and dashboards ask for it. */
  readonly job: string;
  /** Labels of its pods. */
  readonly podLabels: Readonly<Record<string, string>>;
  readonly port: number;
  readonly path: string;
  /**
   * Whether it serves metrics as the kit sets it up; one that does not has no scrape job, since it would look like one that is down.
   *
   * @default true
   */
  readonly served?: boolean;
  readonly metrics: readonly Metric[];
}

export const COMPONENT_LABEL = 'app.kubernetes.io/component';
export const NAME_LABEL = 'app.kubernetes.io/name';
