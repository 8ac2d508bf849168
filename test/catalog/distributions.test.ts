import { parse, parseAllDocuments } from 'yaml';
import { DISTRIBUTIONS, type DistributionName } from '../../catalog/distributions';
import type { NodeRegistration } from '../../catalog/distributions/distribution';
import siteSchema from '../../site/schema/site.schema.json';

const REGISTRATION: NodeRegistration = {
  labels: { 'airlock.dev/pool': 'h100' },
  taints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }],
  registry: 'registry.site.internal:5443',
  registryCa: 'PEM\n',
  mirrors: [
    { host: 'docker.io', folder: 'docker.io' },
    { host: 'registry.dev:5000', folder: 'registry.dev-5000' },
  ],
};

const filesOf = (name: DistributionName, registration = REGISTRATION): Map<string, string> =>
  new Map(DISTRIBUTIONS[name].nodeFiles(registration).map(({ path, content }) => [path, content]));

describe('the catalog', () => {
  it('knows the distributions that a site may name', () => {
    expect([...siteSchema.properties.cluster.properties.distribution.enum].sort()).toEqual(
      Object.keys(DISTRIBUTIONS).sort(),
    );
  });

  it.each(['rke2', 'k3s', 'kubeadm', 'talos'] as const)('finds DNS of %s where kubeadm puts it', (name) => {
    expect(DISTRIBUTIONS[name].dns).toEqual({
      namespace: 'kube-system',
      podLabels: { 'k8s-app': 'kube-dns' },
      port: 53,
    });
  });

  it('finds DNS of OpenShift in its own namespace, on the port of the pods', () => {
    expect(DISTRIBUTIONS.openshift.dns).toEqual({
      namespace: 'openshift-dns',
      podLabels: { 'dns.operator.openshift.io/daemonset-dns': 'default' },
      port: 5353,
    });
  });
});

describe.each(['rke2', 'k3s'] as const)('%s', (name) => {
  it('registers nodes by a drop-in file that appends to what is configured', () => {
    expect(parse(filesOf(name).get(`/etc/rancher/${name}/config.yaml.d/50-airlock.yaml`) ?? '')).toEqual({
      'node-label+': ['airlock.dev/pool=h100'],
      'node-taint+': ['nvidia.com/gpu=present:NoSchedule'],
      'disable-default-registry-endpoint': true,
    });
  });

  it('trusts the registry by the CA it writes, and finds images of other hosts there', () => {
    const files = filesOf(name);
    const registries = parse(files.get(`/etc/rancher/${name}/registries.yaml`) ?? '') as {
      configs: Record<string, { tls: { ca_file: string } }>;
      mirrors: object;
    };
    expect(files.get(registries.configs['registry.site.internal:5443']?.tls.ca_file ?? '')).toBe('PEM\n');
    expect(registries.mirrors).toEqual({
      'docker.io': { endpoint: ['https://registry.site.internal:5443'], rewrite: { '^(.*)$': 'docker.io/$1' } },
      'registry.dev:5000': {
        endpoint: ['https://registry.site.internal:5443'],
        rewrite: { '^(.*)$': 'registry.dev-5000/$1' },
      },
    });
  });
});

describe('kubeadm', () => {
  it('registers nodes by the kubelet’s arguments', () => {
    expect(filesOf('kubeadm').get('/etc/default/kubelet')).toBe(
      'KUBELET_EXTRA_ARGS="--node-labels=airlock.dev/pool=h100 --register-with-taints=nvidia.com/gpu=present:NoSchedule"\n',
    );
  });

  it('trusts the registry through containerd', () => {
    const files = filesOf('kubeadm');
    const hosts = files.get('/etc/containerd/certs.d/registry.site.internal:5443/hosts.toml') ?? '';
    expect(files.get(/ca = "([^"]+)"/.exec(hosts)?.[1] ?? '')).toBe('PEM\n');
  });

  it('sends containerd to a folder of the registry for other hosts, and never to them', () => {
    const url = 'https://registry.site.internal:5443/v2/docker.io';
    const ca = '/etc/containerd/certs.d/registry.site.internal:5443/ca.pem';
    expect(filesOf('kubeadm').get('/etc/containerd/certs.d/docker.io/hosts.toml')).toBe(
      `server = "${url}"\noverride_path = true\nca = "${ca}"\n\n` +
        `[host."${url}"]\n  override_path = true\n  ca = "${ca}"\n`,
    );
  });
});

