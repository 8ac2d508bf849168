/** Pods by hand that Pod Security restricted takes. */
import type { PlainObject } from '../../../audit/kubernetes/plain.js';

export const container = (image: string, name = 'c'): object => ({
  name,
  image,
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } },
});

/**
 * @param spec replaces fields of the pod
 * @param change replaces fields of its container
 */
export const pod = (namespace: string, image: string, spec: object = {}, change: object = {}): PlainObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'by-hand', namespace },
  spec: {
    securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [{ ...container(image), ...change }],
    ...spec,
  },
});

/** An image that no lock has. */
export const UNLOCKED = `docker.io/library/busybox@sha256:${'1'.repeat(64)}`;
