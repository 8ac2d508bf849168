import { ACCELERATORS } from '../../../catalog/accelerators';
import { ConfinedNamespace } from '../../../constructs/confinement/confined-namespace';
import { GpuNodePool } from '../../../constructs/nodes/gpu-node-pool';
import { ServingRelease, type ServingReleaseProps } from '../../../constructs/serving/serving-release';
import { digestOf } from '../../../core/digest';
import { COUNT } from '../../../engines/argument-form';
import type { Engine, EngineSpec } from '../../../engines/contract';
import { objectsOf, podOf } from '../../stacks/synthesized';
import { TestStack } from '../plan';

const KIT_IMAGE = `r.internal/k@sha256:${'2'.repeat(64)}`;
const ENGINE_IMAGE = `r.internal/e@sha256:${'1'.repeat(64)}`;
const GIB = 1024 ** 3;

/** An engine that no catalog knows: the construct must not care. */
const SPEC: EngineSpec = {
  command: ['/bin/engine'],
  args: ['--serve', 'x'],
  env: { OFFLINE: '1' },
  port: 9000,
  probes: { startup: '/started', readiness: '/ready', liveness: '/live' },
  metrics: { port: 9000, path: '/metrics' },
  httpPaths: ['/v1/models'],
  limits: { why: 'it answers no more', fix: 'name another serving' },
  writable: [
    { path: '/tmp', sizeBytes: GIB },
    { path: '/cache', sizeBytes: 2 * GIB },
  ],
  sharedMemoryBytes: GIB,
  user: { uid: 1234, gid: 5678 },
  weightBytes: 1_500_000_000,
  warmUpSeconds: 95,
  shutdownSeconds: 20,
  cpu: 3,
  memoryBytes: 4 * GIB,
};

interface Variation {
  readonly spec?: Partial<EngineSpec>;
  readonly accelerator?: string;
  readonly readOnlyRootFilesystem?: boolean;
  readonly props?: Partial<ServingReleaseProps>;
}

function serving({ spec = {}, accelerator = 'nvidia-h100-80gb', readOnlyRootFilesystem, props = {} }: Variation = {}) {
  const stack = new TestStack();
  const asked: unknown[] = [];
  const engine: Engine = {
    name: 'vllm',
    extraFlags: { '--batch': COUNT },
    fieldFlags: { '--context': 'maxModelLen' },
    specify: (request) => {
      asked.push(request);
      return { ...SPEC, ...spec };
    },
  };
  const gpu = accelerator !== 'none';
  new ServingRelease(stack, 'chat', {
    name: 'chat',
    namespace: new ConfinedNamespace(stack, 'ns', { name: 'airlock-serving', kubernetesVersion: '1.34' }),
    pool: new GpuNodePool(stack, 'pool', {
      name: 'p',
      accelerator: ACCELERATORS[accelerator]!,
      platform: 'linux/amd64',
      nodes: ['n1', 'n2'],
      ...(gpu ? { gpusPerNode: 4, runtimeClass: 'nvidia' } : {}),
      ...(readOnlyRootFilesystem === undefined ? {} : { readOnlyRootFilesystem }),
    }),
    engine,
    engineVersion: '1',
    engineImage: ENGINE_IMAGE,
    kitImage: KIT_IMAGE,
    model: { name: 'm', digest: digestOf('m'), totalBytes: 2 * GIB, files: [] },
    mirrorUrl: 'http://mirror',
    ...props,
  });
  const plan = stack.plan();
  const objects = objectsOf(plan, 'chat_release');
  const pod = podOf(plan, 'chat_release');
  return {
    asked,
    objects,
    pod,
    engine: pod.containers[0]!,
    weights: pod.initContainers?.[0],
    spec: objects.find(({ kind }) => kind === 'Deployment')!.spec,
  };
}

