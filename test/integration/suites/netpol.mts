/**
 * The network policies of every example, read by an analyzer that we did not write: what it finds reachable, for each
 * workload and in both directions, is what the enclave and the contracts of the platform declare, and nothing else.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PlainObject } from '../../../audit/kubernetes/plain.js';
import { plannedObjects } from '../../../cluster/planned-objects.js';
import type { Enclave } from '../../../site/generated/enclave.js';
import type { Site } from '../../../site/generated/site.js';
import { loadEnclave } from '../../../site/load-enclave.js';
import { loadSite } from '../../../site/load-site.js';
import { examples, SITE_FILES, withSynthesis } from '../../../tools/examples.js';
import { goProgram } from '../../harness/go.mjs';
import { mustRun } from '../../harness/processes.mjs';
import { expect, expectEqual, type Suite } from '../../harness/report.mjs';
import { makeFolder } from '../../harness/scratch.mjs';
import { GO_PROGRAMS } from '../install/versions.mjs';

const WORKLOADS: readonly string[] = ['Deployment', 'StatefulSet', 'Job', 'CronJob'];
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
async function connections(objects: readonly PlainObject[], enclave: Enclave): Promise<string[]> {
  const folder = path.join(await makeFolder('netpol'), 'objects');
  await mkdir(folder);
  const files = [...objects.filter(({ kind }) => READ.includes(kind)), ...OUTSIDE, ...named(enclave)].map(labeled);
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

/** Pods outside of the plan that the enclave names, as workloads that the analyzer can see. */
function named({ callers, traces, monitoring }: Enclave): PlainObject[] {
  const all = [
    ...(callers?.workloads ?? []),
    ...(traces?.readers ?? []),
    ...(monitoring === undefined ? [] : [monitoring]),
  ];
  return [...new Map(all.map((one) => [one.namespace, one.podLabels])).entries()].flatMap(([namespace, labels]) => [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'named', namespace },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'named', image: 'named' }] } },
      },
    },
  ]);
}

/** Ports of engines (docs/engines.md). */
const ENGINE_PORTS: Readonly<Record<string, number>> = {
  ...{ vllm: 8000, sglang: 30000, 'tensorrt-llm': 8000, 'llama.cpp': 8080, tgi: 8080, ollama: 11434 },
};
const GATEWAY = 'airlock-gateway/gateway[Deployment]';
const RATE_LIMIT = 'airlock-gateway/rate-limit[Deployment]';
const COLLECTOR = 'airlock-telemetry/trace-collector[StatefulSet]';
const STORE = 'airlock-telemetry/trace-store[Deployment]';
const DATABASE = 'airlock-telemetry/trace-database[StatefulSet]';
const BACKUP = 'airlock-telemetry/trace-backup[CronJob]';

/** Calls and traces of a site that has a gateway (docs/gateway.md, docs/traces.md, docs/monitoring.md). */
function declaredCalls(site: Site, { network, gateway, callers, traces, monitoring }: Enclave): string[] {
  if (site.gateway === undefined) return [];
  const from = ({ namespace }: { readonly namespace: string }): string => `${namespace}/named[Deployment]`;
  const budgets = network.destinations.find(({ name }) => name === gateway?.database?.destination);
  const addresses = budgets?.cidr.replace('/32', '') ?? '';
  const called = new Set(
    (site.workflows ?? []).flatMap(({ servings, failover = [] }) => [...servings.map(({ name }) => name), ...failover]),
  );
  const watched: readonly [string, number][] = [
    [GATEWAY, 15020],
    [MIRROR, 8080],
    [COLLECTOR, 8888],
    [STORE, 9090],
  ];
  return [
    `${GATEWAY} => ${RESOLVER} : TCP 53,UDP 53`,
    ...(budgets === undefined ? [] : [`${GATEWAY} => ${addresses}-${addresses} : TCP ${String(budgets.port)}`]),
    ...site.servings
      .filter(({ name }) => called.has(name))
      .map(
        ({ name, engine }) =>
          `${GATEWAY} => airlock-serving/${name}[Deployment] : TCP ${String(ENGINE_PORTS[engine.name])}`,
      ),
    ...(site.gateway.rateLimit === undefined
      ? []
      : [
          `${GATEWAY} => ${RATE_LIMIT} : TCP 8081`,
          `${RATE_LIMIT} => airlock-gateway/rate-limit-store[StatefulSet] : TCP 6379`,
          `${RATE_LIMIT} => ${RESOLVER} : TCP 53,UDP 53`,
        ]),
    ...(callers?.workloads ?? []).map((caller) => `${from(caller)} => ${GATEWAY} : TCP 4000`),
    ...(site.traces === undefined
      ? []
      : [
          `${GATEWAY} => ${COLLECTOR} : TCP 4318`,
          `${COLLECTOR} => ${STORE} : TCP 6006`,
          `${COLLECTOR} => ${RESOLVER} : TCP 53,UDP 53`,
          ...[STORE, BACKUP].flatMap((one) => [
            `${one} => ${DATABASE} : TCP 5432`,
            `${one} => ${RESOLVER} : TCP 53,UDP 53`,
          ]),
          ...(traces?.readers ?? []).map((reader) => `${from(reader)} => ${STORE} : TCP 6006`),
        ]),
    ...(monitoring === undefined
      ? []
      : watched.map(([what, port]) => `${from(monitoring)} => ${what} : TCP ${String(port)}`)),
  ];
}

/** What must be reachable, written from the documents and not from the constructs: docs, site.yaml, enclave.yaml. */
function declared(site: Site, enclave: Enclave, objects: readonly PlainObject[]): string[] {
  const registry = enclave.network.destinations.find(({ name }) => name === 'registry');
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
    ...declaredCalls(site, enclave),
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
    const site = await loadSite(path.join(example.folder, SITE_FILES.site));
    const enclave = await loadEnclave(path.join(example.folder, SITE_FILES.enclave));
    await suite.check(`${example.name}: netpol-analyzer finds the declared connections alone`, async () => {
      const found = await connections(objects, enclave);
      expectEqual(found.join('\n'), declared(site, enclave, objects).join('\n'), 'connections');
      return `${String(found.length)} connections`;
    });
    await suite.check(`${example.name}: it sees a policy that opens more, and one that is missing`, async () => {
      const before = (await connections(objects, enclave)).length;
      const hole = await connections([...objects, opened], enclave);
      expect(
        hole.some((line) => line.includes('203.0.113.0-203.0.113.255')),
        'the hole was not seen',
      );
      const shut = objects.filter(({ kind, metadata }) => kind !== 'NetworkPolicy' || metadata.name !== 'deny-all');
      const without = await connections(shut, enclave);
      expect(without.length > before, 'nothing more is reachable without deny-all');
      return `${String(before)} connections, ${String(hole.length)} and ${String(without.length)} then`;
    });
  }
}
