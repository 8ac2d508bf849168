/** The records of one person in the trace store: found, and deleted. */
import { PERSON_ATTRIBUTES } from './genai-attributes';
import type { PhoenixApi } from './phoenix-api';

/** A trace in which the person's identifier occurs. */
export interface PersonTrace {
  readonly project: string;
  readonly traceId: string;
  /** Spans that name the person; deletion takes all spans of the trace. */
  readonly spans: number;
  /** ISO 8601, of the first of them. */
  readonly began: string;
}

/** A dataset with examples that name the person. */
export interface PersonDataset {
  readonly dataset: string;
  readonly examples: number;
}

export interface PersonRecords {
  /** By beginning, then by trace. */
  readonly traces: readonly PersonTrace[];
  /** Copies that people made of spans; deletion of traces does not reach them. */
  readonly datasets: readonly PersonDataset[];
}

type StoreReader = Pick<PhoenixApi, 'projects' | 'spans' | 'datasets' | 'examples'>;

async function tracesOf(store: StoreReader, person: string): Promise<PersonTrace[]> {
  const found = new Map<string, { project: string; spans: Set<string>; began: string }>();
  for (const project of await store.projects())
    for (const attribute of PERSON_ATTRIBUTES)
      for (const { context, start_time } of await store.spans(project, attribute, person)) {
        const known = found.get(context.trace_id);
        const { spans, began } = known ?? { spans: new Set<string>(), began: start_time };
        spans.add(context.span_id);
        found.set(context.trace_id, { project: project.name, spans, began: began < start_time ? began : start_time });
      }
  return [...found]
    .map(([traceId, { project, spans, began }]) => ({ project, traceId, spans: spans.size, began }))
    .sort((left, right) => left.began.localeCompare(right.began) || left.traceId.localeCompare(right.traceId));
}

async function datasetsOf(store: StoreReader, person: string): Promise<PersonDataset[]> {
  const needle = JSON.stringify(person);
  const found: PersonDataset[] = [];
  for (const dataset of await store.datasets()) {
    const examples = (await store.examples(dataset)).filter((example) => example.includes(needle)).length;
    if (examples > 0) found.push({ dataset: dataset.name, examples });
  }
  return found;
}

/**
 * Traces of a person in all projects, and datasets that hold copies.
 *
 * @param person value of `user.id` or `enduser.id`, as the identity provider gave it to the gateway
 */
export async function findPerson(store: StoreReader, person: string): Promise<PersonRecords> {
  return { traces: await tracesOf(store, person), datasets: await datasetsOf(store, person) };
}

/** Deletes the traces; how many of them there were. */
export async function deleteTraces(
  store: Pick<PhoenixApi, 'deleteTrace'>,
  traces: readonly PersonTrace[],
): Promise<number> {
  let deleted = 0;
  for (const { traceId } of traces) if (await store.deleteTrace(traceId)) deleted += 1;
  return deleted;
}
