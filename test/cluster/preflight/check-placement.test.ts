import { checkPlacement } from '../../../cluster/preflight/check-placement';
import { podRequests } from '../../../cluster/preflight/placement';
import { deployment, facts, node } from '../cluster';

const check = (nodes: ReturnType<typeof node>[], ...objects: ReturnType<typeof deployment>[]) =>
  checkPlacement(facts({ nodes }), objects);

describe('preflight, placement', () => {
  it('finds room for replicas on several nodes', () => {
    expect(check([node('a'), node('b')], deployment('chat', { replicas: 4, gpus: 4 }))).toMatchObject([
      { status: 'ok', message: '4 of 4 replicas find a node' },
    ]);
  });

  it('counts what other workloads of the plan take', () => {
    expect(check([node('a')], deployment('chat', { gpus: 8 }), deployment('code', { gpus: 1 }))).toMatchObject([
      { status: 'ok', subject: 'Deployment airlock-serving/chat' },
      { status: 'fail', message: '0 of 1 replicas find a node: a lacks nvidia.com/gpu' },
    ]);
  });

  it('names the missing label where no node belongs to the pool', () => {
    expect(check([node('a', { labels: {} })], deployment('chat'))).toMatchObject([
      { status: 'fail', message: 'no node has the labels pool=h100' },
    ]);
  });

  it.each([
    ['a is not ready', { ready: false }],
    ['a is cordoned', { cordoned: true }],
    ['a has the taint other=x:NoSchedule', { taints: [{ key: 'other', value: 'x', effect: 'NoSchedule' }] }],
    ['a lacks nvidia.com/gpu', { gpus: 2 }],
  ])('says that %s', (reason, change) => {
    const [finding] = check([node('a', change)], deployment('chat'));
    expect(finding).toMatchObject({ status: 'fail' });
    expect(finding?.message).toContain(reason);
  });

  it('lets a cordoned node be where another one has room', () => {
    expect(check([node('a', { cordoned: true }), node('b')], deployment('chat'))).toMatchObject([{ status: 'ok' }]);
  });

  it.each([
    ['by key', [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }], 'ok'],
    ['by value', [{ key: 'nvidia.com/gpu', value: 'present' }], 'ok'],
    ['of everything', [{ operator: 'Exists' }], 'ok'],
    ['of another value', [{ key: 'nvidia.com/gpu', value: 'absent' }], 'fail'],
    ['of another effect', [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoExecute' }], 'fail'],
  ])('heeds tolerations %s', (_, tolerations, status) => {
    const tainted = node('a', { taints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }] });
    expect(check([tainted], deployment('chat', { pod: { tolerations } }))).toMatchObject([{ status }]);
  });
});

describe('what the scheduler reserves for a pod', () => {
  it('is the sum of its containers, or the largest init container where that is more', () => {
    const container = (name: string, cpu: string, memory: string) => ({
      name,
      resources: { requests: { cpu, memory } },
    });
    const requests = podRequests({
      initContainers: [container('i', '3', '1Gi'), container('j', '1', '2Gi')],
      containers: [container('a', '1', '2Gi'), container('b', '500m', '2Gi')],
    });
    expect(Object.fromEntries(requests)).toEqual({ cpu: 3, memory: 4 * 2 ** 30 });
  });

  it('takes a limit as the request where only it is given, as the API server does', () => {
    const requests = podRequests({ containers: [{ name: 'a', resources: { limits: { 'nvidia.com/gpu': '2' } } }] });
    expect(requests.get('nvidia.com/gpu')).toBe(2);
  });
});
