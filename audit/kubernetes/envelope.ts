/**
 * Helm releases of the envelope chart, decoded without Helm and without the constructs that wrote them.
 *
 * The chart's templates print `.Values.objects`, one document each; so with one `values` document and nothing else that
 * changes values, the objects of the release are the objects of that document.
 */
import path from 'node:path';
import type { Digest } from '../../core/digest';
import { once } from '../../core/remember';
import { itemsOf, textOf, Unproven } from '../plan/access';
import { documentIn } from '../plan/document';
import type { PlanNode } from '../plan/node';
import type { Plan, PlanResource } from '../plan/plan';
import { ENVELOPE_CHARTS } from './envelope-charts';

/**
 * Arguments of `helm_release` that do not change what is rendered (hashicorp/terraform-provider-helm v3.1,
 * docs/resources/release.md). Any other argument leaves the release unread.
 */
const HARMLESS = new Set([
  '//',
  'atomic',
  'chart',
  'cleanup_on_fail',
  'depends_on',
  'description',
  'disable_crd_hooks',
  'disable_openapi_validation',
  'disable_webhooks',
  'force_update',
  'id',
  'lifecycle',
  'lint',
  'max_history',
  'name',
  'namespace',
  'provider',
  'recreate_pods',
  'render_subchart_notes',
  'replace',
  'reset_values',
  'skip_crds',
  'take_ownership',
  'timeout',
  'timeouts',
  'upgrade_install',
  'values',
  'wait',
  'wait_for_jobs',
]);
/** Arguments that are harmless while false. */
const HARMLESS_WHEN_FALSE = new Set([
  'create_namespace',
  'dependency_update',
  'devel',
  'pass_credentials',
  'reuse_values',
  'verify',
]);

/** `${path.module}` is the folder of the configuration, in which Terraform runs. */
const MODULE = /^\$\{path\.module\}\//;

function refuseArguments({ body }: PlanResource): void {
  for (const [name, value] of body.entries) {
    if (HARMLESS.has(name)) continue;
    if (HARMLESS_WHEN_FALSE.has(name) && value.kind === 'scalar' && String(value.value) === 'false') continue;
    if (value.kind === 'list' && value.items.length === 0) continue;
    throw new Unproven(
      `"${name}" changes what Helm renders or installs; the audit reads releases without it`,
      value.where,
    );
  }
}

/** Every file that may lie in a chart. */
export type ChartFiles = Pick<Plan, 'assets' | 'stacks' | 'left'>;

/** Path of the chart's folder below the plan's folder. */
function chartFolder({ file, body }: PlanResource): { folder: string; node: PlanNode } {
  const node = body.entries.get('chart');
  if (node === undefined) throw new Unproven('the release names no chart', body.where);
  const written =
    node.kind === 'unresolved' && node.source.replace(MODULE, '').length < node.source.length
      ? node.source.replace(MODULE, '')
      : (textOf(node) ?? '');
  if (written.includes('${') || path.posix.isAbsolute(written)) {
    throw new Unproven(`chart not rendered: "${written}" is no folder inside the plan`, node.where);
  }
  return { folder: path.posix.join(path.posix.dirname(file), written), node };
}

/** Folders that a file lies in, at any depth. */
const foldersOf = (file: string): string[] => [...file.matchAll(/\//g)].map(({ index }) => file.slice(0, index));

interface FolderContent {
  /** A file that no envelope has. */
  other?: string;
  readonly files: (readonly [string, Digest])[];
}

const NOTHING: FolderContent = { files: [] };

/** What lies in each folder of the plan; every release asks for that of its chart. */
const contentOfFolders = once(({ assets, stacks, left }: ChartFiles): ReadonlyMap<string, FolderContent> => {
  const folders = new Map<string, FolderContent>();
  const contentOf = (folder: string): FolderContent => {
    const found = folders.get(folder) ?? { files: [] };
    folders.set(folder, found);
    return found;
  };
  // Helm renders whatever lies among the templates, also what is a configuration to Terraform, or was left by it.
  for (const file of [...stacks.map((stack) => stack.file), ...left.keys()])
    for (const folder of foldersOf(file)) contentOf(folder).other ??= file;
  for (const [file, digest] of assets)
    for (const folder of foldersOf(file)) contentOf(folder).files.push([file.slice(folder.length + 1), digest]);
  return folders;
});

function refuseOtherCharts(resource: PlanResource, plan: ChartFiles): void {
  const { folder, node } = chartFolder(resource);
  const { other, files } = contentOfFolders(plan).get(folder.replace(/\/$/, '')) ?? NOTHING;
  if (other !== undefined) throw new Unproven(`chart not rendered: it holds ${other}, as no envelope does`, node.where);
  if (files.length === 0) {
    throw new Unproven(`chart not rendered: there is no chart folder ${folder} in the plan`, node.where);
  }
  const same = ENVELOPE_CHARTS.some(
    (chart) => files.length === Object.keys(chart).length && files.every(([file, digest]) => chart[file] === digest),
  );
  if (!same) throw new Unproven(`chart not rendered: ${folder} is not the envelope chart, file by file`, node.where);
}

function documentOf(values: PlanNode): PlanNode | undefined {
  try {
    return values.kind === 'scalar' ? documentIn(values) : undefined;
  } catch (error) {
    throw new Unproven(`the values are no JSON document: ${(error as Error).message}`, values.where);
  }
}

/**
 * The objects of an envelope release, in the order of its values.
 *
 * @throws Unproven when the chart is not the envelope, or something else than one literal document decides its values
 */
export function envelopeObjects(resource: PlanResource, files: ChartFiles): readonly PlanNode[] {
  refuseArguments(resource);
  refuseOtherCharts(resource, files);
  const values = resource.body.entries.get('values');
  const documents = itemsOf(values);
  const [only] = documents;
  if (only === undefined || documents.length !== 1) {
    throw new Unproven(
      `expected one values document, found ${String(documents.length)}`,
      (values ?? resource.body).where,
    );
  }
  textOf(only);
  const root = documentOf(only);
  if (root?.kind !== 'object' || root.entries.size !== 1) {
    throw new Unproven('expected values with the one key "objects"', only.where);
  }
  return itemsOf(root.entries.get('objects'));
}
