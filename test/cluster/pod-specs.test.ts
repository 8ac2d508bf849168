import { podsOf } from '../../cluster/pod-specs';

const object = (kind: string, spec: object) => ({
  apiVersion: kind === 'LeaderWorkerSet' ? 'leaderworkerset.x-k8s.io/v1' : 'apps/v1',
  kind,
  metadata: { name: 'chat', namespace: 'airlock-serving' },
  spec,
});
const template = (name: string) => ({ spec: { containers: [{ name }] } });

describe('podsOf', () => {
  it('counts a Deployment’s replicas, and none for a pod on every node', () => {
    expect(podsOf(object('Deployment', { replicas: 3, template: template('e') }))).toMatchObject([{ replicas: 3 }]);
    expect(podsOf(object('DaemonSet', { template: template('e') }))).toMatchObject([{ replicas: undefined }]);
  });

  it('counts one leader for each replica of a LeaderWorkerSet, and the rest of its size as workers', () => {
    const leaderWorkerTemplate = { size: 4, leaderTemplate: template('l'), workerTemplate: template('w') };
    expect(
      podsOf(object('LeaderWorkerSet', { replicas: 2, leaderWorkerTemplate })).map(({ spec, replicas }) => [
        spec.containers[0]?.name,
        replicas,
      ]),
    ).toEqual([
      ['l', 2],
      ['w', 6],
    ]);
  });
});