describe('Talos', () => {
  it('has one patch: labels, taints for the first registration, mirrors without fallback, and the CA', () => {
    expect(parse(filesOf('talos').get('talos/airlock-patch.yaml') ?? '')).toEqual({
      machine: {
        nodeLabels: { 'airlock.dev/pool': 'h100' },
        kubelet: {
          extraConfig: { registerWithTaints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }] },
        },
        registries: {
          mirrors: {
            'docker.io': {
              endpoints: ['https://registry.site.internal:5443/v2/docker.io'],
              overridePath: true,
              skipFallback: true,
            },
            'registry.dev:5000': {
              endpoints: ['https://registry.site.internal:5443/v2/registry.dev-5000'],
              overridePath: true,
              skipFallback: true,
            },
          },
          config: { 'registry.site.internal:5443': { tls: { ca: Buffer.from('PEM\n').toString('base64') } } },
        },
      },
    });
  });
});

describe('OpenShift', () => {
  it('hands labels and taints to nodes through the MachineSet', () => {
    expect(parse(filesOf('openshift').get('openshift/machineset-patch.yaml') ?? '')).toEqual({
      spec: {
        template: {
          spec: {
            metadata: { labels: { 'airlock.dev/pool': 'h100' } },
            taints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }],
          },
        },
      },
    });
  });

  it('mirrors by digest and never contacts the source', () => {
    expect(parse(filesOf('openshift').get('openshift/registry-mirrors.yaml') ?? '')).toMatchObject({
      apiVersion: 'config.openshift.io/v1',
      kind: 'ImageDigestMirrorSet',
      spec: {
        imageDigestMirrors: [
          {
            source: 'docker.io',
            mirrors: ['registry.site.internal:5443/docker.io'],
            mirrorSourcePolicy: 'NeverContactSource',
          },
          { source: 'registry.dev:5000', mirrors: ['registry.site.internal:5443/registry.dev-5000'] },
        ],
      },
    });
  });

  it('trusts the registry by a ConfigMap that the image configuration names', () => {
    const [map, image] = parseAllDocuments(filesOf('openshift').get('openshift/registry-trust.yaml') ?? '').map(
      (document) => document.toJS() as { data?: object; metadata: { name: string }; spec?: object },
    );
    expect(map?.data).toEqual({ 'registry.site.internal..5443': 'PEM\n' });
    expect(image?.spec).toEqual({ additionalTrustedCA: { name: map?.metadata.name } });
  });

  it('lets a namespace’s pods have the ids of the engines’ images, and a category pair of its own', () => {
    const annotations = DISTRIBUTIONS.openshift.namespaceAnnotations?.('airlock-serving') ?? {};
    const [start, size] = (annotations['openshift.io/sa.scc.uid-range'] ?? '').split('/').map(Number);
    for (const uid of [2000, 65532]) expect(uid >= start! && uid < start! + size!).toBe(true);
    expect(annotations['openshift.io/sa.scc.supplemental-groups']).toBe('65532/1');
    const level = annotations['openshift.io/sa.scc.mcs'];
    expect(level).toMatch(/^s0:c1023,c\d{1,4}$/);
    expect(DISTRIBUTIONS.openshift.namespaceAnnotations?.('airlock-mirror')['openshift.io/sa.scc.mcs']).not.toBe(level);
  });
});

describe.each(Object.keys(DISTRIBUTIONS) as DistributionName[])('%s', (name) => {
  it('writes no registry settings where the node’s own are enough, and no empty taint', () => {
    const { registry, labels } = REGISTRATION;
    const files = DISTRIBUTIONS[name].nodeFiles({ registry, labels, taints: [], mirrors: [] });
    expect(files).toHaveLength(1);
    expect(files[0]?.content).not.toMatch(/taint|registr/i);
  });
});
