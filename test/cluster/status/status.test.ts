import type { CronJob, Job } from 'kubernetes-types/batch/v1';
import type { Pod } from 'kubernetes-types/core/v1';
import type { PlainObject } from '../../../audit/kubernetes/plain';
import { LockedDigests } from '../../../cluster/status/locked-digests';
import { isSame, statusOf, type StatusRow } from '../../../cluster/status/status';
import { digestOf } from '../../../core/digest';
import type { Lock } from '../../../site/generated/lock';

const [INDEX, MANIFEST, CONFIG] = [digestOf('index'), digestOf('manifest'), digestOf('config')];
const [KIT, MODEL, ELSE] = [digestOf('kit'), digestOf('model'), digestOf('something else')];
const NAMESPACE = 'airlock-serving';
const LABELS = { 'app.kubernetes.io/instance': 'chat' };

const lock = {
  images: [
    { name: 'engine', index: { digest: INDEX }, manifests: [{ digest: MANIFEST, config: { digest: CONFIG } }] },
    { name: 'other', manifests: [{ digest: digestOf('other image'), config: { digest: digestOf('its config') } }] },
  ],
  derived: {
    kit: { manifests: [{ digest: KIT, config: { digest: digestOf('kit config') } }] },
    models: [{ name: 'm', manifest: { digest: MODEL } }],
  },
} as unknown as Lock;
const locked = new LockedDigests(lock);

const SPEC = {
  initContainers: [{ name: 'weights', image: `r/kit@${KIT}`, args: ['weights', 'fetch', '--model', `m@${MODEL}`] }],
  containers: [{ name: 'engine', image: `r/engine@${INDEX}`, args: ['/models/m'] }],
};

const workload = (kind = 'Deployment', replicas?: number, spec: object = SPEC): PlainObject => ({
  apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1',
  kind,
  metadata: { name: 'chat', namespace: NAMESPACE },
  spec: { ...(replicas === undefined ? {} : { replicas }), template: { metadata: { labels: LABELS }, spec } },
});

interface PodChange {
  readonly name?: string;
  readonly engine?: string;
  readonly model?: string;
  readonly ready?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec?: object;
  readonly status?: object;
  readonly metadata?: object;
}

function pod({
  name = 'chat-1',
  engine = `r/engine@${INDEX}`,
  model = MODEL,
  ready = true,
  ...more
}: PodChange = {}): Pod {
  const [weights] = SPEC.initContainers;
  return {
    metadata: { name, namespace: NAMESPACE, labels: more.labels ?? LABELS, ...more.metadata },
    spec: {
      initContainers: [{ ...weights!, args: ['weights', 'fetch', '--model', `m@${model}`] }],
      containers: SPEC.containers,
      ...more.spec,
    },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      initContainerStatuses: [{ name: 'weights', imageID: `r/kit@${KIT}` }],
      containerStatuses: engine === '' ? [] : [{ name: 'engine', imageID: engine }],
      ...more.status,
    },
  } as Pod;
}

const status = (
  pods: readonly Pod[],
  objects: readonly PlainObject[] = [workload()],
  jobs: readonly Job[] = [],
  cronJobs: readonly CronJob[] = [],
) => statusOf(objects, { pods, jobs, cronJobs }, locked);
const row = (rows: readonly StatusRow[], part: string): StatusRow | undefined => rows.find((one) => one.part === part);

