import { neededSecrets } from '../../../cluster/secrets/needed';
import { deployment } from '../cluster';

const needed = (...pods: object[]) => neededSecrets(pods.map((pod, at) => deployment(`d${String(at)}`, { pod })));

describe('the Secrets that a plan needs', () => {
  it('are those that its pods read, with the keys and the readers', () => {
    expect(
      needed(
        {
          containers: [
            {
              name: 'a',
              env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }],
              envFrom: [{ secretRef: { name: 'all' } }],
            },
          ],
          volumes: [{ name: 'tls', secret: { secretName: 'tls', items: [{ key: 'tls.key', path: 'k' }] } }],
        },
        {
          containers: [{ name: 'a', env: [{ name: 'Y', valueFrom: { secretKeyRef: { name: 'db', key: 'user' } } }] }],
          imagePullSecrets: [{ name: 'registry' }],
        },
      ).map(({ namespace, name, keys, type, usedBy }) => [`${namespace}/${name}`, type, keys, usedBy.length]),
    ).toEqual([
      ['airlock-serving/all', 'Opaque', [], 1],
      ['airlock-serving/db', 'Opaque', ['password', 'user'], 2],
      ['airlock-serving/registry', 'kubernetes.io/dockerconfigjson', ['.dockerconfigjson'], 1],
      ['airlock-serving/tls', 'Opaque', ['tls.key'], 1],
    ]);
  });

  it('are found in init containers and projected volumes', () => {
    expect(
      needed({
        initContainers: [{ name: 'i', env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'one', key: 'k' } } }] }],
        volumes: [{ name: 'p', projected: { sources: [{ secret: { name: 'two' } }] } }],
      }).map(({ name }) => name),
    ).toEqual(['one', 'two']);
  });

  it('leave out what a pod starts without', () => {
    expect(needed({ volumes: [{ name: 'o', secret: { secretName: 'o', optional: true } }] })).toEqual([]);
  });

  it('leave out what the plan makes itself', () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db', namespace: 'airlock-serving' } };
    const reader = deployment('d', { pod: { volumes: [{ name: 'v', secret: { secretName: 'db' } }] } });
    expect(neededSecrets([secret, reader])).toEqual([]);
  });
});
