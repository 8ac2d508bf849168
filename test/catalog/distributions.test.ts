import { parse } from 'yaml';
import { DISTRIBUTIONS } from '../../catalog/distributions';
import type { NodeRegistration } from '../../catalog/distributions/distribution';

const REGISTRATION: NodeRegistration = {
  labels: { 'airlock.dev/pool': 'h100' },
  taints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }],
  registry: 'registry.site.internal:5443',
  registryCa: 'PEM\n',
};

describe.each(['rke2', 'k3s'] as const)('%s', (name) => {
  it('registers nodes by a drop-in file that appends to what is configured', () => {
    const files = new Map(DISTRIBUTIONS[name].nodeFiles(REGISTRATION).map(({ path, content }) => [path, content]));
    expect(parse(files.get(`/etc/rancher/${name}/config.yaml.d/50-airlock.yaml`) ?? '')).toEqual({
      'node-label+': ['airlock.dev/pool=h100'],
      'node-taint+': ['nvidia.com/gpu=present:NoSchedule'],
    });
  });

  it('trusts the registry by the CA it writes', () => {
    const files = new Map(DISTRIBUTIONS[name].nodeFiles(REGISTRATION).map(({ path, content }) => [path, content]));
    const trust = parse(files.get(`/etc/rancher/${name}/registries.yaml`) ?? '') as {
      configs: Record<string, { tls: { ca_file: string } }>;
    };
    expect(files.get(trust.configs['registry.site.internal:5443']?.tls.ca_file ?? '')).toBe('PEM\n');
  });
});

describe('kubeadm', () => {
  it('registers nodes by the kubelet’s arguments', () => {
    expect(DISTRIBUTIONS.kubeadm.nodeFiles(REGISTRATION)).toContainEqual({
      path: '/etc/default/kubelet',
      content:
        'KUBELET_EXTRA_ARGS="--node-labels=airlock.dev/pool=h100 --register-with-taints=nvidia.com/gpu=present:NoSchedule"\n',
    });
  });

  it('trusts the registry through containerd', () => {
    const files = DISTRIBUTIONS.kubeadm.nodeFiles(REGISTRATION);
    const hosts = files.find(({ path }) => path.endsWith('hosts.toml'))?.content ?? '';
    const ca = /ca = "([^"]+)"/.exec(hosts)?.[1];
    expect(files).toContainEqual({ path: ca, content: 'PEM\n' });
  });
});

describe.each(Object.keys(DISTRIBUTIONS) as (keyof typeof DISTRIBUTIONS)[])('%s', (name) => {
  it('writes no registry trust where the node’s own is enough, and no empty taint', () => {
    const { registry, labels } = REGISTRATION;
    const files = DISTRIBUTIONS[name].nodeFiles({ registry, labels, taints: [] });
    expect(files).toHaveLength(1);
    expect(files[0]?.content).not.toContain('taint');
  });
});
