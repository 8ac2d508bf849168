/** What the upkeep of a store says to people. */
import { formatBytes } from '../../core/format-bytes';
import { type Page, table } from '../../core/page';
import { type Line, show } from '../../core/visible';
import type { RemovalPlan } from './removal';
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
