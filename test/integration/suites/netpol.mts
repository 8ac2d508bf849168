/**
 * The network policies of every example, read by an analyzer that we did not write: what it finds reachable, for each
 * workload and in both directions, is what the enclave and the contracts of the platform declare, and nothing else.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PlainObject } from '../../../audit/kubernetes/plain.js';
import { plannedObjects } from '../../../cluster/planned-objects.js';
import { loadEnclave } from '../../../site/load-enclave.js';
import { type Example, examples, SITE_FILES, withSynthesis } from '../../../tools/examples.js';
import { goProgram } from '../../harness/go.mjs';
import { mustRun } from '../../harness/processes.mjs';
import { expect, expectEqual, type Suite } from '../../harness/report.mjs';
import { makeFolder } from '../../harness/scratch.mjs';
import { GO_PROGRAMS } from '../install/versions.mjs';

const WORKLOADS: readonly string[] = ['Deployment', 'StatefulSet', 'Job'];
/** What the analyzer reads; other kinds make no connection. */
const READ: readonly string[] = [...WORKLOADS, 'Namespace', 'NetworkPolicy', 'Service'];
const OURS = /^airlock-/;
const MIRROR = 'airlock-mirror/weight-mirror[Deployment]';
const RESOLVER = 'kube-system/resolver[Deployment]';

/** The cluster's resolver, which no plan makes; all others of the cluster are addresses to the analyzer. */
const OUTSIDE: readonly PlainObject[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'resolver', namespace: 'kube-system' },
    spec: {
      selector: { matchLabels: { 'k8s-app': 'kube-dns' } },
      template: {
        metadata: { labels: { 'k8s-app': 'kube-dns' } },
        spec: { containers: [{ name: 'dns', image: 'dns', ports: [{ containerPort: 53, protocol: 'UDP' }] }] },
      },
    },
  },
];

/** The API server sets the label that policies select namespaces by. */
function labeled(object: PlainObject): PlainObject {
  if (object.kind !== 'Namespace') return object;
  const { metadata } = object;
  const labels = { ...(metadata['labels'] as object | undefined), 'kubernetes.io/metadata.name': metadata.name };
  return { ...object, metadata: { ...metadata, labels } };
}

/** Lines `from => to : ports` that touch a namespace of ours. */
async function connections(objects: readonly PlainObject[]): Promise<string[]> {
  const folder = path.join(await makeFolder('netpol'), 'objects');
  await mkdir(folder);
  const files = [...objects.filter(({ kind }) => READ.includes(kind)), ...OUTSIDE].map(labeled);
  await Promise.all(
    files.map((object, at) => writeFile(path.join(folder, `${String(at)}.json`), JSON.stringify(object))),
  );
  const { stdout } = await mustRun(goProgram(GO_PROGRAMS.netpolicy), [
    'list',
    '--quiet',
    '--dirpath',
    folder,
    '--output',
    'txt',
  ]);
  return stdout
    .split('\n')
    .filter((line) => line.split(' => ').some((end) => OURS.test(end)))
    .sort();
}

/** What must be reachable, written from the documents and not from the constructs: docs/constructs, enclave.yaml. */
async function declared(example: Example, objects: readonly PlainObject[]): Promise<string[]> {
  const { network } = await loadEnclave(path.join(example.folder, SITE_FILES.enclave));
  const registry = network.destinations.find(({ name }) => name === 'registry');
  const address = registry?.cidr.replace('/32', '') ?? '';
  const servings = objects
    .filter(({ kind, metadata }) => WORKLOADS.includes(kind) && metadata.namespace === 'airlock-serving')
    .map(({ kind, metadata }) => `airlock-serving/${metadata.name}[${kind}]`);
  return [
    `${MIRROR} => ${address}-${address} : TCP ${String(registry?.port ?? 0)}`,
    ...servings.flatMap((serving) => [
      `${serving} => ${MIRROR} : TCP 8080`,
      `${serving} => ${RESOLVER} : TCP 53,UDP 53`,
    ]),
  ].sort();
}

const opened: PlainObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'hole', namespace: 'airlock-serving' },
  spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '203.0.113.0/24' } }] }] },
};

export async function netpol(suite: Suite): Promise<void> {
  for (const example of examples()) {
    const { objects } = await withSynthesis(example, plannedObjects);
    await suite.check(`${example.name}: netpol-analyzer finds the declared connections alone`, async () => {
      const found = await connections(objects);
      expectEqual(found.join('\n'), (await declared(example, objects)).join('\n'), 'connections');
      return `${String(found.length)} connections`;
    });
    await suite.check(`${example.name}: it sees a policy that opens more, and one that is missing`, async () => {
      const before = (await connections(objects)).length;
      const hole = await connections([...objects, opened]);
      expect(
        hole.some((line) => line.includes('203.0.113.0-203.0.113.255')),
        'the hole was not seen',
      );
      const shut = objects.filter(({ kind, metadata }) => kind !== 'NetworkPolicy' || metadata.name !== 'deny-all');
      const without = await connections(shut);
      expect(without.length > before, 'nothing more is reachable without deny-all');
      return `${String(before)} connections, ${String(hole.length)} and ${String(without.length)} then`;
    });
  }
}
