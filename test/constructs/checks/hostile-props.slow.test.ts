/**
 * Every construct with every hostile value in every prop: the programs of the documentation run again, each time with one value
 * replaced. What a prop is stands here once more, by its name, so that a check that is lost or too wide is found.
 */
import * as constructs from '../../../constructs';
import type { ApiServers, Destination, DnsPeer, Flow } from '../../../catalog';
import { AirlockError } from '../../../core/errors';
import { compiled, documentedSamples, type Sample } from '../../docs/samples';
import { withFolder } from '../../stacks/synthesized';
import { HOSTILE, isPlain, kindOf, leaves, type Props, replaced } from './hostile';
import { TestStack } from '../plan';

const PEM = '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n';
const DIGEST = `sha256:${'0'.repeat(64)}`;
const LABELS = { app: 'x' };
const DESTINATION = {
  name: 'db',
  cidr: '10.0.0.5/32',
  port: 5432,
  endPort: 5433,
  protocol: 'TCP',
  owner: 'o',
  reason: 'r',
};

/** Props that the smallest program leaves out. */
const FURTHER: Readonly<Record<string, Props>> = {
  AdmissionGuardrails: {
    exposed: [{ namespace: 'airlock-serving', service: 'door', type: 'NodePort' }],
    hostAccess: ['airlock-serving'],
  },
  ChartRelease: { timeoutSeconds: 60 },
  ClusterEgressTier: { tier: 'cluster-network-policy', priority: 7 },
  ConfinedNamespace: { podSecurity: 'restricted' },
  GatewayRelease: {
    tlsSecret: 'tls',
    database: { secret: 'db', destination: DESTINATION },
    storageClassName: 'fast',
  },
  GpuNodePool: { runtimeClass: 'nvidia', nodeLabels: LABELS, toolkitVersion: '1.19.1', driverVersion: '580.95.05' },
  GpuOperator: { containerdSocket: '/run/containerd/containerd.sock' },
  MonitoringConfig: { dashboardLabels: LABELS, ruleLabels: LABELS, scrapeLabels: LABELS },
  RateLimit: { replicas: 2, storageClassName: 'fast' },
  ServingRelease: {
    weights: { way: 'fetch', ca: PEM, claimName: 'models', storageClassName: 'fast' },
    hostAliases: [{ ip: '10.0.0.5', hostnames: ['registry.internal'] }],
    storageClassName: 'fast',
    storageBytesPerSecond: 1e9,
    servedName: 'chat',
    artifacts: [{ name: 'tiktoken', files: [{ name: 'o200k', digest: DIGEST, totalBytes: 1 }] }],
    adapters: [
      {
        name: 'extra',
        model: {
          name: 'extra',
          digest: DIGEST,
          totalBytes: 1,
          files: [{ path: 'adapter_model.safetensors', size: 1 }],
        },
      },
    ],
    replicas: 1,
    gpus: 1,
    fitOverrule: { approver: 'a', reason: 'r' },
    maxModelLen: 4096,
    concurrency: 4,
    pipelineParallel: 1,
    quantization: 'mxfp4',
    memoryFraction: 0.9,
    drainSeconds: 30,
    toolCallParser: 'openai',
    reasoningParser: 'openai_gptoss',
  },
  SharedWeights: {
    ca: PEM,
    nodeSelector: LABELS,
    tolerations: [{ key: 'a', operator: 'Equal', value: 'b', effect: 'NoSchedule', tolerationSeconds: 3 }],
  },
  TraceCollector: {
    endpoint: { url: 'https://traces.internal', destination: DESTINATION, ca: PEM, header: { name: 'Authorization' } },
    replicas: 1,
    memoryBytes: 2 ** 30,
    storageClassName: 'fast',
  },
  TraceStore: {
    externalDatabase: DESTINATION,
    backup: { schedule: '30 1 * * *', keep: 7 },
    backupBytes: 2 ** 30,
    storageClassName: 'fast',
  },
  WeightMirror: {
    files: [{ name: 'o200k', digest: DIGEST, totalBytes: 1 }],
    stores: [{ name: 'chat', digest: DIGEST, totalBytes: 1 }],
    storageClassName: 'fast',
  },
};

type Constructor = new (...args: unknown[]) => object;
/** Stands between a program and a construct. */
type Change = (construct: string, props: Props) => Props;

const programs = new Map<Sample, (...args: unknown[]) => void>();

function programOf(sample: Sample): (...args: unknown[]) => void {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- running the sample is the test
  const program = programs.get(sample) ?? (new Function('require', 'exports', compiled(sample)) as () => void);
  programs.set(sample, program);
  return program;
}

/** Runs a program of the documentation whose constructs get their props changed. */
function runSample(sample: Sample, change: Change): void {
  const watched = Object.fromEntries(
    Object.entries(constructs).map(([name, value]) => [
      name,
      typeof value !== 'function' || !/^[A-Z]/.test(name)
        ? value
        : new Proxy(value as Constructor, {
            construct: (target, [scope, id, props]: unknown[], made) =>
              Reflect.construct(target, [scope, id, change(name, props as Props)], made) as object,
          }),
    ]),
  );
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- as the program does
  const load = (name: string): unknown => (name === 'airlock/constructs' ? watched : require(name));
  withFolder((folder) => {
    process.env['CDKTF_OUTDIR'] = folder;
    try {
      programOf(sample)(load, {});
    } finally {
      delete process.env['CDKTF_OUTDIR'];
    }
  });
}

