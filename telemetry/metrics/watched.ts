/** Everything that is scraped. */
import { ENGINE_EXPORTERS } from './engines';
import type { Exporter, Metric } from './metric';
import { PLATFORM_EXPORTERS } from './platform';

/** Everything that is watched. */
export const EXPORTERS: readonly Exporter[] = [
  ...Object.values(ENGINE_EXPORTERS),
  ...Object.values(PLATFORM_EXPORTERS),
];

const SUFFIXES = { counter: [''], gauge: [''], histogram: ['_bucket', '_sum', '_count'] } as const;

/** Names of the series of a metric. */
export const seriesOf = ({ name, type }: Metric): readonly string[] => SUFFIXES[type].map((suffix) => name + suffix);

/** Every series that something may ask for; what is not among them does not exist. */
export const SERIES: ReadonlySet<string> = new Set([
  'up',
  ...EXPORTERS.flatMap(({ metrics }) => metrics.flatMap(seriesOf)),
]);
