/** Records of a person, as people read about them. */
import { type Page, table } from '../../core/page';
import { type Line, show } from '../../core/visible';
import type { PersonRecords } from './person';

const countOf = ({ traces }: PersonRecords): string => {
  const spans = traces.reduce((sum, trace) => sum + trace.spans, 0);
  return `${String(traces.length)} traces, ${String(spans)} spans that name the person`;
};

const datasetLines = ({ datasets }: PersonRecords): Line[] =>
  datasets.map(
    ({ dataset, examples }) =>
      show`dataset "${dataset}": ${examples} examples name the person; delete them there, they are copies`,
  );

export const foundPage = (records: PersonRecords): Page => [
  ...(records.traces.length === 0
    ? []
    : [
        table(
          ['began', 'project', 'trace', 'spans'],
          records.traces.map(({ began, project, traceId, spans }) => [began, project, traceId, spans]),
        ),
      ]),
  ...datasetLines(records),
  show`${countOf(records)}`,
];

/** @param deleted how many traces went; undefined where nobody said that they shall */
export const deletedPage = (left: PersonRecords, deleted?: number): Page => [
  ...datasetLines(left),
  deleted === undefined
    ? show`would delete ${countOf(left)}; say --yes to do it`
    : show`deleted ${deleted} traces; left: ${countOf(left)}`,
];

export const backupLine = (file: string): Line => show`wrote ${file}`;

export const restoredLine = (file: string): Line => show`restored ${file}`;