/** Each construct of the documentation with its whole props. */
const subjects = documentedSamples().flatMap((sample) => {
  const found = new Map<string, Props>();
  runSample(sample, (construct, props) => {
    found.set(construct, { ...props, ...FURTHER[construct] });
    return props;
  });
  return [...found].map(([construct, props]) => ({ sample, construct, props }));
});
const first = new Map(subjects.reverse().map((subject) => [subject.construct, subject]));
const cases = [...first.values()].sort((a, b) => (a.construct < b.construct ? -1 : 1));

/** What a run with one value replaced says; undefined where nothing was refused. */
function refusal({ sample, construct }: (typeof cases)[number], props: Props): unknown {
  try {
    runSample(sample, (name, given) => (name === construct ? { ...props, ...made(given) } : given));
  } catch (error) {
    return error;
  }
  return undefined;
}

/** What the program makes anew in each run. */
const made = (props: Props): Props =>
  Object.fromEntries(Object.entries(props).filter(([, value]) => !isPlain(value) && typeof value === 'object'));

const isRefusal = (error: unknown): boolean => error instanceof AirlockError && error.kind === 'input';

describe('public constructs', () => {
  it('are all here', () => {
    const all = Object.entries(constructs).filter(
      ([name, value]) => /^[A-Z][a-z]/.test(name) && typeof value === 'function',
    );
    // The lockdown of every namespace has methods, which stand below.
    expect(cases.map(({ construct }) => construct)).toEqual(
      all
        .map(([name]) => name)
        .filter((name) => name !== 'EgressLockdown')
        .sort(),
    );
  });
});

describe.each(cases.map((one) => [one.construct, one] as const))('%s', (construct, one) => {
  const paths = leaves(one.props);

  it('takes its whole props', () => {
    expect(refusal(one, one.props)).toBeUndefined();
  });

  it.each(paths.filter((path) => kindOf(construct, path) !== 'free').map((path) => [path.join('.'), path] as const))(
    'refuses what %s cannot be',
    (_name, path) => {
      const kind = kindOf(construct, path);
      const taken = (HOSTILE[kind] ?? []).filter((value) => {
        return !isRefusal(refusal(one, replaced(one.props, path, value) as Props));
      });
      expect([kind, taken]).toEqual([kind, []]);
    },
  );
});

const FROM = { app: 'client' };
type Method = (namespace: constructs.ConfinedNamespace, args: never) => void;

/** Methods with arguments that they take. */
const METHODS: Readonly<Record<string, readonly [Props, Method]>> = {
  addQuota: [
    { name: 'gpus', hard: { 'requests.nvidia.com/gpu': '4' } },
    (namespace, args: { name: string; hard: Record<string, string> }) => namespace.addQuota(args.name, args.hard),
  ],
  allowBetween: [
    {
      ...{ name: 'calls', from: { namespace: 'here', labels: FROM }, to: { namespace: 'there', labels: FROM } },
      ...{ port: 80, lastPort: 81, protocol: 'TCP', reason: 'r' },
    },
    ({ lockdown }, args: Flow) => lockdown.allowBetween(args),
  ],
  allowDns: [
    {
      labels: FROM,
      dns: { namespace: 'dns', podLabels: FROM, port: 53, nodeLocal: ['169.254.20.10'] },
      reason: 'r',
      policy: 'dns',
    },
    ({ lockdown }, args: { labels: typeof FROM; dns: DnsPeer; reason: string; policy: string }) =>
      lockdown.allowDns(args.labels, args.dns, args.reason, args.policy),
  ],
  allowTo: [
    { destination: DESTINATION, labels: FROM, reason: 'r', policy: 'to-db' },
    ({ lockdown }, args: { destination: Destination; labels: typeof FROM; reason: string; policy: string }) =>
      lockdown.allowTo(args.destination, args.labels, args.reason, args.policy),
  ],
  allowApiServers: [
    { servers: { cidrs: ['10.0.0.5/32'], port: 6443 }, labels: FROM, reason: 'r' },
    ({ lockdown }, args: { servers: ApiServers; labels: typeof FROM; reason: string }) =>
      lockdown.allowApiServers(args.servers, args.labels, args.reason),
  ],
};

describe.each(Object.entries(METHODS))('%s', (name, [args, method]) => {
  const call = (given: unknown): unknown => {
    const namespace = new constructs.ConfinedNamespace(new TestStack(), 'ns', {
      name: 'here',
      kubernetesVersion: '1.34',
    });
    try {
      method(namespace, given as never);
    } catch (error) {
      return error;
    }
    return undefined;
  };

  it('takes its arguments', () => {
    expect(call(args)).toBeUndefined();
  });

  it.each(leaves(args).map((path) => [path.join('.'), path] as const))('refuses what %s cannot be', (_name, path) => {
    const kind = kindOf(name, path);
    const taken = (HOSTILE[kind] ?? []).filter((value) => !isRefusal(call(replaced(args, path, value))));
    expect([kind, taken]).toEqual([kind, []]);
  });
});
