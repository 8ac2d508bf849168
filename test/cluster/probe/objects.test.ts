import { allowEgress, allowIngress, denyAll, probeNamespace, probePod } from '../../../cluster/probe/objects';

describe('objects of the live probe', () => {
  const pod = probePod({
    namespace: 'n',
    name: 'p',
    role: 'client',
    image: 'r/k@sha256:1',
    args: ['probe'],
    node: 'gpu-01',
  });

  it('run where Pod Security demands the restricted profile, with a deadline', () => {
    expect(probeNamespace('n').metadata['labels']).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
    expect(pod['spec']).toMatchObject({
      activeDeadlineSeconds: 600,
      automountServiceAccountToken: false,
      containers: [{ securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
    });
  });

  it('go to the named node whatever its taints', () => {
    expect(pod['spec']).toMatchObject({ tolerations: [{ operator: 'Exists' }] });
    expect(JSON.stringify(pod['spec'])).toContain('"values":["gpu-01"]');
  });

  it('shut everything first, then open one side, then the other', () => {
    expect(denyAll('n')['spec']).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    expect(allowEgress('n')['spec']).toMatchObject({ policyTypes: ['Egress'], egress: [{ ports: [{ port: 8080 }] }] });
    expect(allowIngress('n')['spec']).toMatchObject({
      policyTypes: ['Ingress'],
      ingress: [{ ports: [{ port: 8080 }] }],
    });
  });
});