describe('ServingRelease', () => {
  it('fetches and verifies the weights by the manifest’s digest before the engine starts', () => {
    expect(serving().weights).toMatchObject({
      image: KIT_IMAGE,
      args: ['weights', 'fetch', '--mirror', 'http://mirror', '--model', `m@${digestOf('m')}`, '--into', '/models/m'],
      volumeMounts: [{ name: 'weights', mountPath: '/models/m' }],
    });
  });

  it('shows the engine the weights read-only, and gives it its writable paths as bounded volumes', () => {
    const { engine, pod } = serving();
    expect(engine.volumeMounts).toEqual([
      { name: 'weights', mountPath: '/models/m', readOnly: true },
      { name: 'scratch-0', mountPath: '/tmp' },
      { name: 'scratch-1', mountPath: '/cache' },
      { name: 'shm', mountPath: '/dev/shm' },
    ]);
    expect(pod.volumes).toEqual([
      { name: 'weights', emptyDir: { sizeLimit: '2215Mi' } },
      { name: 'scratch-0', emptyDir: { sizeLimit: '1024Mi' } },
      { name: 'scratch-1', emptyDir: { sizeLimit: '2048Mi' } },
      { name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: '1024Mi' } },
    ]);
  });

  it('takes command, arguments, environment, port and user from the contract', () => {
    expect(serving().engine).toMatchObject({
      image: ENGINE_IMAGE,
      command: ['/bin/engine'],
      args: ['--serve', 'x'],
      env: [{ name: 'OFFLINE', value: '1' }],
      ports: [{ name: 'http', containerPort: 9000, protocol: 'TCP' }],
      securityContext: { runAsUser: 1234, runAsGroup: 5678 },
    });
  });

  it('gives the start as long as reading the weights and the warm-up take', () => {
    // 1.5 GB at 150 MB/s are 10 s, and 95 s warm-up: 11 probes of 10 s.
    expect(serving().engine.startupProbe).toMatchObject({
      httpGet: { path: '/started', port: 'http' },
      periodSeconds: 10,
      failureThreshold: 11,
    });
  });

  it('counts shared memory into the memory limit, and volumes into the disk request', () => {
    expect(serving().engine.resources).toEqual({
      requests: { cpu: '3', memory: '5120Mi', 'ephemeral-storage': '5287Mi', 'nvidia.com/gpu': '1' },
      limits: { memory: '5120Mi', 'nvidia.com/gpu': '1' },
    });
  });

  it('lets requests end before the kubelet kills the pod', () => {
    const { pod, engine } = serving();
    const preStop = engine.lifecycle?.preStop?.sleep?.seconds ?? 0;
    expect(preStop).toBeGreaterThan(0);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(preStop + SPEC.shutdownSeconds);
  });

  it('gives requests their time before SIGTERM, where the engine drops them at SIGTERM', () => {
    const seconds = (change: Partial<EngineSpec>): [number | undefined, number | undefined] => {
      const { pod, engine } = serving({ spec: change });
      return [engine.lifecycle?.preStop?.sleep?.seconds, pod.terminationGracePeriodSeconds];
    };
    expect(seconds({})).toEqual([10, 40]);
    expect(seconds({ drainSeconds: 30, shutdownSeconds: 5 })).toEqual([40, 55]);
  });

  it('never asks for a surplus GPU during an update', () => {
    expect(serving().spec.strategy?.rollingUpdate).toEqual({ maxSurge: 0, maxUnavailable: 1 });
    expect(serving({ accelerator: 'none' }).spec.strategy?.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
  });

  it('requests no GPU, toleration or runtime class on a pool without accelerators', () => {
    const { asked, engine, pod } = serving({ accelerator: 'none' });
    expect(asked).toMatchObject([{ gpus: 0 }]);
    expect(engine.resources?.limits).toEqual({ memory: '5120Mi' });
    expect([pod.tolerations, pod.runtimeClassName]).toEqual([undefined, undefined]);
    expect(pod.nodeSelector).toMatchObject({ 'airlock.dev/pool': 'p' });
  });

  it('places GPU pods by label, toleration, priority and runtime class of the pool', () => {
    expect(serving().pod).toMatchObject({
      nodeSelector: { 'airlock.dev/pool': 'p' },
      tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
      priorityClassName: 'airlock-p',
      runtimeClassName: 'airlock-p',
    });
  });

  it('protects several replicas from being drained at once, and spreads them', () => {
    const budget = (replicas: number) =>
      serving({ props: { replicas } }).objects.find(({ kind }) => (kind as string) === 'PodDisruptionBudget');
    expect(budget(1)).toBeUndefined();
    expect(budget(2)?.spec).toMatchObject({ maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' });
    expect(serving({ props: { replicas: 2 } }).pod.topologySpreadConstraints).toHaveLength(1);
  });

  it('loosens the root file system only on GPU pools that say so', () => {
    const readOnly = (variation: Variation) => serving(variation).engine.securityContext?.readOnlyRootFilesystem;
    expect(readOnly({})).toBe(true);
    expect(readOnly({ readOnlyRootFilesystem: false })).toBe(false);
    expect(readOnly({ readOnlyRootFilesystem: false, accelerator: 'none' })).toBe(true);
  });

  it.each([
    [['--remote-code'], 'nobody reviewed "--remote-code" for vllm'],
    [['--batch', '/etc/x'], '--batch must not be "/etc/x"'],
    [['--serve=y'], '--serve is already set by the contract of vllm'],
    [['--context', '9'], '--context has a field of its own'],
  ])('refuses further arguments %s', (extraArgs, message) => {
    expect(() => serving({ props: { extraArgs } })).toThrow(message);
  });

  it('passes further arguments that the contract leaves open', () => {
    expect(serving({ props: { extraArgs: ['--batch', '8'] } }).engine.args).toEqual(['--serve', 'x', '--batch', '8']);
  });

  it('asks the engine under the name that the API offers, and labels pods with it', () => {
    const { asked, pod, spec } = serving({ props: { servedName: 'assistant' } });
    expect(asked).toMatchObject([{ servedName: 'assistant', serving: 'chat' }]);
    expect(spec.template.metadata?.labels).toMatchObject({ 'airlock.dev/served-name': 'assistant' });
    expect(pod.affinity?.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution).toMatchObject([
      { podAffinityTerm: { labelSelector: { matchLabels: { 'airlock.dev/served-name': 'assistant' } } } },
    ]);
  });

  it('brings adapters as verified models of their own', () => {
    const adapter = { name: 'law', model: { name: 'law-lora', digest: digestOf('l'), totalBytes: GIB, files: [] } };
    const { asked, pod, engine } = serving({ props: { adapters: [adapter] } });
    expect(asked).toMatchObject([{ adapters: [{ name: 'law', path: '/adapters/law' }] }]);
    expect(pod.initContainers?.map(({ args }) => args?.slice(-3))).toEqual([
      [`m@${digestOf('m')}`, '--into', '/models/m'],
      [`law-lora@${digestOf('l')}`, '--into', '/adapters/law'],
    ]);
    expect(engine.volumeMounts?.slice(0, 2)).toEqual([
      { name: 'weights', mountPath: '/models/m', readOnly: true },
      { name: 'weights-1', mountPath: '/adapters/law', readOnly: true },
    ]);
  });

  it('lets a start-up command wait as long as the start may take', () => {
    const { engine } = serving({ spec: { probes: { startup: { exec: ['/x'] }, readiness: '/r', liveness: '/l' } } });
    expect(engine.startupProbe).toMatchObject({ exec: { command: ['/x'] }, timeoutSeconds: 105 });
  });

  it('gives metrics a port of their own where the engine does', () => {
    expect(serving().engine.ports).toHaveLength(1);
    expect(serving({ spec: { metrics: { port: 9001, path: '/m' } } }).engine.ports?.[1]).toMatchObject({
      name: 'metrics',
      containerPort: 9001,
    });
  });

  it('refuses an engine that would run as root', () => {
    expect(() => serving({ spec: { user: { uid: 0, gid: 0 } } })).toThrow('runs as root');
  });
});
