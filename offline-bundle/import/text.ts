/** An import as people read it. */
import { formatBytes } from '../../core/format-bytes';
import type { Page } from '../../core/page';
import { type Line, show } from '../../core/visible';
import { failures } from '../verify/report';
import { findings, sealNotes } from '../verify/text';
import type { ImportReport } from './import-bundle';

function closing({ result, site, root, copied, present, trust, checks }: ImportReport, store: string): Line[] {
  const name = `${site ?? 'bundle'} ${root ?? ''}`.trim();
  if (result === 'refused') {
    const { length } = failures(checks);
    return [
      show`REFUSED: ${name}: ${length === 1 ? '1 check' : `${length} checks`} failed; nothing of it can be served`,
    ];
  }
  const who =
    trust === undefined || 'unsigned' in trust
      ? `NOT SEALED, accepted by ${trust?.acceptedBy ?? '?'}`
      : `sealed by ${trust.signedBy.join(', ')}`;
  if (result === 'already imported') return [show`already imported: ${name}: ${present.blobs} blobs; ${who}`];
  return [
    show`imported: ${name}: ${copied.blobs} blobs, ${formatBytes(copied.bytes)} written, ${present.blobs} already there; ${who}`,
    show`next: airlock mirror --store ${store}`,
  ];
}

/**
 * @param store folder of the store
 * @param now the time here, which seals are held against
 */
export const importPage = (report: ImportReport, store: string, now: Date): Page => [
  findings(report.checks),
  ...sealNotes(report.seal, now),
  ...report.mended.map((subject) => show`mended: ${subject} was damaged in the store`),
  ...report.problems.map((problem) => show`problem in the store: ${problem}`),
  ...closing(report, store),
];
