/** A blueprint as people read it: what was decided about one thing, and what that rests on. */
import { SERVED_NAME_LABEL, workloadLabels } from '../catalog/platform/names';
import type { PodPeer } from '../catalog/platform/flow';
import { badInput } from '../core/errors';
import { modelRepository } from '../site/enclave-names';
import type { Blueprint } from './blueprint';
import { details } from './explain-details';
import type { FlowDecision } from './flows';
import type { PoolDecision } from './pools';
import type { Rests } from './rests';
import type { ServingDecision } from './servings';

/** Kinds of parts that can be explained. */
export const SUBJECTS = ['pool', 'serving', 'workflow'] as const;
/** Kinds of parts that can be explained. */
export type Subject = (typeof SUBJECTS)[number];

/** A heading with lines below it; a line is a label and what was decided. */
export interface Section {
  readonly title: string;
  readonly lines: readonly (readonly [string, string])[];
  /** Connections, where the section is of them. */
  readonly flows?: readonly FlowDecision[];
  readonly restsOn: readonly string[];
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(bytes < 1e9 ? 3 : 1)} GB`;
const listed = (all: readonly string[]): string => all.join(', ') || 'none';

const matches = (peer: PodPeer, namespace: string, labels: Readonly<Record<string, string>>): boolean =>
  peer.namespace === namespace && Object.entries(peer.labels).every(([name, value]) => labels[name] === value);

/** Flows from and to pods with these labels. */
const flowsOfPods = (flows: readonly FlowDecision[], { namespace, labels }: PodPeer): FlowDecision[] =>
  flows.filter(({ from, pods }) =>
    [from, ...(pods === undefined ? [] : [pods])].some((peer) => matches(peer, namespace, labels)),
  );

const flowLine = ({ from, to, port, owner, reason }: FlowDecision): readonly [string, string] => [
  'flow',
  `from ${from.namespace} to ${to}, ${port}: ${reason} (${owner})`,
];

/** Labels of every pod of a serving; one that answers in a group has one more. */
const podsOf = ({ engine, name, servedName = name, target }: ServingDecision): PodPeer => ({
  namespace: target.pods.namespace,
  labels: { ...workloadLabels(engine, name, 'serving'), [SERVED_NAME_LABEL]: servedName, ...target.pods.labels },
});

function poolSection({ servings }: Blueprint, pool: PoolDecision): Section {
  const { name, accelerator, platform, nodes, gpusPerNode = 0, sharing = 'exclusive', files, restsOn } = pool;
  return {
    title: `pool ${name}`,
    lines: [
      ['accelerator', accelerator.product ?? 'none'],
      ['platform', platform],
      ['nodes', `${nodes.length}: ${listed(nodes)}`],
      [
        'GPUs',
        gpusPerNode === 0
          ? 'none'
          : `${gpusPerNode} in each node, ${typeof sharing === 'string' ? sharing : JSON.stringify(sharing)}`,
      ],
      ['node files', listed(files.map(({ path }) => path))],
      ['servings', listed(servings.filter((one) => one.pool === name).map((one) => one.name))],
      ...details(['pools', '*'], pool, ['name', 'platform', 'nodes']),
    ],
    restsOn,
  };
}

function workflowsOf({ gateway }: Blueprint, serving: string): string[] {
  const named = (gateway?.policy.workflows ?? []).filter(({ backends, failover }) =>
    [...backends, ...failover].some((one) => one.serving === serving),
  );
  return named.map(({ name }) => name);
}

function memoryLine({ memory }: ServingDecision): string {
  const { verdict, arithmetic, notUnderstood = [], overrule } = memory;
  if (arithmetic === undefined) return 'of the host, as the engine’s contract sets it';
  const unclear = notUnderstood.length === 0 ? '' : `; not understood: ${notUnderstood.join('; ')}`;
  const answered = overrule === undefined ? '' : `; ${overrule.approver} answers for it: ${overrule.reason}`;
  return `${verdict}: ${arithmetic}${unclear}${answered}`;
}

function servingSection(blueprint: Blueprint, serving: ServingDecision): Section {
  const { name, engine, engineVersion, engineImage, model, adapters = [], artifacts = [], weights } = serving;
  const { replicas = 1, podsPerReplica, gpusPerPod, pool, platform, answers, restsOn } = serving;
  const flows = flowsOfPods(blueprint.flows, podsOf(serving));
  return {
    title: `serving ${name}`,
    lines: [
      ['pool', `${pool} (${platform})`],
      ['engine', `${engine} ${engineVersion}`],
      ['image', engineImage],
      ['kit image', serving.kitImage],
      ['served as', serving.servedName ?? name],
      ['pods', `${replicas} × ${podsPerReplica}, each with ${gpusPerPod} GPUs`],
      ...[model, ...adapters.map((adapter) => adapter.model)].map((one, at): readonly [string, string] => [
        at === 0 ? 'model' : 'adapter',
        `${modelRepository(one.name)}@${one.digest} (${gigabytes(one.totalBytes)})`,
      ]),
      ['weights', `${weights.way}, from ${weights.mirrorUrl}`],
      ...(artifacts.length === 0 ? [] : [['files', listed(artifacts.map((set) => set.name))] as const]),
      ['memory', memoryLine(serving)],
      ['answers', listed(answers.httpPaths)],
      ['workflows', listed(workflowsOf(blueprint, name))],
      ...flows.map(flowLine),
      ...details(['servings', '*'], serving, [
        'name',
        'pool',
        'platform',
        'engine',
        'engineVersion',
        'engineImage',
        'kitImage',
      ]),
    ],
    restsOn,
  };
}

function workflowSection({ gateway }: Blueprint, name: string, at: number): Section {
  const workflow = gateway?.policy.workflows[at];
  const may = (callers: readonly { readonly name: string; readonly workflows: readonly string[] }[] = []): string =>
    listed(callers.filter(({ workflows }) => workflows.includes(name)).map((caller) => caller.name));
  const { backends = [], failover = [], paths = [], redaction, streaming = false } = workflow ?? {};
  return {
    title: `workflow ${name}`,
    lines: [
      ['servings', listed(backends.map(({ serving, weight }) => `${serving} (weight ${weight})`))],
      ['failover', listed(failover.map(({ serving }) => serving))],
      ['paths', listed(paths)],
      ['streaming', streaming ? 'yes' : 'no'],
      [
        'redaction',
        redaction === undefined
          ? 'none'
          : `requests ${redaction.requests}, responses ${redaction.responses}, ${redaction.patterns.length} patterns`,
      ],
      ['keys', may(gateway?.policy.keys)],
      ['issuers', may(gateway?.policy.issuers)],
      ['callers', listed((gateway?.callers ?? []).map((caller) => caller.name))],
      ...details(['gateway', 'policy', 'workflows', '*'], workflow ?? {}),
    ],
    restsOn: [`site.yaml: workflows[${at}]`, ...(gateway?.restsOn ?? [])],
  };
}

/** The whole in a few lines. */
function overview(blueprint: Blueprint): Section {
  const { site, cluster, namespaces, gateway, traces, flows, guardrails, mirror } = blueprint;
  const outside = flows.filter(({ leavesCluster }) => leavesCluster);
  return {
    title: `site ${site}`,
    lines: [
      [
        'cluster',
        `${cluster.distribution}, Kubernetes ${cluster.kubernetesVersion}, policy tier ${cluster.policyTier}`,
      ],
      ['namespaces', listed(Object.values(namespaces).map(({ name }) => name))],
      ['images', `${guardrails.images.length} may run`],
      ['weights', mirror === undefined ? 'from the source' : `${mirror.models.length} models in the mirror`],
      ['gateway', gateway === undefined ? 'none' : gateway.software],
      ['traces', traces === undefined ? 'none' : traces.store === undefined ? 'to an endpoint of the site' : 'kept'],
      ['flows', `${flows.length}, ${outside.length} of them out of the cluster`],
      ...outside.map(flowLine),
      ...details(['cluster'], cluster, ['distribution', 'kubernetesVersion', 'policyTier']),
    ],
    restsOn: cluster.restsOn,
  };
}

/** Parts of the whole that are no pool, serving or workflow, each with everything that is decided of it. */
function partSections(blueprint: Blueprint): Section[] {
  const { namespaces, quotas, terraform, guardrails, accelerators, mirror, sharedClaim, traces, gateway, flows } =
    blueprint;
  const all = { quotas, terraform, guardrails, accelerators, mirror, sharedClaim, traces, gateway };
  const named = { ...namespaces };
  const part = (title: string, path: readonly string[], { restsOn, ...value }: Rests): Section[] => {
    const lines = details(path, value);
    return [{ title, lines: lines.length === 0 ? [[title, 'none']] : lines, restsOn }];
  };
  return [
    ...Object.entries(named).flatMap(([key, value]) => part(`namespace ${key}`, ['namespaces', key], value)),
    ...Object.entries(all).flatMap(([key, value]) => (value === undefined ? [] : part(key, [key], value))),
    {
      title: 'flows',
      lines: [['open', `${flows.length}; whatever is not among them is shut`]],
      flows,
      restsOn: [...new Set(flows.flatMap(({ restsOn }) => restsOn))],
    },
  ];
}

const namesOf = ({ pools, servings, gateway }: Blueprint, subject: Subject): readonly string[] => {
  switch (subject) {
    case 'pool':
      return pools.map(({ name }) => name);
    case 'serving':
      return servings.map(({ name }) => name);
    case 'workflow':
      return (gateway?.policy.workflows ?? []).map(({ name }) => name);
  }
};

function sectionOf(blueprint: Blueprint, subject: Subject, at: number, name: string): Section[] {
  const { pools, servings } = blueprint;
  switch (subject) {
    case 'pool':
      return pools.slice(at, at + 1).map((pool) => poolSection(blueprint, pool));
    case 'serving':
      return servings.slice(at, at + 1).map((serving) => servingSection(blueprint, serving));
    case 'workflow':
      return [workflowSection(blueprint, name, at)];
  }
}

/**
 * What was decided, in sections.
 *
 * @param subject kind of thing; the whole and every thing when absent
 * @param name of one thing of that kind; all of them when absent
 * @throws AirlockError (input) when there is none of that name
 */
export function explain(blueprint: Blueprint, subject?: Subject, name?: string): Section[] {
  if (subject === undefined)
    return [overview(blueprint), ...partSections(blueprint), ...SUBJECTS.flatMap((each) => explain(blueprint, each))];
  const names = namesOf(blueprint, subject);
  if (name !== undefined && !names.includes(name))
    throw badInput('USAGE_UNKNOWN_NAME', `the site has no ${subject} "${name}"`, `${subject}s: ${listed(names)}`);
  return names.flatMap((one, at) => (name === undefined || one === name ? sectionOf(blueprint, subject, at, one) : []));
}

/**
 * The decision itself, for programs.
 *
 * @throws AirlockError (input) as {@link explain}
 */
export function decided(blueprint: Blueprint, subject?: Subject, name?: string): unknown {
  if (subject === undefined) return blueprint;
  explain(blueprint, subject, name);
  const all: readonly { readonly name: string }[] =
    subject === 'pool'
      ? blueprint.pools
      : subject === 'serving'
        ? blueprint.servings
        : (blueprint.gateway?.policy.workflows ?? []);
  return name === undefined ? all : all.find((one) => one.name === name);
}
