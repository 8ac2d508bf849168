/** The live probe: does the network plugin enforce policies, do nodes pull from the registry, is the internet away? */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pod } from 'kubernetes-types/core/v1';
import type { PlainObject } from '../../audit/kubernetes/plain';
import { AirlockError, environmentFailed } from '../../core/errors';
import { type Line, show } from '../../core/visible';
import type { Kubectl } from '../kubectl';
import { fail, type Finding, ok } from '../preflight/finding';
import { allowEgress, allowIngress, denyAll, PROBE_PORT, probeNamespace, probePod, type ProbePod } from './objects';

const MANAGER = 'airlock-preflight';
const POLL_MS = 1000;
/** Seconds that a pod may take to start: a node may pull the kit's image first. */
const START_SECONDS = 240;
/** Seconds that a policy may take to come into force. */
const POLICY_SECONDS = 60;
/** Waiting reasons of the kubelet that mean the image does not come (pkg/kubelet/images/types.go). */
const PULL_FAILED = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'RegistryUnavailable',
]);

export interface LiveProbeOptions {
  readonly kubectl: Kubectl;
  /** Namespace to make for the probe and to delete after it. */
  readonly namespace: string;
  /**
   * Annotations without which the distribution refuses the probe's pods.
   *
   * @default - none
   */
  readonly annotations?: Readonly<Record<string, string>>;
  /** The kit's image, by digest on the enclave's registry. */
  readonly image: string;
  /** `host:port` of what must not be reachable. */
  readonly internet: readonly string[];
  /** Nodes that must be able to pull, by name. */
  readonly nodes: readonly string[];
  /** Told what happens, a line each. */
  readonly log: (line: Line) => void;
  /**
   * Whether the namespace is left for a look.
   *
   * @default false
   */
  readonly keep?: boolean;
}

/** A pod's end or readiness; `pull` where its image does not come. */
type Outcome = {
  readonly phase: 'ready' | 'succeeded' | 'failed' | 'pull' | 'timeout';
  readonly detail: string;
  readonly pod: Pod;
};

function outcomeOf(pod: Pod): Outcome | undefined {
  const { phase = 'Pending', containerStatuses = [], conditions = [] } = pod.status ?? {};
  const waiting = containerStatuses[0]?.state?.waiting;
  if (PULL_FAILED.has(waiting?.reason ?? ''))
    return { phase: 'pull', detail: waiting?.message ?? waiting?.reason ?? '', pod };
  if (phase === 'Succeeded') return { phase: 'succeeded', detail: '', pod };
  if (phase === 'Failed') {
    const ended = containerStatuses[0]?.state?.terminated;
    return { phase: 'failed', detail: ended?.reason ?? pod.status?.reason ?? '', pod };
  }
  const ready = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  return ready ? { phase: 'ready', detail: '', pod } : undefined;
}

class LiveProbe {
  public constructor(private readonly options: LiveProbeOptions) {}

  public async start(pod: Omit<ProbePod, 'namespace' | 'image'>): Promise<void> {
    const { namespace, image } = this.options;
    await this.apply(probePod({ ...pod, namespace, image }));
  }

  public async apply(object: PlainObject): Promise<void> {
    await this.options.kubectl.apply([object], MANAGER);
  }

  /** Waits for the end of a pod, or, of a server, for its readiness. */
  public async outcome(name: string, wanted: 'ready' | 'end'): Promise<Outcome> {
    const { kubectl, namespace } = this.options;
    const until = Date.now() + (START_SECONDS + POLICY_SECONDS) * 1000;
    for (;;) {
      const pod = await kubectl.find<Pod>('pod', name, namespace);
      if (pod === undefined)
        throw environmentFailed(
          'PROBE_FAILED',
          `pod ${namespace}/${name} is gone`,
          'leave the namespace of the probe alone',
        );
      const outcome = outcomeOf(pod);
      if (outcome !== undefined && (wanted === 'ready' || outcome.phase !== 'ready')) return outcome;
      if (Date.now() > until) {
        const scheduled = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
        return { phase: 'timeout', detail: scheduled?.message ?? `still ${pod.status?.phase ?? 'Pending'}`, pod };
      }
      await sleep(POLL_MS);
    }
  }

  /** Runs one attempt in a pod of its own, so that no connection from before lives on. */
  public async attempt(name: string, target: string, expected: 'open' | 'shut'): Promise<Outcome> {
    const args = ['probe', 'connect', target, '--expect', expected, '--within', String(POLICY_SECONDS)];
    await this.start({ name, role: 'client', args });
    return this.outcome(name, 'end');
  }
}

const CNI = 'NetworkPolicy';

