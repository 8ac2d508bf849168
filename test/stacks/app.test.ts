import crypto from 'node:crypto';
import { spyOn } from 'jest-mock';
import { AirlockError } from '../../core/errors';
import type { Destination } from '../../site/generated/enclave';
import { type Inputs, inputs, objectsOf, podOf, releasesOf, shareContent, synth } from './synthesized';

const failure = (change: (given: Inputs) => void): AirlockError => {
  const given = inputs();
  change(given);
  try {
    synth(given);
  } catch (error) {
    if (error instanceof AirlockError) return error;
    throw error;
  }
  throw new Error('synthesis passed');
};

describe('synthesis of a site', () => {
  it('writes the same bytes every time, without a path of this machine', () => {
    const [first, second] = [synth().files, synth().files];
    expect([...second]).toEqual([...first]);
    const text = [...first.values()].join('\n');
    expect(text).not.toContain(process.cwd());
    expect(text).not.toMatch(/airlock-synth-|\/home\/(?!airlock)/);
  });

  it('writes four stacks that apply in order and refer to none of each other’s resources', () => {
    const { files } = synth();
    const manifest = JSON.parse(files.get('manifest.json') ?? '') as {
      stacks: Record<string, { dependencies: string[] }>;
    };
    expect(Object.entries(manifest.stacks).map(([name, { dependencies }]) => [name, dependencies])).toEqual([
      ['guardrails', ['platform']],
      ['mirror', ['guardrails']],
      ['platform', []],
      ['serving', ['mirror']],
    ]);
    expect([...files.values()].join()).not.toContain('terraform_remote_state');
  });

  it('keeps state beside the output, or where it is told', () => {
    expect(synth().stack('mirror').terraform.backend.local.path).toBe('../../../state/mirror.tfstate');
    expect(synth(inputs(), '/srv/state').stack('serving').terraform.backend.local.path).toBe(
      '/srv/state/serving.tfstate',
    );
  });

  it('guards what holds state against being destroyed, unless somebody names the site', () => {
    const guarded = (allowDestroy?: string) =>
      Object.entries(synth(inputs(), undefined, allowDestroy).stack('mirror').resource).flatMap(([type, named]) =>
        Object.values(named).some(({ lifecycle }) => JSON.stringify(lifecycle) === '{"prevent_destroy":true}')
          ? [type]
          : [],
      );
    expect(guarded()).toEqual(['kubernetes_namespace_v1', 'kubernetes_persistent_volume_claim_v1']);
    expect(guarded('nordlicht')).toEqual([]);
    expect(() => guarded('other')).toThrow('AIRLOCK_ALLOW_DESTROY is "other", the site is "nordlicht"');
  });

  it('names every image by a locked digest on the registry of the enclave', () => {
    const { stack } = synth();
    const images = ['mirror', 'serving'].flatMap((name) =>
      releasesOf(stack(name)).flatMap((release) => {
        const { containers, initContainers = [] } = podOf(stack(name), release);
        return [...initContainers, ...containers].map(({ image }) => image);
      }),
    );
    expect(images).toHaveLength(6);
    for (const image of images)
      expect(image).toMatch(/^registry\.nordlicht\.internal:5443\/[^:]+@sha256:[0-9a-f]{64}$/);
  });

  it('lets every workload depend on its namespace, the deny-all policy and all other policies', () => {
    const { stack } = synth();
    for (const name of ['mirror', 'serving']) {
      const policies = Object.keys(stack(name).resource['kubernetes_network_policy_v1'] ?? {});
      expect(policies).toContain('namespace_lockdown_deny-all');
      for (const release of Object.values(stack(name).resource['helm_release'] ?? {})) {
        expect(release.depends_on).toEqual(
          expect.arrayContaining([
            'kubernetes_namespace_v1.namespace',
            ...policies.map((policy) => `kubernetes_network_policy_v1.${policy}`),
          ]),
        );
      }
    }
  });

  it('opens these flows and no others', () => {
    const { stack } = synth();
    const names = (name: string) => Object.keys(stack(name).resource['kubernetes_network_policy_v1'] ?? {}).sort();
    expect(names('platform')).toEqual([]);
    expect(names('mirror')).toEqual([
      'namespace_lockdown_allow-to-registry',
      'namespace_lockdown_allow-weights-ingress',
      'namespace_lockdown_deny-all',
    ]);
    expect(names('serving')).toEqual([
      'namespace_lockdown_allow-dns',
      'namespace_lockdown_allow-weights-egress',
      'namespace_lockdown_deny-all',
    ]);
  });

  it('bounds the GPUs of the serving namespace to what the servings request while they are replaced', () => {
    const quota = synth().stack('serving').resource['kubernetes_resource_quota_v1'];
    expect(Object.values(quota ?? {})[0]?.['spec']).toEqual({ hard: { 'requests.nvidia.com/gpu': '4' } });
  });

  it('prints the files that make nodes join their pool', () => {
    const value = synth().stack('platform').output?.['node-registration']?.value as Record<
      string,
      { nodes: string[]; files: { path: string; content: string }[] }
    >;
    expect(value['h100']?.nodes).toEqual(['gpu-01', 'gpu-02']);
    expect(value['h100']?.files[1]).toEqual({
      path: '/etc/rancher/rke2/config.yaml.d/50-airlock.yaml',
      content:
        'node-label+:\n  - "airlock.dev/pool=h100"\nnode-taint+:\n  - "nvidia.com/gpu=present:NoSchedule"\n' +
        'disable-default-registry-endpoint: true\n',
    });
  });

  it('uses no MD5, so that Node in FIPS mode synthesizes too', () => {
    const createHash = spyOn(crypto, 'createHash');
    synth();
    const used = new Set(createHash.mock.calls.map(([algorithm]) => algorithm));
    createHash.mockRestore();
    expect(used).toContain('sha256');
    expect(used).not.toContain('md5');
  });

  it('ships the chart in the output under a path that changes with its content', () => {
    const { files, stack } = synth();
    const chart = stack('mirror').resource['helm_release']?.['weight-mirror_release']?.['chart'] as string;
    expect(chart).toMatch(/^\.\/assets\/envelope-chart\/[0-9a-f]{32}$/);
    expect(files.get(`stacks/mirror/${chart.slice(2)}/templates/objects.yaml`)).toContain('toPrettyJson');
  });

  it('writes every object of a release into its own namespace', () => {
    const { stack } = synth();
    for (const object of objectsOf(stack('serving'), 'serving-chat_release')) {
      expect(object.metadata?.namespace).toBe('airlock-serving');
    }
  });
});

