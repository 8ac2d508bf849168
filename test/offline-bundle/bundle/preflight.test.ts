import { demandLockFits } from '../../../offline-bundle/bundle/preflight';
import type { Lock } from '../../../site/generated/lock';
import type { Site } from '../../../site/generated/site';
import { sample } from './sample-lock';

let lock: Lock;
beforeAll(async () => {
  ({ lock } = await sample());
});

const site = (change: Partial<Site> = {}): Site => ({
  apiVersion: 'airlock/v1alpha1',
  kind: 'Site',
  name: 'nordlicht',
  platforms: ['linux/amd64'],
  cluster: { distribution: 'rke2', kubernetesVersion: '1.34' },
  pools: [{ name: 'edge', accelerator: 'none' }],
  models: [],
  servings: [],
  ...change,
});

describe('demandLockFits', () => {
  it('refuses an example lock and the lock of another site as wrong input', () => {
    expect(() => demandLockFits({ ...lock, example: true }, site())).toThrow(/is an example/);
    expect(() => demandLockFits(lock, site({ name: 'sued' }))).toThrow(
      'the lock is for site "nordlicht", the site is "sued"',
    );
  });

  it('refuses a lock that disagrees with the site and names every difference', () => {
    let error: unknown;
    try {
      demandLockFits(lock, site());
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ kind: 'check', fix: 'run `airlock lock` and review the change' });
    const { message } = error as Error;
    expect(message).toContain('model tiny: in the lock, not in the site');
    expect(message).toContain('image toolbox: in the lock, not in the site');
    expect(message).toContain('file tool: in the lock, not in the site');
  });
});
