import { deleteTraces, findPerson } from '../../../telemetry/traces/person';
import type { Project, StoredSpan } from '../../../telemetry/traces/phoenix-api';

const span = (trace_id: string, span_id: string, start_time: string): StoredSpan => ({
  name: 'chat',
  context: { trace_id, span_id },
  start_time,
});

/** A store with one span that names the person twice, an older trace, and a dataset. */
const store = {
  projects: (): Promise<Project[]> => Promise.resolve([{ id: '1', name: 'airlock' }]),
  spans: (_: Project, attribute: string, value: string): Promise<StoredSpan[]> =>
    Promise.resolve(
      value !== 'anna'
        ? []
        : attribute === 'user.id'
          ? [span('bb', '2', '2030-01-02T00:00:00Z'), span('bb', '3', '2030-01-02T00:00:01Z')]
          : [span('bb', '2', '2030-01-02T00:00:00Z'), span('aa', '1', '2030-01-01T00:00:00Z')],
    ),
  datasets: (): Promise<Project[]> => Promise.resolve([{ id: '7', name: 'verdicts' }]),
  examples: (): Promise<string[]> => Promise.resolve(['{"user":"anna"}', '{"user":"annabel"}']),
};

describe('findPerson', () => {
  it('finds traces by either attribute once, from the oldest on', async () => {
    expect((await findPerson(store, 'anna')).traces).toEqual([
      { project: 'airlock', traceId: 'aa', spans: 1, began: '2030-01-01T00:00:00Z' },
      { project: 'airlock', traceId: 'bb', spans: 2, began: '2030-01-02T00:00:00Z' },
    ]);
  });

  it('finds copies in datasets by the whole value', async () => {
    expect((await findPerson(store, 'anna')).datasets).toEqual([{ dataset: 'verdicts', examples: 1 }]);
  });

  it('finds nothing of anybody else', async () => {
    expect(await findPerson(store, 'ann')).toEqual({ traces: [], datasets: [] });
  });
});

describe('deleteTraces', () => {
  it('counts those that were still there', async () => {
    const { traces } = await findPerson(store, 'anna');
    expect(await deleteTraces({ deleteTrace: (id) => Promise.resolve(id === 'bb') }, traces)).toBe(1);
  });
});
