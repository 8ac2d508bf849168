import type { EnclaveState } from '../../site/generated/enclave';
import { inputs, synth } from './synthesized';

const backendOf = (state: EnclaveState): unknown => {
  const given = inputs();
  return synth({ ...given, enclave: { ...given.enclave, state } }).stack('mirror').terraform.backend;
};

describe('StateBackend', () => {
  it.each<[EnclaveState, object]>([
    [{ backend: 'local' }, { local: { path: '../../../state/mirror.tfstate' } }],
    [{ backend: 'local', directory: '/srv/state' }, { local: { path: '/srv/state/mirror.tfstate' } }],
    [
      { backend: 'kubernetes' },
      {
        kubernetes: {
          namespace: 'airlock-state',
          secret_suffix: 'airlock-mirror',
          labels: { 'app.kubernetes.io/part-of': 'airlock' },
        },
      },
    ],
    [
      { backend: 'http', address: 'https://state.internal/airlock' },
      {
        http: {
          address: 'https://state.internal/airlock/mirror',
          lock_address: 'https://state.internal/airlock/mirror',
          unlock_address: 'https://state.internal/airlock/mirror',
        },
      },
    ],
    [{ backend: 'pg' }, { pg: { schema_name: 'airlock_mirror' } }],
    [{ backend: 'pg', schema: 'site_a' }, { pg: { schema_name: 'site_a_mirror' } }],
  ])('writes %j as the one backend of a stack, each stack with a place of its own', (state, expected) => {
    expect(backendOf(state)).toEqual(expected);
  });

  it('refuses a state folder where the enclave keeps state elsewhere', () => {
    const given = inputs();
    expect(() => synth({ ...given, enclave: { ...given.enclave, state: { backend: 'pg' } } }, '/srv/state')).toThrow(
      'the state is to lie in /srv/state, but the enclave keeps it with pg',
    );
  });
});
