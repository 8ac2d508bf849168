import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type GatewayName, GATEWAYS } from '../../../catalog/gateways';
import { relock } from '../../stacks/relock';
import type { Inputs } from '../../stacks/synthesized';
import { parseEnclave } from '../../../site/load-enclave';
import { parseSite } from '../../../site/load-site';
import { parseLock } from '../../../site/lock/lock-file';
import { auditOf } from '../own-plan';
import { POLICIES, testRule, WORKLOAD } from '../plans/draft';
import { inRelease, OwnDraft, resourcesOf, valueOn } from '../plans/own-draft';

const NAME = 'kubernetes.io/metadata.name';
const OPENED = `${POLICIES}/serving_opened`;

/** A policy by hand that lets somebody in to the engine of the hand-written plan. */
const letIn = (from: object[]): object => ({
  metadata: { name: 'opened', namespace: 'airlock-serving' },
  spec: {
    pod_selector: { match_labels: { app: 'chat' } },
    policy_types: ['Ingress'],
    ingress: [{ from, ports: [{ port: '8000', protocol: 'TCP' }] }],
  },
});
const pods = (namespace: string, labels: object): object => ({
  namespace_selector: { match_labels: { [NAME]: namespace } },
  pod_selector: { match_labels: labels },
});

describe('nobody reaches an engine but through the gateway', () => {
  testRule('AIR-NET-5', [
    {
      name: 'another workload of the plan',
      fault: (plan) => plan.put(OPENED, letIn([pods('airlock-mirror', { app: 'mirror' })])),
      check: 'direct',
      at: `${OPENED}/spec/ingress/0/from/0`,
    },
    {
      name: 'pods that the plan does not make',
      fault: (plan) => plan.put(OPENED, letIn([pods('desk', { app: 'desk' })])),
      check: 'direct',
      at: `${OPENED}/spec/ingress/0/from/0`,
    },
    {
      name: 'addresses of nodes',
      fault: (plan) => plan.put(OPENED, letIn([{ ip_block: { cidr: '10.20.0.0/24' } }])),
      check: 'direct',
      at: `${OPENED}/spec/ingress/0/from/0`,
    },
    {
      name: 'no policy isolates the engine',
      fault: (plan) => plan.put(`${POLICIES}/serving_deny/spec/policy_types`, ['Egress']),
      check: 'open',
      at: WORKLOAD + '/spec/template',
    },
  ]);
});

const FOLDER = path.join(__dirname, '..', '..', '..', 'examples', 'h100-single');
const text = (file: string): string => readFileSync(path.join(FOLDER, file), 'utf8');
const example = (): Inputs => ({
  site: parseSite(text('site.yaml'), 'site.yaml'),
  enclave: parseEnclave(text('enclave.yaml'), 'enclave.yaml'),
  lock: parseLock(text('airlock.lock.json'), 'airlock.lock.json'),
});

describe('the plan of a site with a gateway and traces', () => {
  const found = async (made: Inputs, judged?: Inputs): Promise<string[]> =>
    (await auditOf(made, judged)).findings
      .filter(({ verdict }) => verdict !== 'PROVEN')
      .map(({ rule, check = '', verdict }) => `${verdict} ${rule}[${check}]`);

  it('is proven: engines are behind the gateway, callers are declared, what they leave behind is encrypted', async () => {
    expect(await found(example())).toEqual([]);
  });

  it.each(Object.keys(GATEWAYS) as GatewayName[])('is proven with %s', async (software) => {
    const made = example();
    made.site.gateway = { software, version: GATEWAYS[software].floor };
    expect(await found({ ...made, lock: relock(made.site, made.lock) })).toEqual([]);
  });

  it('is violated where the enclave does not declare who may call', async () => {
    const judged = example();
    judged.enclave.callers!.workloads = [];
    expect(await found(example(), judged)).toEqual(['VIOLATED AIR-NET-2[undeclared-caller]']);
    const other = example();
    other.enclave.callers!.workloads![0]!.podLabels = { 'app.kubernetes.io/name': 'desk', tier: 'front' };
    expect(await found(example(), other)).toEqual(['VIOLATED AIR-NET-2[undeclared-caller]']);
  });

  it('is violated where a declared caller is let in to what it is not declared for', async () => {
    const own = await OwnDraft.of(example());
    const [caller] = example().enclave.callers!.workloads!;
    const peer = {
      namespace_selector: { match_labels: { [NAME]: caller!.namespace } },
      pod_selector: { match_labels: caller!.podLabels },
    };
    const opened = (stack: string, namespace: string, labels: object) =>
      own.failures('AIR-NET-2', (stacks) => {
        resourcesOf(stacks[stack], 'kubernetes_network_policy_v1')['opened'] = {
          metadata: { name: 'opened', namespace },
          spec: { pod_selector: { match_labels: labels }, policy_types: ['Ingress'], ingress: [{ from: [peer] }] },
        };
      });
    const failing = (namespace: string): string[] => [`VIOLATED [undeclared-caller] NetworkPolicy ${namespace}/opened`];
    expect(opened('serving', 'airlock-serving', {})).toEqual(failing('airlock-serving'));
    expect(opened('traces', 'airlock-telemetry', {})).toEqual(failing('airlock-telemetry'));
    const gateway = own.findings('AIR-NET-5').find(({ subject }) => subject.startsWith('Deployment airlock-serving/'));
    expect(gateway?.verdict).toBe('PROVEN');
  });

  it.each([
    ['a container', 'containers', {}],
    ['a sidecar', 'initContainers', { restartPolicy: 'Always' }],
  ])('is violated where %s of others runs beside the gateway, with its address', async (_what, list, more) => {
    const own = await OwnDraft.of(example());
    const beside = (part: object) =>
      own.failures('AIR-NET-5', (stacks) =>
        inRelease(stacks['gateway'], 'gateway', (objects) => {
          const deployment = objects.find(({ kind }) => kind === 'Deployment');
          const pod = valueOn(deployment, 'spec', 'template', 'spec');
          ((pod[list] ??= []) as object[]).push({ name: 'beside', image: 'x', ...part });
        }),
      );
    expect(new Set(beside(more).map((line) => line.split(' ').slice(0, 2).join(' ')))).toEqual(
      new Set(['VIOLATED [direct]']),
    );
    // What ends before the gateway starts calls nobody with its address.
    if (list === 'initContainers') expect(beside({})).toEqual([]);
  });

  it('is unproven where nobody attests that the storage is encrypted', async () => {
    const judged = example();
    judged.enclave.storage!.encryption = [];
    expect(new Set(await found(example(), judged))).toEqual(new Set(['UNPROVEN AIR-DATA-1[encryption]']));
  });

  it('says who may reach what callers leave behind', async () => {
    const { findings } = await auditOf(example());
    const database = findings.find(({ rule, subject }) => rule === 'AIR-DATA-1' && subject.includes('trace-database'));
    expect(database?.message).toMatch(/data on local-path, attested.*reached by airlock-telemetry .*trace-store/);
  });
});
