/** The files around the blobs, and that nothing else is there, as checks. */
import { isDigest } from '../../core/digest';
import { MAX_START_HERE_BYTES } from '../layout/start-here';
import { layoutFiles, START_HERE_FILE } from '../layout/sums';
import { blobFile } from './blob-check';
import { BUNDLE_FOLDERS, type BundleDirectory, LAYOUT_FILES, readBundleFile } from './bundle-directory';
import type { BundleContent } from './content';
import { type Check, fail, pass, skipped } from './report';
import { isModelSignatureFile } from './model-signatures';
import { isSealFile } from './seal-check';
import { isOfTheMedium } from './medium-files';
import { verdictOf } from './verdict';

const firstDifference = (a: Buffer, b: Buffer): number => {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at += 1) if (a[at] !== b[at]) return at;
  return shorter;
};

/** START-HERE.txt as it lies there; one that is too large is none. */
async function startHereOf(bundle: BundleDirectory): Promise<Buffer | undefined> {
  const size = bundle.entries.get(START_HERE_FILE)?.size ?? 0;
  return size > MAX_START_HERE_BYTES ? undefined : readBundleFile(bundle, START_HERE_FILE, MAX_START_HERE_BYTES);
}

/** `oci-layout`, `index.json`, `START-HERE.txt` and `SHA256SUMS` are functions of the index: any other byte is refused. */
export async function checkLayoutFiles(bundle: BundleDirectory, content: BundleContent | undefined): Promise<Check[]> {
  const expected = new Map<string, Buffer>();
  let unknown = 'the index or a manifest is missing or damaged';
  if (content?.rootBytes !== undefined && content.complete) {
    try {
      layoutFiles(
        content.rootBytes,
        content.blobs.map((blob) => blob.digest),
        await startHereOf(bundle),
      ).forEach((bytes, file) => expected.set(file, bytes));
    } catch (error) {
      unknown = verdictOf(error);
    }
  }
  const checks: Check[] = [];
  for (const file of LAYOUT_FILES) {
    const entry = bundle.entries.get(file);
    const right = expected.get(file);
    if (file === 'index.json' && entry === undefined) continue; // said where the index was looked for
    if (entry === undefined) checks.push(fail('layout', file, 'missing', 'there is no such file'));
    else if (entry.kind !== 'file') checks.push(fail('layout', file, 'changed', `a ${entry.kind} instead of a file`));
    else if (right === undefined) checks.push(skipped('layout', file, `cannot be told: ${unknown}`));
    else if (entry.size !== right.length) {
      checks.push(fail('layout', file, 'changed', `size: expected ${right.length} bytes, got ${entry.size}`));
    } else {
      const got = (await readBundleFile(bundle, file, right.length)) ?? Buffer.alloc(0);
      checks.push(
        got.equals(right)
          ? pass('layout', file, 'as the index demands')
          : fail('layout', file, 'changed', `byte ${firstDifference(got, right)} differs from what the index demands`),
      );
    }
  }
  return checks;
}

const adviceOn = (path: string): string =>
  isOfTheMedium(path.slice(path.lastIndexOf('/') + 1))
    ? ': it is of the medium, whose root a bundle shares with it; copy the bundle into a subfolder'
    : '';

/** Everything in the directory that the bundle does not list. */
export function checkUnlisted(bundle: BundleDirectory, content: BundleContent | undefined): Check[] {
  const listed = new Set([
    ...LAYOUT_FILES,
    ...BUNDLE_FOLDERS,
    ...(content?.blobs ?? []).map(({ digest }) => blobFile(digest)),
  ]);
  const complete = content?.complete ?? false;
  const unassigned: string[] = [];
  const checks: Check[] = [];
  for (const { path, kind } of bundle.entries.values()) {
    const right = BUNDLE_FOLDERS.includes(path) ? kind === 'directory' : true;
    if (listed.has(path) && right) continue; // a listed file of another kind is that file's own fault
    if (kind === 'file' && (isSealFile(path) || isModelSignatureFile(path))) continue;
    if (kind === 'file' && !complete && isDigest(path.replace('blobs/sha256/', 'sha256:'))) unassigned.push(path);
    else checks.push(fail('unlisted', path, 'unlisted', `a ${kind} that the bundle does not list${adviceOn(path)}`));
  }
  checks.sort((a, b) => (a.subject < b.subject ? -1 : 1));
  const subject = 'nothing else in the directory';
  if (unassigned.length > 0) {
    checks.push(
      skipped('unlisted', subject, `${unassigned.length} blobs cannot be assigned: what lists them is damaged`),
    );
  } else if (checks.length === 0) checks.push(pass('unlisted', subject, `${bundle.entries.size} entries, all listed`));
  return checks;
}