describe('statusOf', () => {
  it('finds engine, kit and weights of a pod as planned', () => {
    const found = status([pod()]);
    expect(found.rows.map(({ part, state, ready }) => [part, state, ready])).toEqual([
      ['weights', 'same', '1/1'],
      ['engine', 'same', '1/1'],
      ['weights m', 'same', '1/1'],
    ]);
    expect(row(found.rows, 'engine')).toMatchObject({
      namespace: NAMESPACE,
      workload: 'Deployment chat',
      running: [INDEX],
    });
    expect(isSame(found)).toBe(true);
  });

  it.each([
    ['the manifest of the platform', `r/engine@${MANIFEST}`, MANIFEST],
    ['the bare digits of the configuration', CONFIG.slice(7), CONFIG],
    ['the configuration with its algorithm', CONFIG, CONFIG],
    ['an address and a scheme before it', `docker-pullable://r/engine@${INDEX}`, INDEX],
  ])('takes %s for the planned image', (_what, imageID, running) => {
    const found = status([pod({ engine: imageID })]);
    expect(row(found.rows, 'engine')?.running).toEqual([running]);
    expect(row(found.rows, 'engine')?.state).toBe('same');
  });

  it('tells another image, also one of the lock', () => {
    for (const digest of [ELSE, digestOf('other image')]) {
      const found = status([pod({ engine: `r/engine@${digest}` })]);
      expect(row(found.rows, 'engine')).toMatchObject({ state: 'other', expected: INDEX, running: [digest] });
      expect(isSame(found)).toBe(false);
    }
  });

  it('believes the runtime, not the reference that the pod names', () => {
    const found = status([pod({ engine: `r/engine@${ELSE}`, spec: { containers: SPEC.containers } })]);
    expect(row(found.rows, 'engine')?.state).toBe('other');
  });

  it('tells other weights', () => {
    const found = status([pod({ model: ELSE })]);
    expect(row(found.rows, 'weights m')).toMatchObject({ state: 'other', expected: MODEL, running: [ELSE] });
  });

  it('shows every digest that runs while pods are replaced', () => {
    const found = status([pod(), pod({ name: 'chat-2', engine: `r/engine@${ELSE}` })], [workload('Deployment', 2)]);
    expect(row(found.rows, 'engine')).toMatchObject({ state: 'other', running: [INDEX, ELSE].sort(), ready: '2/2' });
  });

  it('misses a workload without pods, and an image that was not pulled yet', () => {
    const none = status([]);
    expect(none.rows.map(({ state, ready }) => [state, ready])).toEqual(Array(3).fill(['missing', '0/1']));
    const waiting = status([pod({ engine: '', ready: false })]);
    expect(row(waiting.rows, 'engine')).toMatchObject({ state: 'missing', running: [], ready: '0/1' });
    expect(row(waiting.rows, 'weights')?.state).toBe('same');
  });

  it('counts neither pods that failed nor pods that are being deleted', () => {
    const found = status([
      pod({ name: 'evicted', engine: `r/engine@${ELSE}`, status: { phase: 'Failed' } }),
      pod({ name: 'going', engine: `r/engine@${ELSE}`, metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }),
      pod(),
    ]);
    expect(isSame(found)).toBe(true);
  });

  it('expects nothing of a workload with no replicas', () => {
    expect(status([], [workload('Deployment', 0)]).rows).toEqual([]);
  });

  it('finds foreign pods, and containers that somebody put into ours', () => {
    const intruder = pod({ name: 'intruder', labels: { app: 'x' }, spec: { initContainers: [] } });
    const sidecar = pod({
      spec: { containers: [...SPEC.containers, { name: 'sniffer', image: 'r/sniffer:latest' }] },
      status: {
        containerStatuses: [
          { name: 'engine', imageID: INDEX },
          { name: 'sniffer', imageID: `r/s@${ELSE}` },
        ],
      },
    });
    const debugged = pod({ name: 'chat-2', spec: { ephemeralContainers: [{ name: 'debugger', image: 'r/busybox' }] } });
    const foreign = status([intruder, sidecar, debugged]).rows.filter(({ state }) => state === 'foreign');
    expect(foreign.map(({ workload: who, part, running }) => [who, part, running])).toEqual([
      ['Pod intruder', 'engine', [INDEX]],
      ['Pod chat-1', 'sniffer', [ELSE]],
      ['Pod chat-2', 'ephemeral debugger', ['r/busybox']],
    ]);
  });

  it('knows a job that has ended by its own template', () => {
    const job = (spec: object): Job =>
      ({
        metadata: { name: 'chat', namespace: NAMESPACE },
        spec: { template: { spec } },
        status: { succeeded: 1 },
      }) as Job;
    const planned = [workload('Job', undefined)];
    expect(status([], planned, [job(SPEC)]).rows.map(({ state, ready }) => [state, ready])).toEqual(
      Array(3).fill(['same', 'done']),
    );
    const other = status([], planned, [job({ containers: [{ name: 'engine', image: `r/engine@${ELSE}` }] })]);
    expect(row(other.rows, 'engine')?.state).toBe('other');
    expect(row(other.rows, 'weights')?.state).toBe('missing');
  });

  it('knows a cron job by its runs, and between them by what its next run will be', () => {
    const cronJob = (image: string): CronJob => ({
      ...{ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'chat', namespace: NAMESPACE } },
      spec: {
        schedule: '0 2 * * *',
        jobTemplate: {
          spec: { template: { metadata: { labels: LABELS }, spec: { containers: [{ name: 'engine', image }] } } },
        },
      },
    });
    const planned = [cronJob(`r/engine@${INDEX}`) as unknown as PlainObject];
    const states = (pods: readonly Pod[], image?: string) =>
      status(pods, planned, [], image === undefined ? [] : [cronJob(image)])
        .rows.filter(({ part }) => part === 'engine')
        .map(({ state, ready }) => [state, ready]);
    expect(states([])).toEqual([['missing', '0/1']]);
    expect(states([], `r/engine@${INDEX}`)).toEqual([['waiting', 'on time']]);
    expect(states([], `r/engine@${ELSE}`)).toEqual([['other', 'on time']]);
    const old = pod({ engine: `r/engine@${ELSE}`, status: { phase: 'Succeeded' } });
    expect(states([old], `r/engine@${INDEX}`)).toEqual([['waiting', 'on time']]);
    expect(states([pod({ engine: `r/engine@${ELSE}` })], `r/engine@${INDEX}`)).toEqual([['other', '1/1']]);
  });

  it('names what the plan has and the lock has not', () => {
    const spec = { containers: [{ name: 'engine', image: `r/engine@${ELSE}` }] };
    const found = status(
      [pod({ engine: `r/engine@${ELSE}`, spec: { initContainers: [] } })],
      [workload('Deployment', 1, spec)],
    );
    expect(found.rows.map(({ state }) => state)).toEqual(['same']);
    expect(found.unlocked).toEqual([ELSE]);
    expect(isSame(found)).toBe(false);
  });
});
