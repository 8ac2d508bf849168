import { checkDeployer } from '../../../cluster/preflight/check-deployer';
import { checkKinds } from '../../../cluster/preflight/check-kinds';
import { checkNodes } from '../../../cluster/preflight/check-nodes';
import { checkResolver } from '../../../cluster/preflight/check-resolver';
import { checkRuntime } from '../../../cluster/preflight/check-runtime';
import { checkSecrets } from '../../../cluster/preflight/check-secrets';
import { checkStorage } from '../../../cluster/preflight/check-storage';
import { checkVersion } from '../../../cluster/preflight/check-version';
import { inputs } from '../../stacks/synthesized';
import { deployment, facts, node } from '../cluster';

const DNS = { namespace: 'kube-system', podLabels: { 'k8s-app': 'kube-dns' }, port: 53 };

describe('preflight, version', () => {
  it.each([
    ['v1.34.4', 'ok'],
    ['v1.34.9+rke2r1', 'ok'],
    ['v1.33.7', 'fail'],
  ])('an API server of %s for a site of 1.34 is %s', (version, status) => {
    const { site } = inputs();
    expect(site.cluster.kubernetesVersion).toBe('1.34');
    expect(checkVersion(facts({ version }), site)).toMatchObject([{ status }]);
  });
});

describe('preflight, deployer', () => {
  const { site, enclave } = inputs();
  const named = { ...enclave, deployers: ['ci', 'alice'] };

  it.each([
    ['ci', named, 'ok'],
    ['eve', named, 'fail'],
    [undefined, named, 'warn'],
    ['system:admin', enclave, 'ok'],
    ['kubernetes-admin', enclave, 'fail'],
  ])(
    'user %s is held against the deployers of the enclave, else the administrator of the distribution',
    (user, given, status) => {
      const [finding] = checkDeployer(facts(user === undefined ? {} : { user }), given, site);
      expect(finding?.status).toBe(status);
      if (status === 'fail') expect(finding?.fix).toContain(`deployers: ["${user ?? ''}"]`);
    },
  );
});

describe('preflight, kinds', () => {
  const group = { apiVersion: 'leaderworkerset.x-k8s.io/v1', kind: 'LeaderWorkerSet', metadata: { name: 'big' } };

  it('fails for a kind that the server does not serve, naming an object that needs it', () => {
    const served = facts({ kinds: new Set(['apps/v1/Deployment']) });
    expect(checkKinds(served, [deployment('chat'), group])).toMatchObject([
      { status: 'fail', message: 'the server does not serve it; LeaderWorkerSet big needs it' },
    ]);
    expect(checkKinds(served, [deployment('chat')])).toMatchObject([{ status: 'ok' }]);
  });

  it('counts kinds that the plan itself defines', () => {
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'x' },
      spec: { group: 'leaderworkerset.x-k8s.io', names: { kind: 'LeaderWorkerSet' }, versions: [{ name: 'v1' }] },
    };
    const served = facts({ kinds: new Set(['apiextensions.k8s.io/v1/CustomResourceDefinition']) });
    expect(checkKinds(served, [definition, group])).toMatchObject([{ status: 'ok' }]);
  });
});

describe('preflight, nodes', () => {
  it('warns of nodes that are missing, not ready or cordoned, and stops nothing', () => {
    const { enclave } = inputs();
    const pools = { h100: { nodes: ['gpu-01', 'gpu-02', 'gpu-03', 'gpu-04'] } };
    const nodes = [node('gpu-01'), node('gpu-02', { ready: false }), node('gpu-03', { cordoned: true })];
    expect(checkNodes(facts({ nodes }), { ...enclave, pools }).map(({ status, message }) => [status, message])).toEqual(
      [
        ['ok', 'ready'],
        ['warn', 'it is not ready'],
        ['warn', 'it is cordoned'],
        ['warn', 'the cluster has no such node'],
      ],
    );
  });
});

