import fc from 'fast-check';
import { podQuota, type ReplacedPods } from '../../../catalog/platform/pod-quota';

const GPU = 'requests.nvidia.com/gpu';
const count = (...workloads: readonly ReplacedPods[]): Record<string, number> =>
  Object.fromEntries(podQuota(workloads));

describe('the quota of pods', () => {
  it.each<[string, ReplacedPods, number]>([
    ['one pod', { replicas: 1, each: { [GPU]: 8 } }, 16],
    ['three replicas', { replicas: 3, each: { [GPU]: 2 } }, 12],
    ['a group on two nodes', { replicas: 1, podsPerReplica: 2, each: { [GPU]: 8 } }, 32],
    ['a surplus pod', { replicas: 2, surge: 1, each: { [GPU]: 1 } }, 5],
    ['a surplus group', { replicas: 1, surge: 1, podsPerReplica: 2, each: { [GPU]: 8 } }, 48],
  ])('lets %s leave while its successor starts', (_, pods, units) => {
    expect(count(pods)).toEqual({ [GPU]: units });
  });

  it('counts every resource alike, and sums what workloads share', () => {
    const each = { 'requests.cpu': 4, pods: 1 };
    expect(count({ replicas: 1, each: { ...each, [GPU]: 1 } }, { replicas: 2, each })).toEqual({
      [GPU]: 2,
      pods: 6,
      'requests.cpu': 24,
    });
  });

  it('leaves out what counts for nothing', () => {
    expect(count({ replicas: 0, each: { [GPU]: 8 } }, { replicas: 1, each: { 'requests.cpu': 0 } })).toEqual({});
  });

  const amount = fc.integer({ min: 1, max: 8 });
  it('never refuses a pod while one generation is replaced in any order', () => {
    const order = fc.array(fc.nat(), { maxLength: 40 });
    fc.assert(
      fc.property(amount, amount, fc.integer({ min: 0, max: 3 }), order, (replicas, size, surge, steps) => {
        const allowed = count({ replicas, podsPerReplica: size, surge, each: { pods: 1 } })['pods'] ?? 0;
        let [old, leaving, young] = [replicas, 0, 0];
        for (const step of steps) {
          // Whoever makes pods looks at those that are not leaving, and none is gone yet.
          if (step % 2 === 0 && old > 0) [old, leaving] = [old - 1, leaving + 1];
          else if (old + young < replicas + surge && young < replicas) young += 1;
          expect((old + young + leaving) * size).toBeLessThanOrEqual(allowed);
        }
      }),
    );
  });

  it('is reached: no smaller one would do', () => {
    const { pods: allowed = 0 } = count({ replicas: 3, each: { pods: 1 } });
    // All three leave at once, as with `kubectl delete pods --all`, and are replaced.
    expect(allowed).toBe(3 + 3);
  });
});
