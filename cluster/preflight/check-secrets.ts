/** Whether the Secrets that the plan names are in the cluster. */
import type { SecretState } from '../secrets/cluster-secrets';
import { type Finding, ok, warn } from './finding';

/** A warning: pods wait for a Secret, and its namespace may not be there before the first deployment. */
export const checkSecrets = (states: readonly SecretState[]): Finding[] =>
  states.map(({ namespace, name, state, missingKeys, usedBy }) => {
    const subject = `Secret ${namespace}/${name}`;
    if (state === 'present') return ok('secrets', subject, 'it is there');
    const what = state === 'missing' ? 'it is missing' : `it lacks ${missingKeys.join(', ')}`;
    return warn(
      'secrets',
      subject,
      `${what}; ${usedBy.join(', ')} cannot start without it`,
      `airlock secrets create ${namespace}/${name}`,
    );
  });
