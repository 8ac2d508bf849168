/** Builds the plan model from parsed files: blocks, places, dependencies, and what the audit cannot look into. */
import path from 'node:path';
import { badInput } from '../../core/errors';
import { once } from '../../core/remember';
import { below, type ObjectNode, type PlanNode, type ScalarNode, spelledOut, terraformNode, type Where } from './node';
import {
  expressionsIn,
  type LeftFile,
  type Oddity,
  type Place,
  type Plan,
  type PlanResource,
  type PlanStack,
  type RequiredProvider,
} from './plan';
import { type ConfigurationFile, isReadByTerraform, type PlanFiles } from './read-files';
import { referencesIn } from '../../core/terraform-template';

/** Blocks at the top of a configuration that make nothing by themselves. */
const QUIET_BLOCKS = new Set(['//', 'terraform', 'provider', 'variable', 'output', 'locals', 'resource']);
/** Data sources that run a program or reach out by themselves. */
const ACTIVE_DATA = new Set(['external', 'http', 'tls_certificate', 'dns_a_record_set']);

/** Objects of a block: Terraform's JSON syntax allows one object or a list of them at every level. */
function blockBodies(node: PlanNode | undefined): ObjectNode[] {
  if (node?.kind === 'object') return [node];
  return node?.kind === 'list' ? node.items.flatMap(blockBodies) : [];
}

/** Bodies of labeled blocks with their labels, e.g. `resource.<type>.<name>`. */
function labeled(node: PlanNode | undefined, labels: number): { labels: string[]; body: ObjectNode }[] {
  return blockBodies(node).flatMap((body) =>
    labels === 0
      ? [{ labels: [], body }]
      : [...body.entries].flatMap(([label, child]) =>
          label === '//'
            ? []
            : labeled(child, labels - 1).map((found) => ({ labels: [label, ...found.labels], body: found.body })),
        ),
  );
}

const scalar = (node: PlanNode | undefined): ScalarNode | undefined => (node?.kind === 'scalar' ? node : undefined);

function field(node: PlanNode | undefined, ...keys: readonly string[]): PlanNode | undefined {
  return keys.reduce<PlanNode | undefined>(
    (current, key) => (current?.kind === 'object' ? current.entries.get(key) : undefined),
    node,
  );
}

const textAt = (node: PlanNode | undefined, ...keys: readonly string[]): string | undefined => {
  const value = scalar(field(node, ...keys))?.value;
  return typeof value === 'string' ? value : undefined;
};

/** Values of the `locals` blocks, by name; a name that stands twice is none. */
function localsOf(root: ObjectNode): ReadonlyMap<string, PlanNode> {
  const found = new Map<string, PlanNode>();
  const twice = new Set<string>();
  for (const { entries } of blockBodies(root.entries.get('locals'))) {
    for (const [name, value] of entries) {
      if (found.has(name)) twice.add(name);
      found.set(name, value);
    }
  }
  for (const name of twice) found.delete(name);
  return found;
}

/** The value of another place, as if it stood here. */
function standingAt(node: PlanNode, where: Where): PlanNode {
  switch (node.kind) {
    case 'list':
      return { ...node, where, items: node.items.map((item) => standingAt(item, where)) };
    case 'object':
      return {
        ...node,
        where,
        entries: new Map([...node.entries].map(([key, child]) => [key, standingAt(child, where)])),
      };
    default:
      return { ...node, where };
  }
}

/** Locals that refer to each other further than this are left as they are. */
const DEEPEST_LOCAL = 8;

/** Fills in whole references to locals: a local is what stands there, and nothing at the deployment can change it. */
function resolveLocals(root: ObjectNode): ObjectNode {
  const locals = localsOf(root);
  const fill = (node: PlanNode, depth: number): PlanNode => {
    if (node.kind === 'list') return { ...node, items: node.items.map((item) => fill(item, depth)) };
    if (node.kind === 'object')
      return { ...node, entries: new Map([...node.entries].map(([key, child]) => [key, fill(child, depth)])) };
    if (node.kind === 'scalar' || !node.whole || depth > DEEPEST_LOCAL) return node;
    const [, name] = /^\s*local\.([A-Za-z_][\w-]*)\s*$/.exec(node.expressions[0] ?? '') ?? [];
    const value = name === undefined ? undefined : locals.get(name);
    return value === undefined ? node : fill(standingAt(value, node.where), depth + 1);
  };
  return locals.size === 0 ? root : (fill(root, 0) as ObjectNode);
}

/**
 * Fills in references to names that stand literally in the same stack:
 * `${kubernetes_namespace_v1.x.metadata[0].name}` is the name written there.
 */
