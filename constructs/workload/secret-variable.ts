import type { EnvVar } from 'kubernetes-types/core/v1';

/** An environment variable whose value only the cluster has. */
export const secretVariable = (name: string, secret: string, key: string): EnvVar => ({
  name,
  valueFrom: { secretKeyRef: { name: secret, key } },
});
