/** `airlock drift` against a real API server and its controllers: what they make is known, what somebody adds is named. */
import type { PlainObject } from '../../../audit/kubernetes/plain.js';
import type { Foreign, ForeignObjects } from '../../../cluster/drift/foreign.js';
import { airlock } from '../../harness/airlock.mjs';
import { mustRun, type Ran, tail } from '../../harness/processes.mjs';
import { expect, expectEqual, expectMatch, type Suite } from '../../harness/report.mjs';
import { deploy, readyPods } from '../cluster/deploy.mjs';
import { withWorld, type World } from '../cluster/world.mjs';
import { kubernetesProgram } from '../install/kubernetes.mjs';
import { namespacesOf, plannedPods } from './examples.mjs';
import { plainFixture } from './fixture.mjs';

const NAMESPACE = 'airlock-serving';
/** Field manager of what is added. */
const BY = 'by-hand';

const airlockDrift = ({ plan, kubeconfig }: World, args: readonly string[] = []): Promise<Ran> =>
  airlock([
    'drift',
    plan,
    `--kubectl=${kubernetesProgram('kubectl')}`,
    `--kubeconfig=${kubeconfig('deployer')}`,
    ...args,
  ]);

interface Found extends ForeignObjects {
  readonly code: number;
  readonly drift: readonly { readonly subject: string }[];
}

/** What `airlock drift --json` finds. */
export async function driftOf(world: World, args: readonly string[] = []): Promise<Found> {
  const ran = await airlockDrift(world, ['--json', ...args]);
  if (ran.code > 1) throw new Error(tail(ran));
  return { ...(JSON.parse(ran.stdout) as Omit<Found, 'code'>), code: ran.code };
}

/** Controllers go on for a moment after pods are Ready; nothing else may be found. */
export async function expectNoDrift(world: World): Promise<string> {
  const { code, drift, foreign, unknown } = await driftOf(world);
  expectEqual(
    { drift: drift.map(({ subject }) => subject), foreign, unknown },
    { drift: [], foreign: [], unknown: [] },
    'found',
  );
  expectEqual(code, 0, 'exit code');
  return `${String(world.planned.objects.length)} objects, and nothing else`;
}

const inside = (apiVersion: string, kind: string, more: object, metadata: object = {}): PlainObject => ({
  apiVersion,
  kind,
  metadata: { name: 'extra', namespace: NAMESPACE, ...metadata },
  ...more,
});

const RBAC = 'rbac.authorization.k8s.io';
const subjects = [{ kind: 'ServiceAccount', name: 'default', namespace: NAMESPACE }];
const roleRef = { apiGroup: RBAC, kind: 'ClusterRole', name: 'view' };
const ofCluster = { namespace: undefined };

/** Nobody listens there; what cannot be asked is let through. */
const webhooks = [
  {
    name: 'extra.e2e.airlock.example',
    clientConfig: { url: 'https://127.0.0.1:9/' },
    rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }],
    ...{ failurePolicy: 'Ignore', sideEffects: 'None', admissionReviewVersions: ['v1'], timeoutSeconds: 1 },
  },
];

const ADDED: readonly PlainObject[] = [
  inside('networking.k8s.io/v1', 'NetworkPolicy', {
    spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{}] },
  }),
  inside('v1', 'Service', { spec: { selector: { 'app.kubernetes.io/instance': 'chat' }, ports: [{ port: 80 }] } }),
  inside('v1', 'ConfigMap', { data: {} }),
  inside('networking.k8s.io/v1', 'Ingress', {
    spec: { defaultBackend: { service: { name: 'chat', port: { number: 80 } } } },
  }),
  inside(`${RBAC}/v1`, 'Role', { rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }] }),
  inside(`${RBAC}/v1`, 'RoleBinding', { roleRef, subjects }),
  inside(`${RBAC}/v1`, 'RoleBinding', { roleRef, subjects }, { namespace: 'kube-system' }),
  inside(`${RBAC}/v1`, 'ClusterRoleBinding', { roleRef, subjects }, ofCluster),
  inside('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', { webhooks }, ofCluster),
  inside('admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration', { webhooks }, ofCluster),
];

