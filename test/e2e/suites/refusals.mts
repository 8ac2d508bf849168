/** What the API server must refuse, each beside the same request in a form that it takes. */
import type { PlainObject } from '../../../audit/kubernetes/plain.js';
import { lockedReferences } from '../../../site/lock/locked-references.js';
import { expect, expectMatch, type Suite } from '../../harness/report.mjs';
import type { User } from '../cluster/control-plane.mjs';
import { container, pod as podIn, UNLOCKED } from '../cluster/pods.mjs';
import type { World } from '../cluster/world.mjs';

const NAMESPACE = 'airlock-serving';

const pod = (image: string, spec?: object, change?: object): PlainObject => podIn(NAMESPACE, image, spec, change);
const service = (spec: object): PlainObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'by-hand', namespace: NAMESPACE },
  spec: { ports: [{ port: 80 }], ...spec },
});

const ENDPOINTS: PlainObject = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'by-hand', namespace: NAMESPACE, labels: { 'kubernetes.io/service-name': 'weight-mirror' } },
  addressType: 'IPv4',
  endpoints: [{ addresses: ['203.0.113.7'] }],
};

const OPENING: PlainObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'by-hand', namespace: NAMESPACE },
  spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{}] },
};

const OPEN_PATCH = JSON.stringify({ spec: { egress: [{}] } });

interface Attempt {
  readonly name: string;
  readonly user: User;
  readonly args: readonly string[];
  readonly input?: PlainObject;
  /** What the server says; accepted when absent. */
  readonly refusal?: RegExp;
}

const create = (name: string, user: User, input: PlainObject, refusal?: RegExp): Attempt => ({
  name,
  user,
  args: ['create', '--dry-run=server', '--filename=-'],
  input,
  ...(refusal === undefined ? {} : { refusal }),
});

const change = (name: string, user: User, args: readonly string[], refusal?: RegExp): Attempt => ({
  name,
  user,
  args: [...args, '--dry-run=server'],
  ...(refusal === undefined ? {} : { refusal }),
});

const DEPLOYERS_ALONE = /changed by the deployers of the enclave alone/;

function attempts({ files }: World): Attempt[] {
  const locked = lockedReferences(files.lock, files.enclave.registry)[0] ?? '';
  const tagged = locked.replace(/@.*/, ':latest');
  const elsewhere = locked.replace(/^[^/]+/, 'ghcr.io');
  const inNamespace = ['--namespace', NAMESPACE];
  const policy = ['networkpolicy', 'deny-all', ...inNamespace];
  return [
    create('a pod with a locked image is taken', 'intruder', pod(locked)),
    create('a pod with an unlocked image is refused', 'intruder', pod(UNLOCKED), /not an image of the lock/),
    create('it is refused to the deployer too', 'deployer', pod(UNLOCKED), /not an image of the lock/),
    create('a locked image by its tag is refused', 'intruder', pod(tagged), /not an image of the lock/),
    create('a locked digest from another registry is refused', 'intruder', pod(elsewhere), /not an image of the lock/),
    create(
      'an unlocked image of an init container is refused',
      'intruder',
      pod(locked, { initContainers: [container(UNLOCKED, 'i')] }),
      /not an image of the lock/,
    ),
    create(
      'a pod as root is refused',
      'intruder',
      pod(locked, { securityContext: {} }),
      /violates PodSecurity "restricted/,
    ),
    create(
      'a pod in the network of its node is refused',
      'intruder',
      pod(locked, { hostNetwork: true }),
      /hostNetwork|host namespaces/,
    ),
    create(
      'a probe that makes the kubelet connect elsewhere is refused',
      'intruder',
      pod(locked, {}, { livenessProbe: { httpGet: { host: '203.0.113.7', port: 80 } } }),
      /probe or lifecycle host|past every network policy/,
    ),
    create('a Service inside the cluster is taken', 'intruder', service({})),
    create('a NodePort is refused', 'intruder', service({ type: 'NodePort' }), /declares no exposure/),
    create('a LoadBalancer is refused', 'intruder', service({ type: 'LoadBalancer' }), /declares no exposure/),
    create(
      'an ExternalName is refused',
      'intruder',
      service({ type: 'ExternalName', externalName: 'example.org' }),
      /leads to whatever/,
    ),
    create('externalIPs are refused', 'intruder', service({ externalIPs: ['203.0.113.7'] }), /address of choice/),
    create('addresses behind a Service are refused', 'intruder', ENDPOINTS, /cluster's own controllers/),
    create('a network policy by another user is refused', 'intruder', OPENING, DEPLOYERS_ALONE),
    change(
      'a policy edit by another user is refused',
      'intruder',
      ['patch', ...policy, `--patch=${OPEN_PATCH}`],
      DEPLOYERS_ALONE,
    ),
    change('a policy deletion by another user is refused', 'intruder', ['delete', ...policy], DEPLOYERS_ALONE),
    change('the deployer may edit policies', 'deployer', ['patch', ...policy, `--patch=${OPEN_PATCH}`]),
    change(
      'a lower Pod Security by another user is refused',
      'intruder',
      ['label', '--overwrite', 'namespace', NAMESPACE, 'pod-security.kubernetes.io/enforce=privileged'],
      DEPLOYERS_ALONE,
    ),
    change('other labels of a namespace may change', 'intruder', [
      'label',
      'namespace',
      NAMESPACE,
      'example.org/note=1',
    ]),
    change(
      'another list of locked images is refused',
      'intruder',
      ['patch', 'configmap', 'airlock-locked-images', '--namespace=airlock-guardrails', '--patch={"data":{"x":"y"}}'],
      DEPLOYERS_ALONE,
    ),
    change(
      'the deletion of a namespace by another user is refused',
      'intruder',
      ['delete', 'namespace', NAMESPACE],
      DEPLOYERS_ALONE,
    ),
  ];
}

export async function refusals(suite: Suite, world: World): Promise<void> {
  for (const { name, user, args, input, refusal } of attempts(world)) {
    await suite.check(name, async () => {
      const ran = await world.kubectl(user).run(args, input === undefined ? '' : JSON.stringify(input));
      const said = ran.stderr.trim();
      if (refusal === undefined) {
        expect(ran.code === 0, `the server refused it: ${said}`);
        return 'taken';
      }
      expect(ran.code !== 0, 'the server took it');
      expectMatch(said, refusal, 'the reason');
      return said.replace(/^.*(?:denied request: |forbidden: )/s, '').split('\n')[0] ?? '';
    });
  }
}