/** The four states that a plugin must tell apart; the first and the last are the positive controls. */
async function checkEnforcement(probe: LiveProbe, options: LiveProbeOptions): Promise<Finding[]> {
  const { namespace, log } = options;
  await probe.start({ name: 'server', role: 'server', args: ['probe', 'listen', '--port', String(PROBE_PORT)] });
  const server = await probe.outcome('server', 'ready');
  const ip = server.pod.status?.podIP;
  if (server.phase !== 'ready' || ip === undefined) {
    return [
      fail(
        'policies',
        CNI,
        `the probe's server did not start: ${server.phase} ${server.detail}`,
        'see the registry findings',
      ),
    ];
  }
  const target = ip.includes(':') ? `[${ip}]:${String(PROBE_PORT)}` : `${ip}:${String(PROBE_PORT)}`;
  const steps = [
    { name: 'no-policy', expected: 'open', policy: undefined, says: 'without a policy' },
    { name: 'denied', expected: 'shut', policy: denyAll(namespace), says: 'with a deny-all policy' },
    { name: 'half-open', expected: 'shut', policy: allowEgress(namespace), says: 'with egress allowed, ingress not' },
    { name: 'allowed', expected: 'open', policy: allowIngress(namespace), says: 'with both sides allowed' },
  ] as const;
  for (const { name, expected, policy, says } of steps) {
    if (policy !== undefined) await probe.apply(policy);
    log(show`policies: ${says}, the connection must be ${expected}`);
    const { phase, detail } = await probe.attempt(name, target, expected);
    if (phase === 'succeeded') continue;
    if (phase !== 'failed') {
      return [
        fail(
          'policies',
          CNI,
          `the probe's client did not end: ${phase} ${detail}`,
          'see the registry findings, and the nodes',
        ),
      ];
    }
    const fix =
      expected === 'shut'
        ? 'install a network plugin that enforces NetworkPolicy before anything else'
        : 'mend the pod network first: without a working connection nothing is proven';
    return [fail('policies', CNI, `${says}, the connection was ${expected === 'shut' ? 'open' : 'shut'}`, fix)];
  }
  return [ok('policies', CNI, 'open without policy, shut by deny-all and by half an allowance, open by both halves')];
}

/** From a pod that no policy holds: whatever answers here is beyond the site's own boundary. */
async function checkInternet(probe: LiveProbe, { internet, log }: LiveProbeOptions): Promise<Finding[]> {
  const subject = 'internet from a pod';
  if (internet.length === 0) return [];
  log(show`internet: a pod tries what must not answer`);
  await probe.start({
    name: 'internet',
    role: 'pull',
    args: ['probe', 'internet', ...internet.flatMap((target) => ['--target', target])],
  });
  const { phase, detail } = await probe.outcome('internet', 'end');
  if (phase === 'succeeded') return [ok('internet', subject, `none of ${String(internet.length)} addresses answers`)];
  if (phase !== 'failed')
    return [fail('internet', subject, `the probe did not end: ${phase} ${detail}`, 'see the registry findings')];
  return [
    fail(
      'internet',
      subject,
      'an address of the internet answers',
      'close the firewall of the pod network; policies are the second wall, not the only one',
    ),
  ];
}

/** One pod on each node, by digest from the enclave's registry. */
async function checkPulls(probe: LiveProbe, { nodes, image, log }: LiveProbeOptions): Promise<Finding[]> {
  log(show`registry: ${String(nodes.length)} nodes pull ${image}`);
  await Promise.all(
    nodes.map((node, at) => probe.start({ name: `pull-${String(at)}`, role: 'pull', args: ['--version'], node })),
  );
  return Promise.all(
    nodes.map(async (node, at) => {
      const { phase, detail } = await probe.outcome(`pull-${String(at)}`, 'end');
      const subject = `node ${node}`;
      if (phase === 'succeeded') return ok('registry', subject, 'pulls by digest and runs the kit');
      return fail(
        'registry',
        subject,
        phase === 'pull' ? `it cannot pull: ${detail}` : `the pod did not run: ${phase} ${detail}`,
        'place the files of `airlock node-config` on the node (registry trust), and check that the registry holds the bundle',
      );
    }),
  );
}

/**
 * Makes a namespace, watches what happens in it, and deletes it, also after a failure.
 *
 * @throws AirlockError (environment) when the API server refuses the probe's objects
 */
export async function liveProbe(options: LiveProbeOptions): Promise<Finding[]> {
  const { kubectl, namespace, log, keep = false } = options;
  const probe = new LiveProbe(options);
  await probe.apply(probeNamespace(namespace, options.annotations));
  try {
    const pulls = await checkPulls(probe, options);
    // Without one node that runs the kit, nothing else would start either.
    if (pulls.length > 0 && pulls.every(({ status }) => status === 'fail')) return pulls;
    return [...pulls, ...(await checkInternet(probe, options)), ...(await checkEnforcement(probe, options))];
  } catch (error) {
    if (error instanceof AirlockError) throw error;
    throw environmentFailed(
      'PROBE_FAILED',
      `the probe failed: ${(error as Error).message}`,
      `see namespace ${namespace}`,
      error,
    );
  } finally {
    if (keep) log(show`namespace ${namespace} is kept`);
    else await kubectl.run(['delete', 'namespace', namespace, '--wait=false', '--ignore-not-found']);
  }
}