function resolveNames(root: PlanNode, bodies: ReadonlyMap<string, ObjectNode>): PlanNode {
  const reference = /^\s*([a-z][a-z0-9_]*\.[A-Za-z_][\w-]*)\.metadata(?:\[0\]|\.0)\.(name|namespace)\s*$/;
  const lookUp = (expression: string, depth: number): string | undefined => {
    const [, address, key] = reference.exec(expression) ?? [];
    const body = address === undefined ? undefined : bodies.get(address);
    if (body === undefined || key === undefined || depth > 8) return undefined;
    const [metadata] = blockBodies(body.entries.get('metadata'));
    const value = metadata?.entries.get(key);
    if (value?.kind === 'unresolved' && value.whole) return lookUp(value.expressions[0] ?? '', depth + 1);
    return typeof scalar(value)?.value === 'string' ? String(scalar(value)?.value) : undefined;
  };
  const fill = (node: PlanNode): PlanNode => {
    switch (node.kind) {
      case 'unresolved': {
        const value = node.whole ? lookUp(node.expressions[0] ?? '', 0) : undefined;
        return value === undefined ? node : { kind: 'scalar', where: node.where, value };
      }
      // Most of a plan refers to nothing, and stays what it is.
      case 'list': {
        const items = node.items.map(fill);
        return items.every((item, at) => item === node.items[at]) ? node : { ...node, items };
      }
      case 'object': {
        let changed: Map<string, PlanNode> | undefined;
        for (const [key, child] of node.entries) {
          const filled = fill(child);
          if (filled !== child) (changed ??= new Map(node.entries)).set(key, filled);
        }
        return changed === undefined ? node : { ...node, entries: changed };
      }
      case 'scalar':
        return node;
    }
  };
  return fill(root);
}

function dependenciesOf(body: ObjectNode, known: ReadonlySet<string>): Set<string> {
  const dependsOn = body.entries.get('depends_on');
  const named = dependsOn?.kind === 'list' ? dependsOn.items.flatMap((item) => scalar(item)?.value ?? []) : [];
  // depends_on may also be written as a whole expression: "${type.name}".
  const found = [...named.map(String), ...expressionsIn(body).flatMap(referencesIn)];
  return new Set(found.filter((address) => known.has(address)));
}

function requiredProviders(terraform: PlanNode | undefined): RequiredProvider[] {
  return blockBodies(terraform).flatMap((block) =>
    blockBodies(block.entries.get('required_providers')).flatMap((providers) =>
      [...providers.entries].map(([localName, entry]) => {
        const source = field(entry, 'source') === undefined ? undefined : (textAt(entry, 'source') ?? '');
        const version = entry.kind === 'scalar' ? String(entry.value) : textAt(entry, 'version');
        return {
          localName,
          where: entry.where,
          ...(source === undefined ? {} : { source }),
          ...(version === undefined ? {} : { version }),
        };
      }),
    ),
  );
}

function resourceOddities(resource: PlanResource, place: Place): Oddity[] {
  const at = (key: string): Place => ({ ...place, ...spelledOut(below(resource.body.where, key)) });
  const oddities: Oddity[] = [];
  if (resource.body.entries.has('provisioner') || resource.body.entries.has('connection')) {
    oddities.push({
      kind: 'executes',
      subject: resource.address,
      message: 'a provisioner runs commands during the deployment',
      fix: 'remove the provisioner; let a workload of the plan do the work',
      place: at(resource.body.entries.has('provisioner') ? 'provisioner' : 'connection'),
    });
  }
  return oddities;
}

/** Where a block should stand and something else does: nobody knows what Terraform makes of it. */
function strayNodes(node: PlanNode | undefined, labels: number): PlanNode[] {
  if (node === undefined) return [];
  if (node.kind === 'list') return node.items.flatMap((item) => strayNodes(item, labels));
  if (node.kind !== 'object') return [node];
  if (labels === 0) return [];
  return [...node.entries].flatMap(([label, child]) => (label === '//' ? [] : strayNodes(child, labels - 1)));
}

function blockOddities(root: ObjectNode, place: (where: Where) => Place): Oddity[] {
  const oddities = strayNodes(root.entries.get('resource'), 2).map((node): Oddity => ({
    kind: 'opaque',
    subject: 'resource',
    message: 'something else than a block stands where a resource should',
    fix: 'synthesize the plan afresh',
    place: place(node.where),
  }));
  for (const { labels, body } of labeled(root.entries.get('data'), 2)) {
    const active = ACTIVE_DATA.has(labels[0] ?? '');
    oddities.push({
      kind: active ? 'executes' : 'opaque',
      subject: `data.${labels.join('.')}`,
      message: active
        ? 'a data source runs a program or reaches out during the deployment'
        : 'a data source reads values that the plan does not show',
      fix: 'write the value into the site, the enclave or the lock, and synthesize from there',
      place: place(body.where),
    });
  }
  for (const [block, node] of root.entries) {
    if (QUIET_BLOCKS.has(block) || block === 'data') continue;
    const bodies = block === 'module' ? labeled(node, 1) : [{ labels: [], body: node }];
    for (const { labels, body } of bodies) {
      oddities.push({
        kind: 'opaque',
        subject: [block, ...labels].join('.'),
        message: `the audit does not look into "${block}" blocks`,
        fix: 'write the resources into the stack itself',
        place: place(body.where),
      });
    }
  }
  return oddities;
}