describe('contradictions between the files', () => {
  it('refuses a lock that does not fit the site, as a failed check', () => {
    const error = failure(({ site }) => void (site.servings[0]!.engine.version = '0.28.0'));
    expect(error.message).toMatch(/^the lock does not fit the site: .*engine-vllm-0\.28\.0/);
    expect([error.kind, error.fix]).toEqual(['check', 'run `airlock lock`']);
  });

  it('refuses an enclave of another site', () => {
    expect(failure(({ enclave }) => void (enclave.site = 'other')).message).toMatch(/enclave is for site "other"/);
  });

  it('demands a destination for the registry', () => {
    const error = failure(({ enclave }) => void (enclave.network.destinations = []));
    expect(error.message).toMatch(/declares no destination "registry"/);
    expect(error.fix).toMatch(/port: 5443/);
  });

  it.each<[string, Partial<Destination>]>([
    ['another port', { port: 443 }],
    ['another protocol', { protocol: 'UDP' }],
  ])('refuses a registry destination with %s', (_case, change) => {
    const error = failure(({ enclave }) => void Object.assign(enclave.network.destinations[0]!, change));
    expect(error.message).toMatch(/^destination "registry" is (TCP port 443|UDP port 5443), but it stands for /);
  });

  it('refuses more GPUs than a node has', () => {
    const error = failure(({ site }) => void (site.servings[0]!.gpus = 16));
    expect(error.message).toBe('serving "chat" wants 16 GPUs for each replica; nodes of pool "h100" have 8');
    expect(error.fix).toMatch(/^write gpus: 8 or less/);
  });

  it('refuses GPUs on a pool without accelerators', () => {
    expect(failure(({ site }) => void (site.servings[1]!.gpus = 1)).fix).toMatch(/^leave gpus out/);
  });

  it('refuses more replicas than the nodes have room for', () => {
    const error = failure(({ site }) => void Object.assign(site.servings[0]!, { gpus: 5, replicas: 3 }));
    // Nor could 5 GPUs share its heads.
    const messages = error.faults.map(({ message }) => message);
    expect(messages[0]).toMatch(/3 replicas of 5 GPUs; pool "h100" has room for 2 \(2 nodes of 8\)/);
    expect(messages).toHaveLength(2);
  });

  it('refuses servings that share a pool and together exceed it', () => {
    const error = failure(({ site, lock }) => {
      site.servings[0]!.gpus = 8;
      site.servings.push({ ...site.servings[0]!, name: 'chat2', replicas: 1, gpus: 1 });
      shareContent(lock, 'chat', 'chat2');
    });
    expect(error.message).toMatch(/pool "h100" has 16 GPUs; its servings want 17: chat 2 × 8, chat2 1 × 1/);
  });

  it('shows the arithmetic when the weights cannot fit', () => {
    const error = failure(({ lock }) => {
      lock.models[0]!.shape!.checkpointBytes *= 10;
    });
    expect(error.message).toMatch(
      /weights 128\.1\d GiB \/ 1 GPU = 128\.1\d GiB \+ overhead 1\.20 GiB \+ key-value cache \d\.\d+ GiB .* = 130\.\d+ GiB of 79/,
    );
    expect(error.fix).toBe('write gpus: 2');
    expect(error.kind).toBe('check');
  });

  it('demands gpusPerNode of a pool with accelerators', () => {
    expect(
      failure(({ site }) => {
        delete site.pools[0]!.gpusPerNode;
      }).message,
    ).toMatch(/pool "h100" has accelerators/);
  });
});
