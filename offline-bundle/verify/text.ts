/** A verification as people read it: the verdict is always the last line. */
import { formatBytes } from '../../core/format-bytes';
import { type Page, table } from '../../core/page';
import { type Line, show } from '../../core/visible';
import { oddities } from '../trust/odd-seal';
import type { TrustedKey } from '../trust/keys';
import type { SealStatement } from '../trust/seal';
import type { ExtractedFile } from './extract-record';
import { type Check, failures, type VerifyReport } from './report';

/** More rows than this drown the first; `--report` and `--json` hold them all. */
const SHOWN = 40;

/** Failed and skipped checks and notes as a short table; empty when all passed. */
export function findings(checks: readonly Check[]): Page {
  const told = [...failures(checks), ...checks.filter(({ result }) => result === 'skipped' || result === 'note')];
  if (told.length === 0) return [];
  const rows = told
    .slice(0, SHOWN)
    .map(({ result, fault, subject, detail }) => [result === 'fail' ? (fault ?? result) : result, subject, detail]);
  return [
    table(['finding', 'what', 'detail'], rows),
    ...(told.length > SHOWN ? [show`… and ${told.length - SHOWN} more; --json prints them all`] : []),
  ];
}

/** What is odd about a seal that holds, a line each; empty when nothing is. */
export const sealNotes = (seal: SealStatement | undefined, now: Date): Line[] =>
  (seal === undefined ? [] : oddities(seal, now)).map((text) => show`note: ${text}`);

/** Which key each file is, a line each: a person compares the id with the one that they were told. */
export const trustedLines = (keys: readonly Pick<TrustedKey, 'id'>[], files: readonly string[]): Line[] =>
  keys.map(({ id }, at) => show`trusted here: key ${id} (${files[at] ?? ''})`);

/** The verdict over a bundle, in one line. */
function closing({ result, site, root, signers, seal, counts, blobs, bytes }: VerifyReport): Line {
  const name = `${site ?? 'bundle'} ${root ?? ''}`.trim();
  if (result === 'fail') return show`REFUSED: ${name}: ${counts.fail} of ${counts.pass + counts.fail} checks failed`;
  const who =
    seal === undefined
      ? 'NOT SEALED: nobody vouches for it'
      : `sealed by ${signers.join(', ')} (sequence ${seal.sequence}, ${seal.sealedAt})`;
  return show`intact: ${name}: ${blobs} blobs, ${formatBytes(bytes)}, ${counts.pass} checks passed; ${who}`;
}

/** @param now the time here, which seals are held against */
export const verifyPage = (report: VerifyReport, now: Date): Page => [
  findings(report.checks),
  ...sealNotes(report.seal, now),
  closing(report),
];

/**
 * @param out folder that the record was taken out into
 * @param files what was written; empty where the bundle was refused
 */
export const extractPage = (report: VerifyReport, files: readonly ExtractedFile[], out: string): Page => [
  findings(report.checks),
  closing(report),
  ...files.map(({ file, digest }) => show`wrote ${file}  ${digest}`),
  ...(files.length > 0 ? [show`next: put enclave.yaml into ${out}, then run airlock synth there`] : []),
];
