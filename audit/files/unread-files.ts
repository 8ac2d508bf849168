/** Files below a plan's folder that nobody has judged. */
import path from 'node:path';
import { once } from '../../core/remember';
import { ENVELOPE_CHARTS } from '../kubernetes/envelope-charts';
import type { LeftFile, Plan } from '../plan/plan';
import { isReadByTerraform } from '../plan/read-files';
import { parseStrictJson } from '../../core/strict-json';
import { kindOfFile } from './file-kinds';

export interface UnreadFile {
  readonly file: string;
  readonly message: string;
  readonly fix: string;
}

const AFRESH = 'remove it, or synthesize the plan into an empty folder';

/** Folders that hold a configuration. */
export const stackFolders = once(
  ({ stacks }: Plan): ReadonlySet<string> => new Set(stacks.map(({ file }) => path.posix.dirname(file))),
);

/** State without anything in it, as Terraform writes it before the first resource (state format 4). */
function isEmptyState(text: string): boolean {
  let value: unknown;
  try {
    value = parseStrictJson(text);
  } catch {
    return false;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(value as Record<string, unknown>).every(
    ([key, held]) =>
      ['version', 'terraform_version', 'serial', 'lineage'].includes(key) ||
      (['outputs', 'resources', 'check_results'].includes(key) &&
        (held === null || (typeof held === 'object' && Object.keys(held).length === 0))),
  );
}

/** What Terraform writes where a configuration calls no module. */
const isRootModule = (text: string): boolean =>
  text.replace(/\s/g, '') === '{"Modules":[{"Key":"","Source":"","Dir":"."}]}';

/** Why a file that Terraform left is not read; undefined where it is, or where a rule of its own judges it. */
function unreadLeft(file: string, left: LeftFile, stacks: ReadonlySet<string>): string | undefined {
  const text = left === 'link' ? undefined : left.text;
  switch (kindOfFile(file, stacks)) {
    case 'state':
      if (text !== undefined && isEmptyState(text)) return undefined;
      return 'saved state: Terraform acts on what it says, and it may hold values of Secrets';
    case 'modules':
      if (text !== undefined && isRootModule(text)) return undefined;
      return 'modules that an earlier `terraform init` installed';
    case 'dependency-lock':
    case 'package':
    case 'saved-backend':
    case 'workspace':
      return undefined;
    case 'unread-by-terraform':
      return left === 'link' ? 'a link: what it stands for is no part of the plan' : undefined;
    default:
      return 'the audit does not know what reads this file';
  }
}

/** True for a file of the envelope chart, at a path that ends as it does in the chart. */
function isOfEnvelope(file: string, digest: string): boolean {
  return ENVELOPE_CHARTS.some((chart) =>
    Object.entries(chart).some(([name, known]) => known === digest && file.endsWith(`/${name}`)),
  );
}

/** Folders of charts that releases name: a release is judged by all that lies in its chart. */
function chartFolders({ stacks }: Plan): ReadonlySet<string> {
  const named = stacks.flatMap(({ file, resources }) =>
    resources.flatMap(({ type, body }) => {
      const chart = type === 'helm_release' ? body.entries.get('chart') : undefined;
      const written = chart?.kind === 'scalar' ? String(chart.value) : chart?.kind === 'unresolved' ? chart.source : '';
      const folder = path.posix.join(path.posix.dirname(file), written.replace(/^\$\{path\.module\}\//, ''));
      // A chart is a folder of its own among the assets, never the stack or what Terraform keeps there.
      return /(?:^|\/)assets\/[^$]+$/.test(folder) ? [folder.replace(/\/$/, '')] : [];
    }),
  );
  return new Set(named);
}

/** Whether a file lies in one of these folders, at any depth. */
const liesIn = (file: string, folders: ReadonlySet<string>): boolean => {
  for (let at = file.indexOf('/'); at >= 0; at = file.indexOf('/', at + 1))
    if (folders.has(file.slice(0, at))) return true;
  return false;
};

/** Every file below the plan's folder of which nobody knows what it does. */
export function unreadFiles(plan: Plan): readonly UnreadFile[] {
  const stacks = stackFolders(plan);
  const charts = chartFolders(plan);
  // Said already, with all that it makes unknown.
  const said = new Set(plan.oddities.map(({ subject }) => subject));
  const assets = [...plan.assets].filter(
    ([file, digest]) =>
      !said.has(file) &&
      !isOfEnvelope(file, digest) &&
      !liesIn(file, charts) &&
      !['manifest', 'cli-configuration', 'document'].includes(kindOfFile(file, stacks) ?? ''),
  );
  const unknown = (file: string): string =>
    isReadByTerraform(path.posix.basename(file))
      ? 'a configuration of Terraform that belongs to no stack'
      : 'the audit does not know what reads this file';
  return [
    ...assets.map(([file]) => ({ file, message: unknown(file), fix: AFRESH })),
    ...[...plan.left].flatMap(([file, left]) => {
      const message = unreadLeft(file, left, stacks);
      const fix = 'remove it, or audit the plan before `terraform init`';
      return message === undefined ? [] : [{ file, message, fix }];
    }),
  ];
}