describe('preflight, storage', () => {
  const claim = (spec: object) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'weight-mirror', namespace: 'airlock-mirror' },
    spec,
  });
  const standard = { metadata: { name: 'fast' }, provisioner: 'x' };
  const byDefault = {
    metadata: { name: 'std', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'x',
  };

  it.each([
    ['a class that is there', { storageClassName: 'fast' }, 'ok'],
    ['a class that is not', { storageClassName: 'slow' }, 'fail'],
    ['no class, where one is the default', {}, 'ok'],
    ['a volume bound by hand', { storageClassName: '', volumeName: 'pv-1' }, 'ok'],
  ])('%s', (_, spec, status) => {
    expect(checkStorage(facts({ storageClasses: [standard, byDefault] }), [claim(spec)])).toMatchObject([{ status }]);
  });

  it('fails where no class is the default, and lists those there are', () => {
    expect(checkStorage(facts({ storageClasses: [standard] }), [claim({})])).toMatchObject([
      { status: 'fail', fix: 'write storage.className in enclave.yaml; classes: fast' },
    ]);
  });

  it('needs no class for a claim that exists', () => {
    expect(checkStorage(facts({ claims: new Set(['airlock-mirror/weight-mirror']) }), [claim({})])).toMatchObject([
      { status: 'ok' },
    ]);
  });

  it('looks at the claim templates of a StatefulSet too', () => {
    const set = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'chat', namespace: 'airlock-serving' },
      spec: { volumeClaimTemplates: [{ metadata: { name: 'weights' }, spec: { storageClassName: 'local' } }] },
    };
    expect(checkStorage(facts({ storageClasses: [standard] }), [set])).toMatchObject([
      { status: 'fail', subject: 'claims weights of StatefulSet airlock-serving/chat' },
    ]);
  });
});

describe('preflight, DNS', () => {
  const pod = (labels: object, containerPort: number) => ({
    metadata: { labels: { ...labels } },
    spec: { containers: [{ name: 'c', ports: [{ containerPort }] }] },
  });

  it.each([
    ['the labels and the port are right', pod({ 'k8s-app': 'kube-dns' }, 53), 'ok'],
    ['no pod has the labels', pod({ 'k8s-app': 'other' }, 53), 'fail'],
    ['it listens on another port', pod({ 'k8s-app': 'kube-dns' }, 5353), 'fail'],
  ])('where %s', (_, resolver, status) => {
    expect(checkResolver(facts({ resolverPods: [resolver] }), DNS)).toMatchObject([{ status }]);
  });
});

describe('preflight, container runtime', () => {
  const mounting = deployment('chat', {
    pod: { volumes: [{ name: 'weights', image: { reference: 'r/m@sha256:1' } }] },
  });

  it.each([
    ['containerd://2.1.4', 'ok'],
    ['containerd://2.0.5', 'fail'],
    ['containerd://1.7.20', 'fail'],
    ['cri-o://1.33.1', 'ok'],
    ['cri-o://1.30.0', 'fail'],
    ['docker://29.0.0', 'fail'],
  ])('%s and a pod with an image volume: %s', (runtime, status) => {
    expect(checkRuntime(facts({ nodes: [node('gpu-01', { runtime })] }), [mounting])).toMatchObject([{ status }]);
  });

  it('does not care where no pod has one', () => {
    expect(checkRuntime(facts(), [deployment('chat')])).toEqual([]);
  });
});

describe('preflight, secrets', () => {
  it('warns of a missing one with the command that makes it', () => {
    const secret = { namespace: 'n', name: 's', keys: ['k'], type: 'Opaque', usedBy: ['Deployment n/d'] };
    expect(
      checkSecrets([
        { ...secret, state: 'missing', missingKeys: ['k'] },
        { ...secret, state: 'present', missingKeys: [] },
      ]).map(({ status, fix }) => [status, fix]),
    ).toEqual([
      ['warn', 'airlock secrets create n/s'],
      ['ok', undefined],
    ]);
  });
});