/** What bears on other namespaces only. */
const ELSEWHERE: readonly PlainObject[] = [
  inside('networking.k8s.io/v1', 'NetworkPolicy', { spec: { podSelector: {} } }, { namespace: 'default' }),
  inside(
    `${RBAC}/v1`,
    'ClusterRoleBinding',
    { roleRef, subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'default' }] },
    { ...ofCluster, name: 'elsewhere' },
  ),
  inside(
    'admissionregistration.k8s.io/v1',
    'ValidatingWebhookConfiguration',
    {
      webhooks: webhooks.map((one) => ({
        ...one,
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } },
      })),
    },
    { ...ofCluster, name: 'elsewhere' },
  ),
];

const subjectOf = ({ kind, metadata: { namespace, name } }: PlainObject): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;

async function checkDrift(suite: Suite, world: World): Promise<void> {
  const deployer = world.kubectl('deployer');
  await suite.check('what the controllers make for the plan is known', () => expectNoDrift(world));
  await suite.check('what bears on other namespaces is not named', async () => {
    await deployer.apply(ELSEWHERE, BY);
    return expectNoDrift(world);
  });
  let found: readonly Foreign[] = [];
  await suite.check('every object that somebody adds is named, with who made it: exit code 1', async () => {
    await deployer.apply(ADDED, BY);
    const { code, drift, foreign, unknown } = await driftOf(world);
    found = foreign;
    const names = foreign.map(({ subject }) => subject);
    for (const object of ADDED) expect(names.includes(subjectOf(object)), `${subjectOf(object)} is not named`);
    const others = foreign.filter(({ by }) => by !== BY);
    expectEqual([code, drift, unknown, others], [1, [], [], []], 'exit code, drift, unknown, made by others');
    return names.join(', ');
  });
  await suite.check('an owner that would not make it excuses nothing', async () => {
    const { metadata } = await deployer.json<PlainObject>(['get', 'deployment', 'chat', '--namespace', NAMESPACE]);
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'chat', uid: metadata['uid'], controller: true };
    const owned = inside('v1', 'ConfigMap', { data: {} }, { name: 'owned', ownerReferences: [owner] });
    await deployer.apply([owned], BY);
    const { foreign } = await driftOf(world);
    found = foreign;
    expect(
      foreign.some(({ subject }) => subject === subjectOf(owned)),
      'it is not named',
    );
    return subjectOf(owned);
  });
  await suite.check('the text says what to run; --restore deletes none of it', async () => {
    const { stdout, code } = await airlockDrift(world, ['--restore']);
    expectEqual(code, 1, 'exit code');
    expectMatch(stdout, /NetworkPolicy airlock-serving\/extra: in no plan, made by by-hand at /, 'who made it');
    const policy = 'kubectl delete networkpolicies.networking.k8s.io extra --namespace airlock-serving';
    expect(stdout.includes(policy), `no command in: ${stdout}`);
    const { foreign } = await driftOf(world);
    expectEqual(
      foreign.map(({ subject }) => subject),
      found.map(({ subject }) => subject),
      'objects that are left',
    );
    return stdout.trim().split('\n').at(-1) ?? '';
  });
  await suite.check('the commands that it prints remove it all: exit code 0', async () => {
    for (const { remove = '' } of found) {
      const [, ...args] = remove.split(' ');
      await mustRun(kubernetesProgram('kubectl'), [`--kubeconfig=${world.kubeconfig('deployer')}`, ...args]);
    }
    // What followed from it is collected a moment later.
    for (let tries = 0; tries < 20 && (await driftOf(world)).code !== 0; tries += 1);
    return expectNoDrift(world);
  });
}

export async function drift(suite: Suite): Promise<void> {
  const files = await plainFixture();
  await suite.check('a cluster for it', () =>
    withWorld(files, async (world) => {
      await deploy(world);
      await readyPods(world, plannedPods(world), namespacesOf(world));
      await checkDrift(suite, world);
      return 'ended';
    }),
  );
}
