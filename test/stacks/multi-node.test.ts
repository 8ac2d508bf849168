import type { Container, PodTemplateSpec } from 'kubernetes-types/core/v1';
import { changeEngine, type Inputs, inputs, objectsOf, podOf, type Stack, synth } from './synthesized';

/** The fixture with its large model on two whole nodes. */
function twoNodes(vary: (serving: Inputs['site']['servings'][number]) => void = () => undefined): Stack {
  const given = inputs();
  const [chat] = given.site.servings;
  Object.assign(chat!, { nodes: 2, gpus: 8, replicas: 1 });
  vary(chat!);
  return synth(given).stack('serving');
}

interface GroupSpec {
  readonly replicas: number;
  readonly leaderWorkerTemplate: {
    readonly size: number;
    readonly leaderTemplate: PodTemplateSpec;
    readonly workerTemplate: PodTemplateSpec;
  };
}

const RELEASE = 'serving-chat_release';
const groupOf = (stack: Stack) => {
  const set = objectsOf(stack, RELEASE).find(({ kind }) => (kind as string) === 'LeaderWorkerSet')!;
  const { leaderWorkerTemplate, replicas } = set.spec as unknown as GroupSpec;
  const { leaderTemplate, workerTemplate, size } = leaderWorkerTemplate;
  return { set, replicas, size, leader: leaderTemplate, worker: workerTemplate };
};
const engineOf = ({ spec }: PodTemplateSpec): Container => spec!.containers[0]!;
const valueOf = ({ args = [] }: Container, flag: string) => args[args.indexOf(flag) + 1];

describe('a serving on several nodes', () => {
  const stack = twoNodes();
  const { set, replicas, size, leader, worker } = groupOf(stack);

  it('is a LeaderWorkerSet in place of a Deployment, whose headless Service takes no name of ours', () => {
    expect(objectsOf(stack, RELEASE).map(({ kind, metadata }) => `${kind as string} ${metadata?.name ?? ''}`)).toEqual([
      'LeaderWorkerSet chat-group',
      'Service chat',
    ]);
    expect([replicas, size]).toEqual([1, 2]);
    expect(set.spec).toMatchObject({ leaderWorkerTemplate: { restartPolicy: 'RecreateGroupOnPodRestart' } });
  });

  it('splits tensors inside a node and layers between nodes, without Ray', () => {
    for (const template of [leader, worker]) {
      const engine = engineOf(template);
      expect(
        ['--tensor-parallel-size', '--pipeline-parallel-size', '--nnodes', '--distributed-executor-backend'].map(
          (flag) => valueOf(engine, flag),
        ),
      ).toEqual(['8', '2', '2', 'mp']);
      expect(valueOf(engine, '--master-addr')).toBe('$(LWS_LEADER_ADDRESS)');
      expect(engine.resources?.limits?.['nvidia.com/gpu']).toBe('8');
    }
    expect([valueOf(engineOf(leader), '--node-rank'), valueOf(engineOf(worker), '--node-rank')]).toEqual([
      '0',
      '$(LWS_WORKER_INDEX)',
    ]);
  });

  it('answers through the leader alone; workers are not asked', () => {
    const { spec } = objectsOf(stack, RELEASE).find(({ kind }) => (kind as string) === 'Service')!;
    const { selector } = spec as unknown as { selector: Record<string, string> };
    expect(leader.metadata?.labels).toMatchObject(selector);
    expect(worker.metadata?.labels).not.toMatchObject(selector);
    expect(engineOf(worker)).not.toHaveProperty('readinessProbe');
    expect(engineOf(worker)).not.toHaveProperty('ports');
    expect(engineOf(worker).args).toContain('--headless');
    expect(engineOf(leader).args).not.toContain('--headless');
  });

  it('lets the leader wait for workers whose weights come last', () => {
    const budgetOf = (container: Container) =>
      (container.startupProbe?.failureThreshold ?? 0) * (container.startupProbe?.periodSeconds ?? 0);
    const alone = podOf(synth(inputs()).stack('serving'), RELEASE).containers[0]!;
    // 13.8 GB at 25 MB/s.
    expect(budgetOf(engineOf(leader)) - budgetOf(alone)).toBeGreaterThan(540);
  });

  it('verifies the weights on every node', () => {
    expect(leader.spec?.initContainers?.length).toBeGreaterThan(0);
    expect(worker.spec?.initContainers).toEqual(leader.spec?.initContainers);
    expect(engineOf(worker).volumeMounts).toEqual(engineOf(leader).volumeMounts);
  });

  it('lets its pods, and no others, talk among each other on the ports that the kernel may give them', () => {
    const policies = stack.resource['kubernetes_network_policy_v1'] ?? {};
    const group = Object.entries(policies).filter(([name]) => name.includes('group-chat'));
    expect(group.map(([name]) => name.split('_').at(-1))).toEqual([
      'allow-group-chat-egress',
      'allow-group-chat-ingress',
    ]);
    for (const [, { spec }] of group) {
      const text = JSON.stringify(spec);
      expect(text).toContain('"end_port":41999');
      expect(text).toContain('"port":"40000"');
      expect(text.match(/"app.kubernetes.io\/instance":"chat"/g)).toHaveLength(2);
    }
    for (const { spec } of [leader, worker]) {
      expect(spec?.securityContext?.sysctls).toEqual([{ name: 'net.ipv4.ip_local_port_range', value: '40001 41999' }]);
    }
  });

  it('counts the GPUs of all nodes, and those of a group that leaves while the next one starts', () => {
    expect(JSON.stringify(stack.resource['kubernetes_resource_quota_v1'])).toContain('"requests.nvidia.com/gpu":"32"');
  });

  it('needs as many nodes as it names', () => {
    expect(() => twoNodes((serving) => void (serving.replicas = 2))).toThrow('pool "h100" has room for 2');
  });

  it('is refused where each replica caches its weights in a claim', () => {
    const given = inputs();
    Object.assign(given.site.servings[0]!, { nodes: 2, gpus: 8, replicas: 1 });
    given.site.pools[0]!.weights = 'cache';
    expect(() => synth(given)).toThrow('serving "chat" spans several nodes, and its pool caches weights');
  });

  it('may look up its leader although no mirror is looked up', () => {
    const given = inputs();
    Object.assign(given.site.servings[0]!, { nodes: 2, gpus: 8, replicas: 1 });
    given.enclave.weights = { mirror: false };
    const policies = synth(given).stack('serving').resource['kubernetes_network_policy_v1'] ?? {};
    expect(JSON.stringify(policies['namespace_lockdown_allow-dns'])).toContain('the pods of chat find each other');
  });

  it('gives SGLang its own words for the same', () => {
    const given = inputs();
    Object.assign(given.site.servings[0]!, { nodes: 2, gpus: 8, replicas: 1 });
    changeEngine(given, 'chat', { name: 'sglang', version: '0.5.20' }, 'docker.io/lmsysorg/sglang');
    const group = groupOf(synth(given).stack('serving'));
    expect(valueOf(engineOf(group.worker), '--dist-init-addr')).toBe('$(LWS_LEADER_ADDRESS):40000');
    expect(['--tp-size', '--pp-size', '--nnodes'].map((flag) => valueOf(engineOf(group.leader), flag))).toEqual([
      '8',
      '2',
      '2',
    ]);
  });
});
