/** A bundle that is made, planned or sealed, as people read it. */
import { formatBytes } from '../../core/format-bytes';
import { type Page, table } from '../../core/page';
import { show } from '../../core/visible';
import { oddities } from '../trust/odd-seal';
import type { CreateResult } from './create';
import type { SignResult } from './sign';
import type { BundleSummary } from './summary';

const FIRST =
  'this is sealed as the first bundle of the site; where another was imported before, `airlock import` refuses it: seal it with --sequence and --previous';

/** @param now the time here, which the seal is held against */
export function sealPage(
  { keyId, statement, alreadySealed, signers, models, unverified }: SignResult,
  now: Date,
): Page {
  const { site, sequence, sealedAt, previous, expires } = statement;
  const isFirst = sequence === 1 && previous === null && !alreadySealed;
  return [
    show`${alreadySealed ? 'sealed before' : 'sealed'} by key ${keyId}: ${site}, sequence ${sequence}, ${sealedAt}`,
    show`  previous bundle  ${previous ?? 'none'}`,
    show`  may be taken     ${expires === undefined ? 'at any time' : `until ${expires}`}`,
    show`  signers so far   ${signers.join(', ')}`,
    ...(models.length > 0 ? [show`  models signed    ${models.join(', ')} (OMS v1.0)`] : []),
    ...(unverified.length > 0 ? [show`  not verified     ${unverified.join(', ')} (no key given here: --trust)`] : []),
    ...oddities(statement, now).map((text) => show`note: ${text}`),
    ...(isFirst ? [show`note: ${FIRST}`] : []),
  ];
}

/** @param out folder of the bundle */
export function summaryPage(
  { root, artifacts, total, reuse, needed, free, alreadyComplete }: BundleSummary,
  out: string,
): Page {
  const row = (name: string, { blobs, bytes, there, toReuse, toFetch }: BundleSummary['total']): string[] => [
    ...[name, String(blobs)],
    ...[bytes, there, toReuse, toFetch].map(formatBytes),
  ];
  return [
    table(
      ['artifact', 'blobs', 'size', 'there', 'to reuse', 'to fetch'],
      [...artifacts.map((item) => row(item.artifact, item)), row('total', total)],
    ),
    ...reuse.map((dir) => show`reuse  ${dir}: what it has is hashed before it is taken`),
    show`index  ${root}`,
    show`disk   ${formatBytes(needed)} still needed, ${formatBytes(free)} free${needed > free ? ': NOT ENOUGH' : ''}`,
    alreadyComplete ? show`${out} is complete already` : show`nothing was fetched; without --dry-run this makes ${out}`,
  ];
}

/** What was made, and its seal; undefined where nobody sealed it. */
export function createdPage(created: CreateResult, seal: SignResult | undefined, now: Date): Page {
  const { root, out, alreadyComplete, blobs, totalBytes, fetchedBytes, keptBytes, reusedBytes, unusable } = created;
  const reused = reusedBytes > 0 ? `, ${formatBytes(reusedBytes)} reused` : '';
  const kept = keptBytes > 0 ? `, ${formatBytes(keptBytes)} were there` : '';
  return [
    alreadyComplete
      ? show`${out} is complete already`
      : show`${out}: ${blobs} blobs, ${formatBytes(totalBytes)} (${formatBytes(fetchedBytes)} fetched${reused}${kept})`,
    ...unusable.map((what) => show`note: not reused: ${what}`),
    show`index  ${root}`,
    seal === undefined ? show`not sealed: \`airlock bundle sign\` adds the seal of a key` : sealPage(seal, now),
  ];
}
