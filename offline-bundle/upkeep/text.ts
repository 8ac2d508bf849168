/** What the upkeep of a store says to people. */
import { formatBytes } from '../../core/format-bytes';
import { type Page, table } from '../../core/page';
import { type Line, show } from '../../core/visible';
import type { CheckReport } from './check';
import type { StoreProblem } from './problem';
import type { RemovalPlan } from './removal';
import type { RepairReport } from './repair';
import type { BundleFacts, Usage } from './usage';

/** Digits of a digest that name it in a table; more than `airlock store remove` asks for. */
const SHORT = 'sha256:'.length + 12;

const count = (number: number, one: string, more = `${one}s`): string => `${number} ${number === 1 ? one : more}`;

function whoOf({ signedBy, acceptedBy }: BundleFacts): string {
  if (signedBy.length > 0) return `sealed by ${signedBy.join(', ')}`;
  return acceptedBy === undefined ? 'nobody that can be told' : `not sealed: ${acceptedBy}`;
}

const bundleRow = (facts: BundleFacts): (string | readonly string[])[] => [
  facts.kind === 'pin' ? (facts.repository ?? '') : facts.site,
  facts.sequence === undefined ? '' : `${facts.sequence}${facts.newest ? ' newest' : ''}`,
  facts.sealedAt ?? '',
  facts.root.slice(0, SHORT),
  formatBytes(facts.bytes),
  formatBytes(facts.ownBytes),
  [whoOf(facts), ...facts.problems.map((problem) => `! ${problem}`)],
];

const BUNDLE_HEAD = ['site or pin', 'sequence', 'sealed at', 'digest', 'bytes', 'own', 'who'] as const;

/** Bundles and pins; `own` are the bytes that nothing else reaches. */
export const listPage = (bundles: readonly BundleFacts[]): Page =>
  bundles.length === 0 ? show`nothing is imported yet` : table(BUNDLE_HEAD, bundles.map(bundleRow));

export const usagePage = (usage: Usage): Page => [
  listPage(usage.bundles),
  ...(usage.artifacts.length === 0
    ? []
    : [
        table(
          ['artifact', 'blobs', 'bytes', 'in'],
          usage.artifacts.map(({ artifact, blobs, bytes, roots }) => [
            ...[artifact, blobs, formatBytes(bytes)],
            count(roots.length, 'bundle or pin', 'bundles and pins'),
          ]),
        ),
      ]),
  show`${count(usage.blobs, 'blob')}, ${formatBytes(usage.bytes)}; shared by several bundles: ${formatBytes(usage.sharedBytes)}`,
  show`reached by none: ${formatBytes(usage.unreachedBytes)}; unfinished: ${formatBytes(usage.stagingBytes)}; moved aside: ${formatBytes(usage.quarantineBytes)}`,
  show`airlock store prune would free ${formatBytes(usage.prunableBytes)}`,
];

/** What a removal is about to do, or has done. @param done it is over */
export function removalPage({ roots, blobs, paths, bytes, marks }: RemovalPlan, done: boolean): Page {
  if (roots.length + blobs.length + paths.length === 0) return show`there is nothing to remove`;
  return [
    ...roots.map(({ name }): Line => show`${done ? 'removed' : 'to remove'}: ${name}`),
    show`${done ? 'removed' : 'to remove'}: ${count(blobs.length, 'blob')}, ${count(paths.length, 'other file')}; ${done ? 'freed' : 'frees'} ${formatBytes(bytes)}`,
    ...[...marks].map(([site, { sequence }]) => show`${site} stays known up to sequence ${sequence}`),
  ];
}

/** More rows than this drown the first; `--json` has them all. */
const SHOWN = 40;
/** Of the contents that one thing breaks. */
const SHOWN_BREAKS = 3;

const breaksOf = ({ breaks }: StoreProblem): string[] => {
  const more = breaks.length > SHOWN_BREAKS ? [`and ${breaks.length - SHOWN_BREAKS} more`] : [];
  return breaks.length === 0 ? ['nothing that is served'] : [...breaks.slice(0, SHOWN_BREAKS), ...more];
};

/** What is wrong, and how each kind of it is mended. */
function problemBlocks(problems: readonly StoreProblem[]): Page {
  if (problems.length === 0) return [];
  const rows = problems
    .slice(0, SHOWN)
    .map((problem) => [problem.kind, [problem.path, problem.what], breaksOf(problem), problem.fix]);
  return [
    table(['problem', 'where and what', 'breaks', 'fix'], rows),
    ...(problems.length > SHOWN ? [show`… and ${problems.length - SHOWN} more; --json prints them all`] : []),
  ];
}

/** @param dir the store, as it was named */
export function checkPage(report: CheckReport, dir: string): Page {
  const { problems, notes, read, present, sample, continued, movedAside, result } = report;
  const part = sample === undefined ? '' : `; a sample of ${sample.percent} % with seed ${sample.seed}`;
  const before =
    continued === undefined
      ? ''
      : `; ${count(continued.blobs, 'blob')} were read by the check of ${continued.startedAt}, which did not end`;
  const extent = show`${count(read.blobs, 'blob')} of ${present.blobs} read, ${formatBytes(read.bytes)}${part}${before}`;
  return [
    problemBlocks(problems),
    ...notes.slice(0, SHOWN).map(({ path, what }) => show`note: ${path} ${what}`),
    ...(movedAside.length === 0
      ? []
      : [show`moved aside: ${count(movedAside.length, 'damaged blob')}, not served any more`]),
    extent,
    result === 'pass'
      ? sample === undefined
        ? show`${dir} is whole`
        : show`${dir}: no problem was found in what was read`
      : show`DAMAGED: ${dir}: ${count(problems.length, 'problem')}; next: airlock store repair --store ${dir} --from MEDIUM`,
  ];
}

/** @param from the source, as it was named */
export function repairPage(report: RepairReport, dir: string, from: string): Page {
  const { mended, brought, refused, problems, wanted, result } = report;
  return [
    ...mended.slice(0, SHOWN).map((at) => show`mended: ${at}`),
    ...(mended.length > SHOWN ? [show`… and ${mended.length - SHOWN} more`] : []),
    ...refused.slice(0, SHOWN).map(({ path, what }) => show`${from} cannot give ${path}: ${what}`),
    problemBlocks(problems),
    ...wanted.map(
      ({ name, blobs, bytes }) =>
        show`still missing: ${count(blobs, 'blob')}, ${formatBytes(bytes)}: the medium of ${name} has them`,
    ),
    result === 'pass'
      ? show`mended: ${count(mended.length, 'file')}, ${formatBytes(brought.bytes)} brought; blobs that lie there were not read: airlock store check does that`
      : show`NOT WHOLE: ${dir}: ${count(problems.length, 'problem')} left; repair it from another source, too`,
  ];
}