/** Of plans that have a configuration in common, it is read once. */
const buildStack = once((configuration: ConfigurationFile): { stack: PlanStack; oddities: Oddity[] } => {
  const { stack: name, file, digest, value } = configuration;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badInput(
      'PLAN_INVALID',
      `${file} is no Terraform configuration: its root is no object`,
      'synthesize the plan afresh',
    );
  }
  const raw = terraformNode(value, { pointer: '' });
  if (raw.kind !== 'object')
    throw badInput('PLAN_INVALID', `${file} has a computed key at its root`, 'synthesize the plan afresh');
  const bodies = new Map<string, ObjectNode>();
  for (const { labels, body } of labeled(raw.entries.get('resource'), 2)) {
    const address = labels.join('.');
    if (bodies.has(address))
      throw badInput('PLAN_INVALID', `${file} has the resource ${address} twice`, 'give each a name of its own');
    bodies.set(address, body);
  }
  const root = resolveNames(resolveLocals(raw), bodies) as ObjectNode;
  const resources = labeled(root.entries.get('resource'), 2).map(({ labels, body }): PlanResource => {
    const [type = '', resourceName = ''] = labels;
    const constructPath = textAt(body, '//', 'metadata', 'path');
    return {
      stack: name,
      file,
      type,
      name: resourceName,
      address: `${type}.${resourceName}`,
      body,
      ...(constructPath === undefined ? {} : { constructPath }),
    };
  });
  const known = new Set(bodies.keys());
  const place = (where: Where): Place => ({ stack: name, file, ...spelledOut(where) });
  return {
    stack: {
      name,
      file,
      digest,
      root,
      resources,
      requiredProviders: requiredProviders(root.entries.get('terraform')),
      // Taken before names are filled in: a reference orders even where its value is known.
      dependencies: new Map([...bodies].map(([address, body]) => [address, dependenciesOf(body, known)])),
    },
    oddities: [
      ...blockOddities(root, place),
      ...resources.flatMap((resource) =>
        resourceOddities(resource, {
          ...place(resource.body.where),
          address: resource.address,
          ...(resource.constructPath === undefined ? {} : { constructPath: resource.constructPath }),
        }),
      ),
    ],
  };
});

function fileOddities(files: PlanFiles): Oddity[] {
  const folders = new Set(files.configurations.map(({ file }) => path.posix.dirname(file)));
  const strayFiles = [...files.assets.keys()].filter(
    (file) => folders.has(path.posix.dirname(file)) && isReadByTerraform(path.posix.basename(file)),
  );
  const oddity = (file: string, message: string, fix: string): Oddity => ({
    kind: 'opaque',
    subject: file,
    message,
    fix,
    place: { stack: '', file, pointer: '' },
  });
  return [
    ...files.unlisted.map((file) =>
      oddity(file, 'manifest.json does not list this configuration', 'remove the folder and synthesize afresh'),
    ),
    ...strayFiles
      .filter((file) => !files.unlisted.includes(file))
      .map((file) =>
        oddity(file, 'Terraform reads this file too, the audit does not', 'remove it and synthesize afresh'),
      ),
    ...files.strange.map((file) =>
      oddity(file, 'a link or special file: what it stands for is no part of the plan', 'copy the file itself'),
    ),
  ];
}

/**
 * Builds the model of a plan.
 *
 * @param left what Terraform left beside the configurations, where somebody asks for it
 * @throws AirlockError (input) for a malformed configuration, or when the plan has no resource at all
 */
export function buildPlan(files: PlanFiles, left: ReadonlyMap<string, LeftFile> = new Map()): Plan {
  const built = files.configurations.map(buildStack);
  if (built.every(({ stack, oddities }) => stack.resources.length === 0 && oddities.length === 0)) {
    throw badInput(
      'PLAN_EMPTY',
      'the plan has no resources: nothing was analyzed',
      'synthesize the stacks first; an empty plan proves nothing',
    );
  }
  return {
    stacks: built.map(({ stack }) => stack),
    assets: files.assets,
    left,
    oddities: [...fileOddities(files), ...built.flatMap(({ oddities }) => oddities)],
  };
}
